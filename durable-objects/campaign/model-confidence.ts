/** What an allocation says of the models that may decide instead of the bandit. */
import type { Allocation, LeafAllocation } from '../../decisioning/bandits/allocation.ts';
import { isHybrid } from '../../decisioning/bandits/policies.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { versionName } from '../../decisioning/scoring/paths.ts';
import { modelConfidence } from '../../decisioning/scoring/watch/confidence.ts';
import { sumsName } from '../../decisioning/scoring/watch/score-sums.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import { armSumsByLeaf, LOOK_BACK_HOURS, lastSettledHour, watchedVersions } from './model-windows.ts';

/** The allocation with each version's confidence, of trials whose outcomes had time to come, in the leaves of strategies that choose between bandit and model; the same one where none does. */
export function withModelConfidence(
  allocation: Allocation,
  policy: CampaignPolicy,
  sql: SqlStorage,
  nowMs: number,
): Allocation {
  const hybrid = Object.keys(allocation.leaves).filter((key) => chooses(policy, key));
  if (hybrid.length === 0) return allocation;
  const confidence = new Map<string, Record<string, number>>();
  const untilHour = lastSettledHour(nowMs, policy.models?.goalWindowMs ?? 0);
  const fromHour = Math.max(0, untilHour - LOOK_BACK_HOURS.at(-1)! + 1);
  for (const watched of watchedVersions(sql)) {
    const from = Math.max(fromHour, watched.sinceHour);
    for (const [leaf, sums] of armSumsByLeaf(sql, sumsName('arms', watched), from, untilHour)) {
      const told = modelConfidence(sums);
      if (told === undefined) continue;
      confidence.set(leaf, { ...confidence.get(leaf), [versionName(watched.model, watched.version)]: told });
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
