/** What inputs are worth: how much worse the scores get when an input's values are dealt out to other rows (Breiman 2001). */
import { type RawPredictor, rawOf } from '../predictor.ts';
import { randomFor, shuffle } from '../random.ts';
import { type Rows, rowCount } from '../rows.ts';
import { auc } from './metrics.ts';

export interface InputColumns {
  readonly name: string;
  /** First column and how many. */
  readonly from: number;
  readonly width: number;
}

export interface Importance {
  readonly name: string;
  /** AUC lost without it. */
  readonly loss: number;
}

/** Importances, largest first. All columns of an input move together. */
export function importances(
  model: RawPredictor,
  rows: Rows,
  answers: Float64Array,
  inputs: readonly InputColumns[],
  seed: number,
): Importance[] {
  const whole = auc({ scores: rawOf(model, rows.values), answers });
  return inputs
    .map((input) => ({ name: input.name, loss: whole - aucWithout(model, rows, answers, input, seed) }))
    .sort((one, other) => other.loss - one.loss || (one.name < other.name ? -1 : 1));
}

function aucWithout(
  model: RawPredictor,
  rows: Rows,
  answers: Float64Array,
  { name, from, width }: InputColumns,
  seed: number,
): number {
  const order = Int32Array.from({ length: rowCount(rows) }, (_, i) => i);
  shuffle(order, randomFor(seed, `importance:${name}`));
  const dealt = Float64Array.from(rows.values);
  for (let i = 0; i < order.length; i++) {
    const own = order[i]! * rows.width + from;
    dealt.set(rows.values.subarray(own, own + width), i * rows.width + from);
  }
  return auc({ scores: rawOf(model, dealt), answers });
}
