/** Types of terminal.mjs, which is plain JavaScript because it runs before anything is installed. */

/** Cuts plain text to one line of a terminal (80 columns when its width is not known). */
export function clip(text: string, columns?: number): string;

/** The first line of `npm start`. */
export function titleLine(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): string;
