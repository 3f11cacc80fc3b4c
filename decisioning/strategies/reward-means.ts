/** What is believed of expected rewards that are not binary, as means with their variance: what strategies are compared by. */
import type { RewardFigures } from '../bandits/rewards/figures.ts';
import { addFigures, noFigures } from '../bandits/rewards/figures.ts';
import { SPREAD_ORDERS } from '../bandits/rewards/revenue-belief.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { normalVariate } from '../math/beta-variate.ts';
import type { Random } from '../random.ts';

/** Trials of the campaign's own that everything begins from: an arm that was never shown does not count as possibly perfect. */
export const PRIOR_TRIALS = 20;
/** Value of an order before there was one: a hundred major units. */
const FIRST_VALUE = 10_000;
/** Before there are orders to tell, they vary by a factor of e either way; so much is believed for two. */
const FIRST_ORDERS = 2;
const FIRST_VARIANCE = 1;

/** An expected reward per trial, in the reward's unit, and the variance of what is believed of it. */
export interface BelievedMean {
  readonly mean: number;
  readonly variance: number;
}

/** How rewards of a campaign are believed of. */
export interface RewardMeans {
  /** From own trials alone; 0 ± 0 without a reward. */
  readonly plain: (figures: RewardFigures) => BelievedMean;
  /** From these and {@link PRIOR_TRIALS} trials like those of the campaign; the variance is above 0. */
  readonly shrunk: (figures: RewardFigures) => BelievedMean;
  /** The same for several arms together, each with own trials of its own. */
  readonly shrunkMix: (figures: readonly RewardFigures[]) => BelievedMean;
}

/**
 * The beliefs of a campaign with these figures, cell by cell (an arm under a strategy, or in a leaf). For `count` and `composite` means and variances of
 * the rewards themselves. For `revenue` those of a log-normal with a zero mass: values in cells may differ a thousandfold, so that only the spread *within*
 * cells is common to them, and counts as ten orders of each.
 *
 * @param spec not `binary`.
 */
export function rewardMeans(spec: RewardSpec, cells: readonly RewardFigures[]): RewardMeans {
  return spec.kind === 'revenue' ? revenueMeans(cells, spec.maxMinor) : plainMeans(spec, cells);
}

/** Trials with the mean of all parts; customers who happened to fall into better parts are in the variance. */
export function mixed(parts: readonly (BelievedMean & { readonly trials: number })[]): BelievedMean {
  const trials = parts.reduce((sum, part) => sum + part.trials, 0);
  if (!(trials > 0)) return { mean: 0, variance: 0 };
  const mean = parts.reduce((sum, part) => sum + (part.trials / trials) * part.mean, 0);
  const variance = parts.reduce((sum, part) => {
    const share = part.trials / trials;
    return sum + share * share * part.variance + (share * (part.mean - mean) ** 2) / trials;
  }, 0);
  return { mean, variance };
}

/** Mean and standard deviation of the logarithm of a log-normal with this mean and variance, both above 0. */
export function logMoments({ mean, variance }: BelievedMean): { readonly mean: number; readonly deviation: number } {
  const square = Math.log1p(variance / (mean * mean));
  return { mean: Math.log(mean) - square / 2, deviation: Math.sqrt(square) };
}

/** Draws from what is believed of a mean: log-normal, as rewards of money and of counts are never below 0; normal of `composite`. */
export function meanDraw(spec: RewardSpec, believed: BelievedMean): (random: Random) => number {
  if (spec.kind === 'composite') {
    const deviation = Math.sqrt(believed.variance);
    return (random) => believed.mean + deviation * normalVariate(random);
  }
  const { mean, deviation } = logMoments(believed);
  return (random) => Math.exp(mean + deviation * normalVariate(random));
}

