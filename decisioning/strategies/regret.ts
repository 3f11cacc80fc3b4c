/** What strategies lost against always showing the best arm, as far as anybody can know. */
import type { ArmStatistics } from '../bandits/statistics.ts';
import { DEFAULT_MASS, type Estimate } from '../evaluation/interval.ts';
import { betaVariate } from '../math/beta-variate.ts';
import { type Random, seededRandom } from '../random.ts';
import { PRIOR_TRIALS } from './reward-means.ts';

/** Draws of all rates: the ends of an interval are known to a hundredth of its mass. */
const DRAWS = 2_000;
/** Draws of single rates in one comparison, about a second of work; a campaign with more arms and leaves gets fewer draws of each, 200 at least. */
const MAX_VARIATES = 2_000_000;
const FEWEST_DRAWS = 200;
/** The same evidence gives the same answer. */
const SEED = '5eed5eed5eed5eed5eed5eed5eed5eed';

/** What was counted of an arm. */
type Counts = Pick<ArmStatistics, 'trials' | 'conversions'>;

/** Arms of one leaf: everything that is known of them, and who tried them how often. */
export interface LeafEvidence {
  /** Draws what an arm brings per trial, by the evidence of all strategies; in the order of the arms. */
  readonly draws: readonly ((random: Random) => number)[];
  /** By strategy, in the order of the strategies: trials by arm. */
  readonly trials: readonly (readonly number[])[];
}

/**
 * Draws of conversion rates: θ ~ Beta(k·m + c, k·(1 − m) + n − c), k = {@link PRIOR_TRIALS}, m the rate of all of them.
 *
 * @param leaves counts by leaf and arm.
 * @returns in the same order.
 */
export function rateDraws(leaves: readonly (readonly Counts[])[]): readonly LeafEvidence['draws'][] {
  const all = leaves.flat();
  const sum = (field: keyof Counts) => all.reduce((total, arm) => total + arm[field], 0);
  const rate = (sum('conversions') + 1) / (sum('trials') + 2);
  return leaves.map((arms) =>
    arms.map(
      ({ trials: n, conversions: c }) =>
        (random: Random) =>
          betaVariate(PRIOR_TRIALS * rate + c, PRIOR_TRIALS * (1 - rate) + (n - c), random),
    ),
  );
}

/**
 * What each strategy lost over its own trials: in every leaf Σ n(arm) · (max μ − μ_arm), μ an arm's conversions or reward per trial as drawn. All are
 * drawn jointly, so that not knowing which arm is best is in the interval.
 *
 * @param strategies how many there are.
 * @returns one estimate for each, the mean of the draws between their 2.5 % and 97.5 % points; in conversions, or in the reward's unit.
 */
export function strategyRegret(leaves: readonly LeafEvidence[], strategies: number): readonly Estimate[] {
  const arms = leaves.reduce((sum, { draws }) => sum + draws.length, 0);
  const random = seededRandom(SEED);
  const count = Math.max(Math.min(DRAWS, Math.floor(MAX_VARIATES / Math.max(arms, 1))), FEWEST_DRAWS);
  const losses = Array.from({ length: strategies }, () => new Float64Array(count));
  for (let draw = 0; draw < count; draw++) {
    for (const { draws, trials } of leaves) {
      const means = draws.map((one) => one(random));
      const best = means.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
      for (const [i, own] of trials.entries()) {
        const lost = own.reduce((total, n, arm) => total + n * (best - means[arm]!), 0);
        losses[i]![draw] = losses[i]![draw]! + lost;
      }
    }
  }
  return losses.map(estimateOf);
}

function estimateOf(draws: Float64Array): Estimate {
  const sorted = draws.toSorted();
  const at = (share: number) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]!;
  const tail = (1 - DEFAULT_MASS) / 2;
  return { estimate: draws.reduce((sum, value) => sum + value, 0) / draws.length, low: at(tail), high: at(1 - tail) };
}
