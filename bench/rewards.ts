/** What an allocation of rewards that are not binary costs the root, once per version and leaf; and how long evidence takes to weigh. */

import { type RewardSpec, rewardName } from '../decisioning/bandits/rewards/reward.ts';
import { rewardEvidence } from '../decisioning/bandits/rewards/reward-evidence.ts';
import { addStatistics, emptyStatistics } from '../decisioning/bandits/statistics.ts';
import { delaySums } from '../decisioning/learning/delay-buckets.ts';
import { DELAY_NAME, type EvidenceCell, weighEvidence } from '../decisioning/learning/weigh-evidence.ts';
import { type BenchRow, timeOf } from './clock.ts';

const HOUR_MS = 3_600_000;
const HOURS = 30 * 24;
const ARMS = 10;

const REWARDS: readonly RewardSpec[] = [
  { kind: 'revenue', maxMinor: 100_000_000 },
  { kind: 'count', max: 100 },
  { kind: 'composite', weights: { order: 3, leave: -5 } },
];

function inputOf(reward: RewardSpec, arms: number) {
  const armIds = Array.from({ length: arms }, (_, i) => `arm-${i}`);
  const [unit, size] = reward.kind === 'count' ? [1, 2] : [1_000, reward.kind === 'revenue' ? 8 : 2];
  const sums = armIds.map((id, i) => {
    const rewarded = 30 + (i % 9);
    return [
      id,
      { [rewardName(reward)!]: [rewarded, rewarded * size * unit, rewarded * (size ** 2 + 2) * unit ** 2] },
    ] as const;
  });
  const statistics = armIds.map((id, i) => [id, addStatistics(emptyStatistics, { trials: 1_000 + 7 * i })] as const);
  return {
    campaignId: 'c',
    armIds,
    armsKey: 'k',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0,
    priors: {},
    reward,
    statistics: new Map([['rest', new Map(statistics)]]),
    sums: new Map([['rest', new Map(sums)]]),
    version: 1,
  } as const;
}

/** A month of ten arms, by the hour. */
function month(): EvidenceCell[] {
  return Array.from({ length: HOURS * ARMS }, (_, i) => ({
    leaf: 'rest',
    arm: `arm-${i % ARMS}`,
    hour: Math.floor(i / ARMS),
    statistics: addStatistics(emptyStatistics, { exposures: 20, trials: 20, conversions: 1 }),
    sums: { [DELAY_NAME]: delaySums(i * 60_000) },
  }));
}

/** The rows of this file. */
export function rewardRows(): BenchRow[] {
  const rows = REWARDS.flatMap((reward) =>
    [ARMS, 64].map((arms): BenchRow => {
      const input = inputOf(reward, arms);
      return {
        id: `reward_${reward.kind}.p_best_${arms}`,
        what: `reward ${reward.kind}, P(best) of ${arms} arms, once per version and leaf`,
        time: timeOf(() => rewardEvidence(input)![0]!.pBest[0]!),
      };
    }),
  );
  const cells = month();
  const rules = { nowMs: HOURS * HOUR_MS, halfLifeMs: 7 * 24 * HOUR_MS, delayCorrection: true } as const;
  const weigh: BenchRow = {
    id: 'learning.weigh_month',
    what: `half-life and delay correction over a month of ${ARMS} arms, by the hour`,
    time: timeOf(
      () =>
        weighEvidence({ cells, ...rules })
          .statistics.get('rest')!
          .get('arm-0')!.trials,
    ),
  };
  return [...rows, weigh];
}
