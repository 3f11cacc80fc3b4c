/** What can be measured of a text, by name: the same functions in training and in serving. */
import { WORD_GROUPS } from './words.ts';

/** A number of one text; finite for every text. */
export type TextMeasure = (text: string) => number;

/** A text cut once for all its measures. */
interface CutText {
  readonly text: string;
  /** Words as they are written, apostrophes straightened: letters and digits, apostrophes and hyphens within. */
  readonly written: readonly string[];
  /** The same in lower case. */
  readonly words: readonly string[];
}

type Measure = (cut: CutText) => number;

/** Longer texts are measured by their beginning: 4,000 is what the contract allows the text of an arm. */
export const MAX_MEASURED_CHARACTERS = 4_000;

const WORD = /[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu;
/** Words of this many letters count as long: the longest tenth of those in headlines. */
const LONG_LETTERS = 8;

const countOf =
  (pattern: RegExp): Measure =>
  ({ text }) =>
    text.match(pattern)?.length ?? 0;
const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
const countWords = ({ words }: CutText, group: ReadonlySet<string>): number =>
  words.reduce((count, word) => count + (group.has(word) ? 1 : 0), 0);
const lettersIn = ({ words }: CutText): number => words.reduce((letters, word) => letters + word.length, 0);

const SHAPES: Readonly<Record<string, Measure>> = {
  characters: ({ text }) => text.length,
  words: ({ words }) => words.length,
  /** Ends of sentences, at least one where there is a word. */
  sentences: (cut) => Math.max(Math.min(cut.words.length, 1), countOf(/(?<![.!?…])[.!?…]+(?=\s|["'”)]|$)/gu)(cut)),
  word_length: (cut) => share(lettersIn(cut), cut.words.length),
  long_words: ({ words }) => words.filter(({ length }) => length >= LONG_LETTERS).length,
  different_words: ({ words }) => share(new Set(words).size, words.length),
  questions: countOf(/\?/gu),
  exclamations: countOf(/!/gu),
  ellipses: countOf(/\.\.\.|…/gu),
  commas: countOf(/,/gu),
  colons: countOf(/:/gu),
  /** Quotation marks: double ones, opening and closing, and single ones before a word. */
  quotes: (cut) => countOf(/["“”„«»]/gu)(cut) + countOf(/(?<![\p{L}\p{N}])['‘](?=\p{L})/gu)(cut),
  /** Words between asterisks, and words that begin with a number sign. */
  emphasis: countOf(/\*[^*\s][^*]*\*|#\p{L}/gu),
  brackets: countOf(/\(/gu),
  dashes: countOf(/\s[-–—]\s|—/gu),
  numbers: ({ words }) => words.filter((word) => /^\p{N}/u.test(word)).length,
  begins_with_number: ({ words }) => (/^\p{N}/u.test(words[0] ?? '') ? 1 : 0),
  /** Share of words that begin with a capital: near 1 in titles, low in sentences. */
  capitals: ({ written }) => share(written.filter((word) => /^\p{Lu}/u.test(word)).length, written.length),
  /** Words of two or more letters in capitals throughout. */
  shouted: ({ written }) => written.filter((word) => /^\p{Lu}{2,}$/u.test(word)).length,
  /** (positive − negative) words per word: −1 to 1. */
  sentiment: (cut) =>
    share(countWords(cut, WORD_GROUPS.positive) - countWords(cut, WORD_GROUPS.negative), cut.words.length),
  begins_with_question_word: ({ words }) => (WORD_GROUPS.question_words.has(words[0] ?? '') ? 1 : 0),
  begins_with_pointing: ({ words }) => (WORD_GROUPS.pointing.has(words[0] ?? '') ? 1 : 0),
};

const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ...Object.entries(SHAPES),
  ...Object.entries(WORD_GROUPS).map(([name, group]): [string, Measure] => [name, (cut) => countWords(cut, group)]),
]);

/** Names of all measures, in a fixed order. */
export const TEXT_MEASURES: readonly string[] = [...MEASURES.keys()];

/** The text that was cut last: a model asks all its measures of one text in a row. */
let lastText = '';
let lastCut = cutText(lastText);

/** The measure of this name; undefined where there is none. */
export function textMeasure(name: string): TextMeasure | undefined {
  const measure = MEASURES.get(name);
  return measure && ((text) => measure(cutOnce(text)));
}

function cutOnce(text: string): CutText {
  if (text !== lastText) {
    lastCut = cutText(text);
    lastText = text;
  }
  return lastCut;
}

function cutText(whole: string): CutText {
  const text = whole.slice(0, MAX_MEASURED_CHARACTERS).replaceAll('\u2019', "'");
  const written = text.match(WORD) ?? [];
  return { text, written, words: written.map((word) => word.toLowerCase()) };
}
