/** What can be measured of a text, by name: the same functions in training and in serving. */

/** A number of one text; finite for every text. */
export type TextMeasure = (text: string) => number;

const MEASURES: ReadonlyMap<string, TextMeasure> = new Map<string, TextMeasure>([
  ['characters', (text) => text.length],
  ['words', (text) => text.split(/\s+/u).filter((word) => word !== '').length],
]);

/** The measure of this name; undefined where there is none. */
export function textMeasure(name: string): TextMeasure | undefined {
  return MEASURES.get(name);
}
