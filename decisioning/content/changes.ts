/** What a part of content changes in an element, by the page script's rules: `client-snippet/lib/render.ts` does the same to a live one. */
import { SAFE_ATTRIBUTE, SAFE_URL } from './safe.ts';

export interface Changes {
  /** The element's whole text; undefined: as it is. */
  readonly text: string | undefined;
  /** Attributes by name; null: to be taken off. */
  readonly attributes: ReadonlyMap<string, string | null>;
}

/** The text of scripts and styles is code. */
const CODE = /^(script|style)$/;
/** Links and images only: the same attributes load code or move the whole page on other elements (base, use, iframe, embed). */
const ADDRESSED = /^(ahref|imgsrc)$/;

/**
 * What may be changed of what `part` asks for; anything else is left out, one value at a time.
 *
 * @param tag the element's name in lower case
 * @param part unchecked: content of an answer, or one of its parts
 */
export function changesOf(tag: string, part: object): Changes {
  const { text, attributes } = part as { text?: unknown; attributes?: object };
  const changed = new Map<string, string | null>();
  // What else a part has is no safe name, and passed over.
  for (const [name, value] of Object.entries({ ...attributes, ...part })) {
    if (typeof value !== 'string') continue;
    if (!(ADDRESSED.test(tag + name) ? SAFE_URL.test(value) : SAFE_ATTRIBUTE.test(name))) continue;
    if (name === 'src') changed.set('srcset', null); // it would win over src
    changed.set(name, value);
  }
  return { text: typeof text === 'string' && !CODE.test(tag) ? text : undefined, attributes: changed };
}
