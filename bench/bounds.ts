/** What the figures of a run must hold. A ratio is of two medians of the same run. */

/** A bound, with what it came to. */
export interface Held {
  readonly id: string;
  /** `at most 15 µs`. */
  readonly bound: string;
  readonly value: number;
  readonly holds: boolean;
}

interface Bound {
  readonly id: string;
  /** Microseconds, or the ratio of `id` to `over` (how many times as long `over` takes). */
  readonly over?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const BOUNDS: readonly Bound[] = [
  { id: 'race.decide.1000', atMost: 15 },
  { id: 'race.decide.1000', over: 'race.flagd.all_1000', atLeast: 25 },
  { id: 'decide.hyperedges.1000', atMost: 15 },
  { id: 'decide.hyperedges.100000', atMost: 30 },
  // Twice the time of a thousand.
  { id: 'decide.hyperedges.100000', over: 'decide.hyperedges.1000', atLeast: 0.5 },
  { id: 'decide.blocked.1000', atMost: 300 },
  { id: 'race.draw_by_id.10', over: 'race.growthbook.beside_draw.eval_feature', atLeast: 10 },
  { id: 'race.draw_by_seed.10', over: 'race.growthbook.beside_draw.eval_feature', atLeast: 10 },
  { id: 'race.blend.10', over: 'race.eppo.evaluate_bandit.10', atLeast: 10 },
  { id: 'race.blend.50', over: 'race.eppo.evaluate_bandit.50', atLeast: 30 },
  { id: 'race.refresh.512', atMost: 3_000 },
  { id: 'score.logistic.row.own', over: 'score.logistic.row.ort', atLeast: 20 },
  { id: 'score.mlp.row.own', over: 'score.mlp.row.ort', atLeast: 2 },
  { id: 'score.trees.row.own', over: 'score.trees.row.ort', atLeast: 2.5 },
  { id: 'train.logistic', atMost: 1_000_000 },
  { id: 'train.boosting', atMost: 4_000_000 },
];

/**
 * The bounds of whatever was measured, with ratios under names of their own: `ratio.<id>` is how many times as long the other takes.
 *
 * @param figures medians by id, in microseconds
 * @param isWhole everything was measured: a bound whose figure is not there is missed
 */
export function heldBounds(figures: Readonly<Record<string, number>>, isWhole = false): Held[] {
  return BOUNDS.flatMap(({ id, over, atMost, atLeast = 0 }) => {
    const [own, other] = [figures[id], over === undefined ? 1 : figures[over]];
    if ((own === undefined || other === undefined) && !isWhole) return [];
    const value = over === undefined ? (own ?? Number.NaN) : (other ?? Number.NaN) / (own ?? Number.NaN);
    const bound = atMost === undefined ? `at least ${atLeast} times as fast as ${over}` : `at most ${atMost} µs`;
    const holds = atMost === undefined ? value >= atLeast : value <= atMost;
    return [{ id: over === undefined ? id : `ratio.${id}/${over}`, bound, value, holds }];
  });
}

/** One line of it: what was asked, and what it came to. */
export function boundLine({ id, bound, value, holds }: Held): string {
  return `  ${holds ? 'holds ' : 'MISSED'}  ${id}: ${value.toPrecision(3)}, ${bound}\n`;
}
