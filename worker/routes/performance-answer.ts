/** What a campaign's root knows, as the API tells it. */
import type { PerformanceResponse } from '../../contract/performance.ts';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../../decisioning/bandits/statistics.ts';
import { initialAllocationOf } from '../../decisioning/catalog/campaign-policy.ts';
import type { Directory, DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import type { Interval } from '../../decisioning/evaluation/interval.ts';
import {
  type ArmPerformance,
  type CampaignLift,
  campaignPerformance,
  type Figures,
} from '../../decisioning/evaluation/performance.ts';
import { plainAllocation } from '../../decisioning/strategies/plain-allocation.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import { variesBy } from '../../decisioning/strategies/varies-by.ts';
import type { RootView, StatisticsCell } from '../../durable-objects/campaign/protocol.ts';
import { type BlockSums, bestOverall, blockSums } from './performance-sums.ts';

const HOUR_MS = 3_600_000;

type Sums = Map<string, ArmStatistics>;

/** Adds cells up by a key of theirs and by arm. */
function sumBy<K>(cells: readonly StatisticsCell[], keyOf: (cell: StatisticsCell) => K): Map<K, Sums> {
  const groups = new Map<K, Sums>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const sums = groups.get(key) ?? new Map<string, ArmStatistics>();
    groups.set(key, sums);
    sums.set(cell.arm, mergeStatistics(sums.get(cell.arm) ?? emptyStatistics, cell.statistics));
  }
  return groups;
}

type WireFigures = Omit<PerformanceResponse['totals'], 'goals' | 'reward'>;

function figures({ exposures, trials, conversions, rate, credibleInterval, revenueMinor }: Figures): WireFigures {
  return { exposures, trials, conversions, rate, credibleInterval: ends(credibleInterval), revenueMinor };
}

function ends({ low, high }: Interval): [low: number, high: number] {
  return [low, high];
}

/** An arm in one leaf, or over all of them. */
function armAnswer(arm: ArmPerformance, more: BlockSums, leaf?: string): PerformanceResponse['arms'][number] {
  const { armId, pBest, allocation } = arm;
  const declared = more({ arm: armId, ...(leaf !== undefined && { leaf }) }, arm);
  return { arm: armId, ...figures(arm), ...declared, pBest, allocation };
}

/** Lift with the groups it compares; null while either group is empty. */
function liftAnswer(lift: CampaignLift | null): PerformanceResponse['lift'] {
  if (!lift) return null;
  return {
    treated: { ...lift.treated, rate: lift.treatedRate },
    holdout: { ...lift.control, rate: lift.controlRate },
    absolute: lift.absolute.estimate,
    interval: ends(lift.absolute),
    relative: lift.relative?.estimate ?? null,
    relativeInterval: lift.relative && ends(lift.relative),
    absoluteRevenueMinor: lift.absoluteRevenueMinor,
  };
}

/** The answer of the endpoint; `hours` limits `overTime` to the latest ones, every other figure covers all. */
export function performanceOf(
  campaignId: string,
  campaign: DirectoryCampaign,
  view: RootView,
  { hours, nowMs, goals }: { readonly hours: number; readonly nowMs: number; readonly goals: Directory['goals'] },
): PerformanceResponse {
  const oldestHour = Math.floor(nowMs / HOUR_MS) - hours + 1;
  const recent = view.cells.filter((cell) => cell.hour >= oldestHour);
  const computed = campaignPerformance({
    allocation: plainAllocation(view.allocation ?? initialAllocationOf(campaign.policy), campaign.policy),
    statistics: sumBy(view.cells, (cell) => splitStratum(cell.leaf).leaf),
    hours: sumBy(recent, (cell) => cell.hour * HOUR_MS),
  });
  const more = blockSums(campaign, goals, view);
  const best = bestOverall(campaign.policy, campaign.armIds, view);
  const { totals, holdout } = computed;
  return {
    campaign: campaignId,
    goal: campaign.goal,
    asOf: new Date(view.asOfMs || nowMs).toISOString(),
    allocationVersion: computed.allocationVersion,
    allocationVariesBy: [...variesBy(campaign.policy)],
    ...(view.allocation?.stage && { phase: view.allocation.stage.phase }),
    totals: { ...figures(totals), ...more({}, totals) },
    holdout: { ...figures(holdout), ...more({ arm: HOLDOUT_ARM }, holdout) },
    // Arms that were retired stand last, and are never the best.
    arms: computed.arms.map((arm, i) => armAnswer(best ? { ...arm, pBest: best[i] ?? 0 } : arm, more)),
    leaves: computed.leaves.map((leaf) => ({
      leaf: leaf.leaf,
      ...figures(leaf.totals),
      ...more({ leaf: leaf.leaf }, leaf.totals),
      arms: leaf.arms.map((arm) => armAnswer(arm, more, leaf.leaf)),
    })),
    overTime: computed.hours.map((hour) => ({
      hour: new Date(hour.hourMs).toISOString(),
      ...figures(hour.totals),
      arms: hour.arms.map((arm) => ({ arm: arm.armId, ...figures(arm) })),
    })),
    lift: liftAnswer(computed.lift),
  };
}
