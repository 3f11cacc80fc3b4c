/** What strategies lost against always showing the best arm, as far as anybody can know. */
import type { ArmStatistics } from '../bandits/statistics.ts';
import { DEFAULT_MASS, type Estimate } from '../evaluation/interval.ts';
import { betaVariate } from '../math/beta-variate.ts';
import { seededRandom } from '../random.ts';

/** Draws of all rates: the ends of an interval are known to a hundredth of its mass. */
const DRAWS = 2_000;
/** Draws of single rates in one comparison, about a second of work; a campaign with more arms and leaves gets fewer draws of each, 200 at least. */
const MAX_VARIATES = 2_000_000;
const FEWEST_DRAWS = 200;
/** Trials at the campaign's own rate that every arm begins from: one that was never shown does not count as possibly perfect. */
export const PRIOR_TRIALS = 20;
/** The same evidence gives the same answer. */
const SEED = '5eed5eed5eed5eed5eed5eed5eed5eed';

type Counts = Pick<ArmStatistics, 'trials' | 'conversions'>;

/** Arms of one leaf: everything that is known of them, and who tried them how often. */
export interface LeafEvidence {
  /** Over all strategies, in the order of the arms. */
  readonly arms: readonly Counts[];
  /** By strategy, in the order of the strategies: trials by arm. */
  readonly trials: readonly (readonly number[])[];
}

/**
 * Conversions lost by each strategy over its own trials: in every leaf Σ n(arm) · (max θ − θ_arm), θ ~ Beta(k·m + c, k·(1 − m) + n − c) by all the
 * evidence of the leaf, k = {@link PRIOR_TRIALS}, m the campaign's rate. Rates are drawn jointly, so that not knowing which arm is best is in the
 * interval.
 *
 * @param strategies how many there are.
 * @returns one estimate for each, the mean of the draws between their 2.5 % and 97.5 % points; in conversions.
 */
export function strategyRegret(leaves: readonly LeafEvidence[], strategies: number): readonly Estimate[] {
  const all = leaves.flatMap(({ arms }) => arms);
  const sum = (field: keyof Counts) => all.reduce((total, arm) => total + arm[field], 0);
  const rate = (sum('conversions') + 1) / (sum('trials') + 2);
  const random = seededRandom(SEED);
  const draws = Math.max(Math.min(DRAWS, Math.floor(MAX_VARIATES / Math.max(all.length, 1))), FEWEST_DRAWS);
  const losses = Array.from({ length: strategies }, () => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    for (const { arms, trials } of leaves) {
      const rates = arms.map(({ trials: n, conversions: c }) =>
        betaVariate(PRIOR_TRIALS * rate + c, PRIOR_TRIALS * (1 - rate) + (n - c), random),
      );
      const best = rates.reduce((most, one) => Math.max(most, one), 0);
      for (const [i, own] of trials.entries()) {
        const lost = own.reduce((total, n, arm) => total + n * (best - rates[arm]!), 0);
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
