/** Customers who do not exist, for the files that travel: each input's values are those of the table, dealt out anew, input by input. */
import { backgroundOf } from '../../../decisioning/scoring/explain/background.ts';
import { MAX_BACKGROUND_ROWS } from '../../../decisioning/scoring/limits.ts';
import type { ModelInput, ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import { randomFor, shuffle } from '../random.ts';
import { type Rows, rowCount, takeRows } from '../rows.ts';

type Attributes = ReadonlyMap<string, unknown>;

export interface InventInput {
  readonly inputs: readonly ModelInput[];
  /** Real customers by attribute path, one a row. */
  readonly attributes: readonly Attributes[];
  /** The same, encoded. */
  readonly rows: Rows;
  readonly seed: number;
  /** Puts right what cannot be together: a last order before the first. */
  readonly mend?: (attributes: Attributes) => Attributes;
}

export interface Invented {
  readonly attributes: readonly Attributes[];
  readonly rows: Rows;
}

/**
 * Deals every input out on its own, so that what is known of one customer falls apart; whoever still has the row of a real one is left out, unless values are so few that
 * hardly anybody would remain: such rows are shared by many. A value alone stays as it was: who has one that nobody else has should not be in the table.
 */
export function inventCustomers({ inputs, attributes, rows, seed, mend = (one) => one }: InventInput): Invented {
  const dealt = inputs.map(({ attribute }) => {
    const order = Int32Array.from(attributes, (_, i) => i);
    shuffle(order, randomFor(seed, `invented:${attribute}`));
    return { attribute, order };
  });
  const real = new Set(Array.from({ length: rowCount(rows) }, (_, i) => keyOf(takeRows(rows, [i]).values)));
  const all = attributes.map((_, i) => {
    const invented = mend(
      new Map(dealt.map(({ attribute, order }) => [attribute, attributes[order[i]!]!.get(attribute)])),
    );
    return { attributes: invented, row: encodeRow(inputs, (path) => invented.get(path)).row };
  });
  const strangers = all.filter(({ row }) => !real.has(keyOf(row)));
  const kept = strangers.length >= MAX_BACKGROUND_ROWS ? strangers : all;
  const values = new Float64Array(kept.length * rows.width);
  for (const [i, { row }] of kept.entries()) values.set(row, i * rows.width);
  return { attributes: kept.map((one) => one.attributes), rows: { values, width: rows.width } };
}

function keyOf(row: ArrayLike<number>): string {
  return Array.from(row, (value) => Math.fround(value)).join(' ');
}

/**
 * Invented rows that score as real ones do: at each of the evenly spaced places of the real scores the invented row that is nearest, so that mean and
 * spread are those of all customers.
 *
 * @param scores of the invented rows, and `real` of the rows that were trained on, on one scale
 */
export function inventedBackground(
  { rows }: Pick<Invented, 'rows'>,
  scores: Float64Array,
  real: Float64Array,
): NonNullable<ModelManifest['background']> {
  const sorted = Float64Array.from(real).sort();
  const count = Math.min(MAX_BACKGROUND_ROWS, scores.length, sorted.length);
  const taken = new Set<number>();
  for (let place = 0; place < count; place++) {
    const wanted = sorted[Math.floor(((place + 0.5) * sorted.length) / count)]!;
    let nearest = -1;
    for (let i = 0; i < scores.length; i++) {
      if (taken.has(i)) continue;
      if (nearest < 0 || Math.abs(scores[i]! - wanted) < Math.abs(scores[nearest]! - wanted)) nearest = i;
    }
    taken.add(nearest);
  }
  const chosen = Int32Array.from(taken);
  return backgroundOf(
    takeRows(rows, chosen).values,
    rows.width,
    Float64Array.from(chosen, (i) => scores[i]!),
  );
}
