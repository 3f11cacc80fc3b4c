/** Whose a column is: explanations share a score out among inputs, and among the measures of a text one by one. */
import type { ModelInput } from '../manifest.ts';
import { inputWidth } from '../vector.ts';

/** Columns that only make sense together: an input, or one measure of a text. */
export interface Player {
  readonly input: ModelInput;
  /** The input's name, or `<name>:<measure>`. */
  readonly name: string;
  /** First column and how many. */
  readonly from: number;
  readonly width: number;
  readonly measure?: string;
}

/** In the order of the columns. */
export function playersOf(inputs: readonly ModelInput[]): readonly Player[] {
  let at = 0;
  return inputs.flatMap((input): Player[] => {
    const from = at;
    at += inputWidth(input);
    const { encoding, name } = input;
    if (encoding.kind !== 'text') return [{ input, name, from, width: at - from }];
    return encoding.measures.map((measure, i) => ({
      input,
      name: `${name}:${measure}`,
      from: from + i,
      width: 1,
      measure,
    }));
  });
}

/** By column, the place of its player. */
export function playerOfColumns(players: readonly Player[]): Int32Array {
  return Int32Array.from(players.flatMap(({ width }, place) => new Array<number>(width).fill(place)));
}
