/** How good the file is that will serve: scored by our own evaluator, over customers who were not trained on. */
import { type Estimate, estimate } from '../measure/interval.ts';
import { auc, calibrationError } from '../measure/metrics.ts';
import type { Metrics } from '../run/metrics.ts';
import { type ForecastFigures, figuresOf } from './figures.ts';
import type { Foretold, Samples } from './samples.ts';
import type { LifetimeSpec } from './spec.ts';

/** Customers by forecast, a tenth of them. */
export interface Tenth {
  readonly foretold: number;
  readonly came: number;
  /** Standard error of what came. */
  readonly error: number;
}

/** Shares of customers. */
export interface Coverage {
  /** At or below the upper end. */
  readonly high: number;
  /** With a lower end above 0, and of them those below it. */
  readonly lowAbove0: number;
  readonly belowLow: number;
  /** Who brought nothing. */
  readonly nothing: number;
}

export interface Measured {
  readonly customers: number;
  readonly figures: ForecastFigures;
  /** Of the parameters alone, for comparison. */
  readonly plain: ForecastFigures;
  readonly orders: { readonly foretold: number; readonly came: number };
  readonly coverage: Coverage;
  readonly meanHigh: number;
  readonly returns: { readonly auc: Estimate; readonly ece: Estimate };
  readonly tenths: readonly Tenth[];
}

export function measure(
  samples: Samples,
  scores: Readonly<Record<string, Float32Array>>,
  plain: Foretold,
  { seed }: Pick<LifetimeSpec, 'seed'>,
): Measured {
  const { values, orders } = samples;
  const share = (holds: (i: number) => boolean) =>
    values.reduce((count, _, i) => count + (holds(i) ? 1 : 0), 0) / values.length;
  const sum = (list: ArrayLike<number>) => Array.from(list).reduce((total, one) => total + one, 0);
  const lowAbove0 = share((i) => scores.value_low![i]! > 0);
  const returned = {
    scores: Float64Array.from(scores.returns!),
    answers: orders.map((count) => (count > 0 ? 1 : 0)),
  };
  return {
    customers: new Set(samples.ids).size,
    figures: figuresOf({ foretold: scores.value!, came: values }, seed),
    plain: figuresOf({ foretold: plain.values, came: values }, seed),
    orders: { foretold: sum(scores.orders!), came: sum(orders) },
    coverage: {
      high: share((i) => values[i]! <= scores.value_high![i]!),
      lowAbove0,
      belowLow: lowAbove0 === 0 ? 0 : share((i) => values[i]! < scores.value_low![i]!) / lowAbove0,
      nothing: share((i) => values[i] === 0),
    },
    meanHigh: sum(scores.value_high!) / values.length,
    returns: { auc: estimate(auc, returned, seed), ece: estimate(calibrationError, returned, seed) },
    tenths: tenthsOf(scores.value!, values),
  };
}

/** For the registry: `auc` and `ece` are those of `returns`, the output that is a probability. */
export function lifetimeMetrics({ returns, figures, coverage, customers }: Measured): Metrics {
  const [low, high] = returns.auc.interval;
  const { total, ranks, off, squareOff, topTenth } = figures;
  return {
    auc: returns.auc.value,
    ...{ auc_low: low, auc_high: high, ece: returns.ece.value },
    ...{ value_total: total, value_ranks: ranks, value_off: off, value_square_off: squareOff },
    ...{ value_top_tenth: topTenth, value_high_covers: coverage.high, rows: customers },
  };
}

function tenthsOf(foretold: Float32Array, came: Float64Array): Tenth[] {
  const order = Array.from(foretold, (_, i) => i).sort((i, j) => foretold[i]! - foretold[j]! || i - j);
  return Array.from({ length: 10 }, (_, tenth) => {
    const places = order.slice(Math.floor((tenth * order.length) / 10), Math.floor(((tenth + 1) * order.length) / 10));
    const meanOf = (list: ArrayLike<number>) => places.reduce((sum, i) => sum + list[i]!, 0) / places.length;
    const mean = meanOf(came);
    const spread = places.reduce((sum, i) => sum + (came[i]! - mean) ** 2, 0) / (places.length - 1);
    return { foretold: meanOf(foretold), came: mean, error: Math.sqrt(spread / places.length) };
  });
}