function plainMeans(
  spec: Extract<RewardSpec, { kind: 'count' | 'composite' | 'binary' }>,
  cells: readonly RewardFigures[],
): RewardMeans {
  // One trial with the largest reward there is, so that nothing is ever certain; of either sign where weights are.
  const largest = spec.kind === 'composite' ? Math.max(...Object.values(spec.weights).map((one) => Math.abs(one))) : 1;
  // Of counts a Poisson one.
  const one =
    spec.kind === 'composite'
      ? { trials: 1, rewarded: 1, sum: 0, squares: largest * largest }
      : { trials: 1, rewarded: 1, sum: 1, squares: 2 };
  const campaign = cells.reduce((sum, own) => addFigures(sum, own), one);
  const plain = ({ trials, sum, squares }: RewardFigures): BelievedMean => {
    if (!(trials > 0)) return { mean: 0, variance: 0 };
    const mean = sum / trials;
    return { mean, variance: Math.max(squares / trials - mean * mean, 0) / trials };
  };
  const shrunk = (own: RewardFigures) => plain(addFigures(own, campaign, PRIOR_TRIALS / campaign.trials));
  return {
    plain,
    shrunk,
    shrunkMix: (figures) => shrunk(figures.reduce((sum, own) => addFigures(sum, own), noFigures)),
  };
}

function revenueMeans(cells: readonly RewardFigures[], largest: number): RewardMeans {
  const within = spreadWithin(cells);
  const plain = (figures: RewardFigures) => hurdle(figures, within, largest);
  const orders = cells.filter(({ rewarded }) => rewarded > 0);
  const rewarded = orders.reduce((sum, own) => sum + own.rewarded, 0);
  const trials = cells.reduce((sum, own) => sum + own.trials, 0) + 1;
  const sum = orders.reduce((all, own) => all + own.trials * plain(own).mean, 0);
  // Squares with the same spread as the means; one order more than were seen, so that nothing is ever certain.
  const value = rewarded > 0 ? sum / rewarded : FIRST_VALUE;
  const squares = orders.reduce(
    (all, own) => {
      const perOrder = (own.trials * plain(own).mean) / own.rewarded;
      return all + own.rewarded * perOrder * perOrder * Math.exp(within);
    },
    value * value * Math.exp(FIRST_VARIANCE),
  );
  const mean = (sum + value) / trials;
  const prior = { mean, variance: Math.max(squares / trials - mean * mean, 0) / PRIOR_TRIALS };
  const withPrior = (own: BelievedMean, count: number): BelievedMean => {
    const share = count / (count + PRIOR_TRIALS);
    return {
      mean: share * own.mean + (1 - share) * prior.mean,
      variance: share * share * own.variance + (1 - share) ** 2 * prior.variance,
    };
  };
  return {
    plain,
    shrunk: (own) => withPrior(plain(own), own.trials),
    shrunkMix: (figures) =>
      withPrior(
        mixed(figures.map((own) => ({ ...plain(own), trials: own.trials }))),
        figures.reduce((all, own) => all + own.trials, 0),
      ),
  };
}

/** Variance of the logarithm of orders around the means of their cells. */
function spreadWithin(cells: readonly RewardFigures[]): number {
  let [squares, degrees] = [FIRST_ORDERS * FIRST_VARIANCE, FIRST_ORDERS];
  for (const { rewarded, sum, squares: own } of cells) {
    if (!(rewarded > 1)) continue;
    squares += Math.max(own - (sum * sum) / rewarded, 0);
    degrees += rewarded - 1;
  }
  return squares / degrees;
}

/** θ·exp(μ + s²/2) with the variance of Cox's method and of θ, as in `evaluation/reward-performance.ts`; s² from own orders and {@link SPREAD_ORDERS} others. */
function hurdle({ trials, rewarded, sum, squares }: RewardFigures, within: number, largest: number): BelievedMean {
  if (!(rewarded > 0)) return { mean: 0, variance: 0 };
  const theta = rewarded / trials;
  const mu = sum / rewarded;
  const degrees = SPREAD_ORDERS + Math.max(rewarded - 1, 0);
  const variance = (SPREAD_ORDERS * within + Math.max(squares - sum * mu, 0)) / degrees;
  const mean = theta * Math.min(Math.exp(mu + variance / 2), largest);
  const relative = variance / rewarded + variance ** 2 / (2 * degrees) + (1 - theta) / rewarded;
  return { mean, variance: mean * mean * relative };
}
