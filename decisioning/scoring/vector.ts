/** From what is known of a customer to the row of numbers that a model takes: the one encoder of training and of every host that serves. */
import type { InputEncoding, ModelInput } from './manifest.ts';
import { textMeasure } from './text/measures.ts';

/** What was found while a row was encoded, besides the row. */
export interface RowNotes {
  /** Names of the inputs that had no value, or one of a type that the encoding does not take. */
  readonly missing: string[];
  /** Names of the inputs whose number lay outside its range, or whose text is none of the one-hot values. */
  readonly outside: string[];
}

/** One customer (or arm) as a model sees it. */
export interface EncodedRow extends RowNotes {
  /** {@link rowWidth} numbers, in the order of {@link columnNames}; NaN is a missing value. */
  readonly row: Float32Array;
}

/** What an encoder writes into; the numbers are the same in both, those of 32 bits. */
export type RowTarget = Float32Array | Float64Array;

/** Largest finite number of 32 bits: what is beyond it is taken there, since infinity would drown every other input. */
const LARGEST = 3.4028234663852886e38;

/** How many columns an input takes. */
export function inputWidth({ encoding }: ModelInput): number {
  if (encoding.kind === 'one_hot') return encoding.values.length;
  return encoding.kind === 'text' ? encoding.measures.length : 1;
}

/** How many numbers a row has. */
export function rowWidth(inputs: readonly ModelInput[]): number {
  return inputs.reduce((width, input) => width + inputWidth(input), 0);
}

/** What the columns are called: the input's name; of one-hot values `<name>=<value>`, of measures `<name>:<measure>`. */
export function columnNames(inputs: readonly ModelInput[]): readonly string[] {
  return inputs.flatMap(({ name, encoding }) => {
    if (encoding.kind === 'one_hot') return encoding.values.map((value) => `${name}=${value}`);
    return encoding.kind === 'text' ? encoding.measures.map((measure) => `${name}:${measure}`) : [name];
  });
}

/**
 * The row of one customer.
 *
 * @param resolve value of an attribute by path, as conditions read it; null and undefined are missing
 * @throws RangeError for a text measure that is not known: manifests are checked before they come here
 */
export function encodeRow(inputs: readonly ModelInput[], resolve: (path: string) => unknown): EncodedRow {
  const row = new Float32Array(rowWidth(inputs));
  const notes: RowNotes = { missing: [], outside: [] };
  encodeInto(row, 0, inputs, resolve, notes);
  return { row, ...notes };
}

/**
 * Writes a row into a larger array: what training fills its matrix with.
 *
 * @param offset of the row's first column
 * @param notes takes the names of missing and outside inputs, where the caller wants them
 * @returns the offset after the row
 */
export function encodeInto(
  target: RowTarget,
  offset: number,
  inputs: readonly ModelInput[],
  resolve: (path: string) => unknown,
  notes?: RowNotes,
): number {
  let at = offset;
  for (const input of inputs) {
    const width = inputWidth(input);
    const found = encodeInput(target, at, input, resolve(input.attribute));
    if (found === 'missing') {
      target.fill(input.missing === 'nan' ? Number.NaN : Math.fround(input.missing), at, at + width);
      notes?.missing.push(input.name);
    } else if (found === 'outside') {
      notes?.outside.push(input.name);
    }
    at += width;
  }
  return at;
}

type Found = 'inside' | 'outside' | 'missing';

/** Writes one input's columns; leaves them as they are where the value is missing. */
function encodeInput(target: RowTarget, at: number, { encoding, range }: ModelInput, value: unknown): Found {
  if (value === null || value === undefined || Number.isNaN(value)) return 'missing';
  switch (encoding.kind) {
    case 'number':
      return typeof value === 'number' ? encodeNumber(target, at, encoding, range, value) : 'missing';
    case 'boolean':
      target[at] = value === true || (encoding.trueValues?.includes(wordOf(value) ?? '') ?? false) ? 1 : 0;
      return 'inside';
    case 'one_hot': {
      const word = wordOf(value);
      return word === undefined ? 'missing' : encodeOneHot(target, at, encoding.values, word);
    }
    case 'ordinal': {
      const place = encoding.values.indexOf(wordOf(value) ?? '');
      if (place < 0) return 'missing';
      target[at] = place;
      return 'inside';
    }
    case 'text':
      return typeof value === 'string' ? encodeText(target, at, encoding.measures, value) : 'missing';
  }
}

function encodeNumber(
  target: RowTarget,
  at: number,
  { log, center = 0, scale = 1 }: Extract<InputEncoding, { kind: 'number' }>,
  range: ModelInput['range'],
  value: number,
): Found {
  const inRange = range ? Math.max(range[0], Math.min(range[1], value)) : value;
  const number = ((log ? Math.log1p(inRange) : inRange) - center) / scale;
  const inFloat = Math.max(-LARGEST, Math.min(LARGEST, number));
  if (Number.isNaN(inFloat)) return 'missing';
  target[at] = Math.fround(inFloat);
  return inRange === value && inFloat === number ? 'inside' : 'outside';
}

function encodeOneHot(target: RowTarget, at: number, values: readonly string[], word: string): Found {
  const place = values.indexOf(word);
  for (let i = 0; i < values.length; i++) target[at + i] = i === place ? 1 : 0;
  return place < 0 ? 'outside' : 'inside';
}

function encodeText(target: RowTarget, at: number, measures: readonly string[], text: string): Found {
  for (const [i, name] of measures.entries()) {
    const measure = textMeasure(name);
    if (!measure) throw new RangeError(`no text measure is called ${name}`);
    target[at + i] = Math.fround(measure(text));
  }
  return 'inside';
}

/** A value as lists of values name it: texts as they are, numbers and booleans as they are written. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
