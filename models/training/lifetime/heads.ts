/** What boosting adds to the parameters: a factor for the mean, and the interval's ends as multiples of the forecast. */
import { type BoostingModel, fitBoosting } from '../fit/boosting.ts';
import { fitLogistic } from '../fit/logistic.ts';
import type { LifetimeHeads } from './graph.ts';
import type { Foretold, Samples } from './samples.ts';
import type { LifetimeSpec } from './spec.ts';

/** Only keeps the calibrating line finite. */
const RIDGE = 1e-6;

/** Multiples of the forecast: what came, over what was foretold. */
function multiples({ values }: Samples, foretold: Foretold): Float64Array {
  return values.map((value, i) => value / foretold.values[i]!);
}

/**
 * The factor, as boosting with Poisson loss: its slopes for multiples weighted by the forecast are those for values with the forecast as what is expected of them,
 * so that totals come out right, for all and for each leaf.
 */
export function fitCorrection(
  samples: Samples,
  foretold: Foretold,
  { correction, seed }: Pick<LifetimeSpec, 'correction' | 'seed'>,
): BoostingModel {
  const mean = foretold.values.reduce((sum, value) => sum + value, 0) / foretold.values.length;
  const weights = foretold.values.map((value) => value / mean);
  return fitBoosting(samples.rows, multiples(samples, foretold), { ...correction, loss: 'poisson', weights, seed });
}

export function fitHeads(samples: Samples, foretold: Foretold, spec: LifetimeSpec): LifetimeHeads {
  const answers = multiples(samples, foretold);
  const [low, high] = spec.interval.map((level) =>
    fitBoosting(samples.rows, answers, { ...spec.ends, loss: 'quantile', level, seed: spec.seed }),
  );
  const returned = samples.orders.map((orders) => (orders > 0 ? 1 : 0));
  const line = fitLogistic({ values: foretold.returns, width: 1 }, returned, { ridge: RIDGE });
  return {
    correction: fitCorrection(samples, foretold, spec),
    low: low!,
    high: high!,
    returns: { slope: line.coefficients[0]!, shift: line.intercept },
  };
}
