/** From columns back to what a model was told: receipts keep rows, and people read values. */
import type { ModelInput } from '../manifest.ts';
import { inputWidth } from '../vector.ts';
import type { Player } from './players.ts';

/** An input's value as the model saw it: clipped to its range; null is missing. */
export type SeenValue = number | string | boolean | null;

/** Stands for a text that is none of the values an input names. */
export const OTHER_VALUE = '(other)';

/** Digits that matter of a number of 32 bits, after it has been scaled and back. */
const DIGITS = 6;

/** @param missing names of the inputs that had no value */
export function seenValue(
  { input, from, measure }: Pick<Player, 'input' | 'from' | 'measure'>,
  row: ArrayLike<number>,
  missing: readonly string[],
): SeenValue {
  const first = row[from]!;
  if (missing.includes(input.name) || Number.isNaN(first)) return null;
  return measure === undefined ? decoded(input, row, from) : rounded(first);
}

function decoded(input: ModelInput, row: ArrayLike<number>, from: number): SeenValue {
  const { encoding } = input;
  switch (encoding.kind) {
    case 'number': {
      const number = row[from]! * (encoding.scale ?? 1) + (encoding.center ?? 0);
      return rounded(encoding.log ? Math.expm1(number) : number);
    }
    case 'boolean':
      return row[from] === 1;
    case 'ordinal':
      return encoding.values[row[from]!] ?? OTHER_VALUE;
    case 'one_hot': {
      const place = Array.from({ length: inputWidth(input) }, (_, i) => row[from + i]).indexOf(1);
      return encoding.values[place] ?? OTHER_VALUE;
    }
    case 'text':
      return null;
  }
}

function rounded(number: number): number {
  return Number(number.toPrecision(DIGITS));
}
