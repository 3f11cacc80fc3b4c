/** Sections that every card has. */
import { bullets, number, table } from './markdown.ts';

/** What sections need of a spec, whichever its recipe. */
interface CardHead {
  readonly id: string;
  readonly name: string;
  readonly predicts: string;
  readonly about: string;
  readonly seed: number;
  readonly limits: readonly string[];
  readonly fairUse: readonly string[];
}

/** Title and first paragraph. */
export function headSection({ name, predicts, about }: CardHead): string[] {
  return [`# ${name}: ${predicts}`, about];
}

/** @param told what the data is, in a sentence. @param rest further rows of the table */
export function dataSection(
  { source, licence }: { readonly source: string; readonly licence: string },
  sha256: string,
  told: string,
  rest: readonly (readonly [string, string])[] = [],
): string[] {
  const rows = [['source', source], ['licence', licence], ['file', `SHA-256 \`${sha256}\``], ...rest];
  return ['## Data', told, table(['', ''], rows)];
}

export function limitSections({ limits, fairUse }: CardHead): string[] {
  return ['## What it must not be taken for', bullets(limits), '## Fair use', bullets(fairUse)];
}

/** Whose rows the files hold that travel with the model. */
export const INVENTED =
  'customers who do not exist (each input dealt out among the rows on its own, those who came out like a real one left out)';

/** How to make the folder again: the last section of every card. @param golden what `golden.json` has a list of */
export function againSection(
  { id, seed }: CardHead,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  golden: string = INVENTED,
): string[] {
  return [
    '## The same again',
    `\`npm run train -- models/${id}/spec.yaml\` makes every file of this folder again, byte for byte, from seed ${seed}; with \`--check\` it compares instead of writing. ` +
      `The model is ${number(bytes)} bytes, SHA-256 \`${sha256}\`. \`golden.json\` has ${golden}, with the row and the score that every host must give them; so has the manifest’s \`background\`, which explanations compare with.`,
  ];
}
