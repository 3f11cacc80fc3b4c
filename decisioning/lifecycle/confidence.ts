/** How far a campaign's evidence has come: the numbers that its phases go by. */
import { probabilityBest } from '../bandits/p-best.ts';
import { type BetaPosterior, posteriorMean, posteriorOf, priorOf } from '../bandits/posterior.ts';
import type { ArmStatistics } from '../bandits/statistics.ts';
import { expectedLoss } from '../evaluation/expected-loss.ts';
import { credibleInterval } from '../evaluation/interval.ts';
import { awaitedOf, type Reach } from './awaited.ts';

/** Numbers of one campaign, over all its leaves and strategies. */
export interface Confidence {
  /** Over all current arms. */
  readonly trials: number;
  /** Of the arm with the fewest among those that customers can get (see `awaited.ts`). */
  readonly leastTrials: number;
  /** That arm. */
  readonly leastArm: string;
  /** The arm with the highest mean among those that are compared (see `awaited.ts`); the first of several. */
  readonly leader: string;
  /** Its P(best) among them, [0, 1]. */
  readonly pBest: number;
  /** Expected loss of staying with it, as a share of its mean, not negative. */
  readonly expectedLoss: number;
  /** Width of its 95 % credible interval, as a share of its mean. */
  readonly width: number;
}

/**
 * Computes the numbers from pooled sums. Leaves are not told apart: where every leaf has another best arm, the pooled arms come out alike, and
 * their expected loss gets small instead of P(best) large.
 *
 * @param armIds 1 to 512, the campaign's own.
 * @param pooled sums by arm over leaves, strategies and the hours that count; arms without any have learned nothing.
 * @param priors by arm id; Beta(1, 1) where there is none.
 * @param reach which arms customers can get; all when absent.
 */
export function confidenceOf(
  armIds: readonly string[],
  pooled: ReadonlyMap<string, Pick<ArmStatistics, 'trials' | 'conversions'>>,
  priors: Readonly<Record<string, BetaPosterior>>,
  reach: Reach = {},
): Confidence {
  const none = { trials: 0, conversions: 0 };
  const sums = armIds.map((id) => pooled.get(id) ?? none);
  const { least, compared } = awaitedOf(
    armIds,
    sums.map(({ trials }) => trials),
    reach,
  );
  const posteriors = compared.map((i) => posteriorOf(sums[i]!, priorOf(priors, armIds[i]!)));
  const means = posteriors.map(posteriorMean);
  const leading = means.reduce((best, mean, i) => (mean > means[best]! ? i : best), 0);
  const { low, high } = credibleInterval(posteriors[leading]!);
  return {
    trials: sums.reduce((sum, { trials }) => sum + trials, 0),
    ...least,
    leader: armIds[compared[leading]!]!,
    pBest: probabilityBest(posteriors)[leading]!,
    expectedLoss: expectedLoss(posteriors, leading) / means[leading]!,
    width: (high - low) / means[leading]!,
  };
}
