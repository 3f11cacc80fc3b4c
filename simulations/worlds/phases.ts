/** A campaign's phase and turn in a world, moved on by the rules that its root would go by. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { type DriftAlarm, driftOf, type RateBucket } from '../../decisioning/evaluation/drift.ts';
import type { EvidenceCell } from '../../decisioning/learning/weigh-evidence.ts';
import { campaignConfidence } from '../../decisioning/lifecycle/campaign-confidence.ts';
import { nextPhase } from '../../decisioning/lifecycle/next-phase.ts';
import { type DriftRules, PHASES, type Phase, stageOf } from '../../decisioning/lifecycle/phases.ts';
import type { Standing } from '../../decisioning/strategies/allocate-policy.ts';
import { turnOf } from '../../decisioning/strategies/compared.ts';
import type { Learned } from '../../decisioning/strategies/strata.ts';

const HOUR_MS = 3_600_000;

/** Where a campaign is in its life. */
export interface Life {
  readonly phase: Phase;
  /** Evidence of earlier hours is no longer learned from; undefined before the first change of a rate. */
  readonly sinceHour: number | undefined;
  /** Hours before this one were looked at for a change. */
  readonly checkedHour: number;
}

export const NEWBORN: Life = { phase: 'initialization', sinceHour: undefined, checkedHour: 0 };

/**
 * The life after every step that is due, at most one for each phase; the same for a campaign without lifecycle.
 *
 * @param cells all evidence, which changes of rates are looked for in.
 * @param learnedSince what allocations are computed from, of exposures from an hour on: phases go by the same.
 */
export function advanced(
  policy: CampaignPolicy,
  cells: readonly EvidenceCell[],
  learnedSince: (sinceHour: number | undefined) => Learned,
  life: Life,
  nowMs: number,
): Life {
  const { lifecycle } = policy;
  if (!lifecycle) return life;
  let now = life;
  let alarm: DriftAlarm | null = null;
  if (lifecycle.drift) {
    const { bucketHours, settleHours } = lifecycle.drift;
    const untilHour = Math.floor((Math.floor(nowMs / HOUR_MS) - settleHours) / bucketHours) * bucketHours;
    if (untilHour !== now.checkedHour) alarm = changeOf(cells, lifecycle.drift, now.sinceHour ?? 0, untilHour);
    now = { ...now, checkedHour: untilHour };
  }
  for (let step = 0; step < PHASES.length; step++) {
    const numbers = campaignConfidence(policy, learnedSince(now.sinceHour));
    const change = nextPhase(now.phase, numbers, lifecycle.thresholds, alarm);
    if (!change) break;
    now = { ...now, phase: change.phase, sinceHour: alarm ? alarm.sinceHour : now.sinceHour };
    alarm = null;
  }
  return now;
}

/** What is published beside the probabilities. */
export function standingOf(
  { lifecycle, strategies }: CampaignPolicy,
  cells: readonly EvidenceCell[],
  life: Life,
): Standing {
  const trials = cells.reduce((sum, { statistics }) => sum + statistics.trials, 0);
  return {
    ...(lifecycle && { stage: stageOf(lifecycle, life.phase) }),
    ...(strategies?.mode === 'rotation' && { turn: turnOf(strategies, trials) }),
  };
}

/** A change of a rate among the buckets that have settled. */
function changeOf(
  cells: readonly EvidenceCell[],
  { bucketHours, bucketsPerFalseAlarm }: DriftRules,
  fromHour: number,
  untilHour: number,
): DriftAlarm | null {
  const arms = new Map<string, Map<number, RateBucket>>();
  for (const { arm, hour: at, statistics } of cells) {
    if (at < fromHour || at >= untilHour) continue;
    const hour = at - (at % bucketHours);
    const buckets = arms.get(arm) ?? new Map<number, RateBucket>();
    arms.set(arm, buckets);
    const { trials, conversions } = buckets.get(hour) ?? { trials: 0, conversions: 0 };
    buckets.set(hour, { hour, trials: trials + statistics.trials, conversions: conversions + statistics.conversions });
  }
  const byTime = [...arms].map(
    ([arm, buckets]) => [arm, [...buckets.values()].toSorted((one, other) => one.hour - other.hour)] as const,
  );
  return driftOf(new Map(byTime), bucketsPerFalseAlarm);
}
