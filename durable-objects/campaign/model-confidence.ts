/** What an allocation says of the models that may decide instead of the bandit. */
import type { Allocation, LeafAllocation } from '../../decisioning/bandits/allocation.ts';
import { isHybrid } from '../../decisioning/bandits/policies.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { MIN_CONFIDENCE_TRIALS, modelConfidence } from '../../decisioning/scoring/watch/confidence.ts';
import { readScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import { scoreNames, sumsByLeaf, watchedHours, watchedVersions } from './model-windows.ts';

const HOUR_MS = 3_600_000;
/** Trials looked for, by leaf, in times of the fewest that anything is said of: leaves differ in size. */
const WINDOWS_PER_LEAF = 5;

/** The allocation with each version's confidence in the leaves of strategies that choose between bandit and model; the same one where none does. */
export function withModelConfidence(
  allocation: Allocation,
  policy: CampaignPolicy,
  sql: SqlStorage,
  nowMs: number,
): Allocation {
  const hybrid = Object.keys(allocation.leaves).filter((key) => chooses(policy, key));
  if (hybrid.length === 0) return allocation;
  const confidence = new Map<string, Record<string, number>>();
  for (const watched of watchedVersions(sql)) {
    const hours = watchedHours(sql, scoreNames(watched)[0], {
      nowHour: Math.floor(nowMs / HOUR_MS),
      sinceHour: watched.sinceHour,
      trials: WINDOWS_PER_LEAF * MIN_CONFIDENCE_TRIALS * hybrid.length,
    });
    for (const [leaf, sums] of sumsByLeaf(hours)) {
      const told = modelConfidence(readScoreSums(sums));
      if (told === undefined) continue;
      confidence.set(leaf, { ...confidence.get(leaf), [`${watched.model}@${watched.version}`]: told });
    }
  }
  const leaves: Record<string, LeafAllocation> = { ...allocation.leaves };
  for (const key of hybrid) {
    const own = confidence.get(key);
    if (own) leaves[key] = { ...leaves[key]!, modelConfidence: own };
  }
  return { ...allocation, leaves };
}

function chooses({ strategy, strategies }: CampaignPolicy, key: string): boolean {
  if (!strategies) return isHybrid(strategy);
  const { strategyId } = splitStratum(key);
  return strategies.list.some((one) => one.id === strategyId && isHybrid(one.strategy));
}
