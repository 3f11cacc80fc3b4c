/** In place of lib/page.ts: an app has no address. What it knows of itself are attributes. */
let language: string | undefined;

export const speak = (tag: string | undefined): void => {
  language = tag;
};

/** `context` of a request, without attributes. */
export const page = (): object => ({ language });
