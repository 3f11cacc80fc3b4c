/** Rows that are made up, with a truth that models can find. */
import { normal, randomFor } from '../random.ts';
import type { Rows } from '../rows.ts';

export interface Made {
  readonly rows: Rows;
  readonly answers: Float64Array;
}

/** Log-odds z₀ − 2·z₁ + (z₂ above 0 ? 1.5 : −1.5); every seventh value of the last column is missing where `holes`. */
export function madeUp(count: number, width: number, { seed = 7, holes = false } = {}): Made {
  const random = randomFor(seed, 'made up');
  const values = new Float64Array(count * width).map(() => Math.fround(normal(random)));
  const answers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [a, b, c] = [values[i * width]!, values[i * width + 1]!, values[i * width + 2]!];
    answers[i] = random.next() < 1 / (1 + Math.exp(-(a - 2 * b + (c > 0 ? 1.5 : -1.5)))) ? 1 : 0;
    if (holes && i % 7 === 0) values[i * width + width - 1] = Number.NaN;
  }
  return { rows: { values, width }, answers };
}
