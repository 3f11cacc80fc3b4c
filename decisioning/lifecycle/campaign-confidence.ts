/** The numbers of a campaign's phases from what it has learned, whatever it makes the most of. */
import { priorOf } from '../bandits/posterior.ts';
import { addFigures, noFigures, type RewardFigures, rewardFigures, tellsTrials } from '../bandits/rewards/figures.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { beliefs, probabilityBestOf } from '../bandits/rewards/reward-evidence.ts';
import type { ArmStatistics } from '../bandits/statistics.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';
import { DEFAULT_MASS } from '../evaluation/interval.ts';
import type { Learned } from '../strategies/strata.ts';
import { awaitedOf, type Reach } from './awaited.ts';
import { type Confidence, confidenceOf } from './confidence.ts';

/** Points that stand for what is believed of an arm: quantiles to a thousandth. */
const POINTS = 1_024;
/** Points of all arms together: they are sorted with every allocation. */
const MAX_ALL_POINTS = 32_768;
/**
 * The smallest reward that widths and losses are shares of, in standard deviations of one trial's reward: where gains and harms cancel out, a share
 * of the mean alone would be a share of nothing.
 */
const SMALLEST_SCALE = 0.01;

type Known = Pick<CampaignPolicy, 'armIds' | 'priors' | 'reward'> & Reach;

/** Over all leaves and strategies together; conversions where the reward is binary, else the reward. */
export function campaignConfidence(known: Known, learned: Learned): Confidence {
  const { armIds, priors, reward } = known;
  if (reward !== undefined && reward.kind !== 'binary') return rewardConfidence(reward, known, learned);
  const pooled = new Map<string, Pick<ArmStatistics, 'trials' | 'conversions'>>();
  for (const arms of learned.statistics.values()) {
    for (const [armId, { trials, conversions }] of arms) {
      const before = pooled.get(armId) ?? { trials: 0, conversions: 0 };
      pooled.set(armId, { trials: before.trials + trials, conversions: before.conversions + conversions });
    }
  }
  return confidenceOf(armIds, pooled, priors, known);
}

function rewardConfidence(
  reward: RewardSpec,
  { armIds, priors, ...reach }: Known,
  { statistics, sums }: Learned,
): Confidence {
  const keys = [...new Set([...statistics.keys(), ...(sums?.keys() ?? [])])];
  const told = keys.some((key) => armIds.some((armId) => tellsTrials(reward, sums?.get(key)?.get(armId))));
  const figures = armIds.map((armId) =>
    keys.reduce<RewardFigures>(
      (sum, key) =>
        addFigures(sum, rewardFigures(reward, statistics.get(key)?.get(armId), sums?.get(key)?.get(armId), told)),
      noFigures,
    ),
  );
  const { beliefOf, deviation } = beliefs(
    reward,
    figures.reduce((sum, own) => addFigures(sum, own), noFigures),
  );
  const { least, compared } = awaitedOf(
    armIds,
    figures.map(({ trials }) => trials),
    reach,
  );
  const arms = compared.map((i) => beliefOf(figures[i]!, priorOf(priors, armIds[i]!)));
  const leading = arms.reduce((best, { mean }, i) => (mean > arms[best]!.mean ? i : best), 0);
  const points = arms.map((arm) => arm.points(Math.max(Math.min(POINTS, Math.floor(MAX_ALL_POINTS / arms.length)), 2)));
  const own = points[leading]!;
  const at = (share: number) => own[Math.min(Math.floor(share * own.length), own.length - 1)]!;
  const tail = (1 - DEFAULT_MASS) / 2;
  const scale = Math.max(Math.abs(arms[leading]!.mean), SMALLEST_SCALE * deviation);
  return {
    trials: figures.reduce((sum, { trials }) => sum + trials, 0),
    ...least,
    leader: armIds[compared[leading]!]!,
    pBest: probabilityBestOf(arms)[leading]!,
    expectedLoss: Math.max(meanOfLargest(points) - meanOf(own), 0) / scale,
    width: (at(1 - tail) - at(tail)) / scale,
  };
}

function meanOf(points: Float64Array): number {
  return points.reduce((sum, value) => sum + value, 0) / points.length;
}

/** E[max] of independent distributions that are given by equally likely points: Σ x · (∏ Fⱼ(x) − ∏ Fⱼ(x−)) over all points. */
function meanOfLargest(points: readonly Float64Array[]): number {
  const all = points.flatMap((own, arm) => Array.from(own, (value) => ({ value, arm })));
  all.sort((a, b) => a.value - b.value);
  const below = points.map(() => 0);
  let [mean, before] = [0, 0];
  // The product is kept as a sum of logs over the arms that have begun, and is 0 until all have.
  let [logs, begun] = [0, 0];
  for (const { value, arm } of all) {
    const count = below[arm]!;
    if (count === 0) begun += 1;
    logs += Math.log((count + 1) / points[arm]!.length) - (count === 0 ? 0 : Math.log(count / points[arm]!.length));
    below[arm] = count + 1;
    const product = begun === points.length ? Math.exp(logs) : 0;
    mean += value * (product - before);
    before = product;
  }
  return mean;
}
