/** The phase a campaign is in, kept by its root: advanced with every allocation, or steered by a person. */

import { ENROLLED_ARM, HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { type DriftAlarm, driftOf, type RateBucket } from '../../decisioning/evaluation/drift.ts';
import { campaignConfidence } from '../../decisioning/lifecycle/campaign-confidence.ts';
import type { Confidence } from '../../decisioning/lifecycle/confidence.ts';
import { nextPhase, phaseOf } from '../../decisioning/lifecycle/next-phase.ts';
import {
  type DriftRules,
  type LifecycleRules,
  PHASES,
  type Phase,
  stageOf,
} from '../../decisioning/lifecycle/phases.ts';
import type { Standing } from '../../decisioning/strategies/allocate-policy.ts';
import { turnOf } from '../../decisioning/strategies/compared.ts';
import { type ReadEvidence, readLearned } from './learned.ts';
import { notLeftOut } from './left-out.ts';
import type { LifecycleView, Steering, SteeringMode } from './lifecycle-view.ts';
import { appendTransition, readTransitions, type Transition } from './transitions.ts';

const HOUR_MS = 3_600_000;
/** Buckets that are looked at for drift: more than a year of days. What changed before that has been learned. */
const MAX_DRIFT_BUCKETS = 400;

type LifecycleRow = {
  phase: Phase;
  sinceMs: number;
  mode: SteeringMode;
  evidenceSinceMs: number | null;
  checkedHour: number;
};

function readRow(sql: SqlStorage): LifecycleRow | undefined {
  return sql
    .exec<LifecycleRow>(
      `SELECT phase, since_ms AS sinceMs, mode, evidence_since_ms AS evidenceSinceMs, checked_hour AS checkedHour
       FROM lifecycle`,
    )
    .toArray()[0];
}

/** What an allocation is computed from. */
export interface Advanced {
  readonly standing: Standing;
  readonly learned: ReadEvidence;
}

/** Evidence from some time on, and the numbers that it comes to; read and computed once for each such time. */
type Reader = (sinceMs: number | null) => { readonly learned: ReadEvidence; readonly numbers: () => Confidence };

function readerOf(sql: SqlStorage, policy: CampaignPolicy, nowMs: number): Reader {
  const known = new Map<number | null, ReturnType<Reader>>();
  return (sinceMs) => {
    const before = known.get(sinceMs);
    if (before) return before;
    const learned = readLearned(sql, policy, nowMs, sinceMs ?? undefined);
    let computed: Confidence | undefined;
    const numbers = () => {
      computed ??= campaignConfidence(policy, learned);
      return computed;
    };
    known.set(sinceMs, { learned, numbers });
    return { learned, numbers };
  };
}

/**
 * Moves the campaign on as far as its evidence reaches, and says where it stands then and what it has learned. Runs inside the caller's
 * transaction.
 */
export function advance(sql: SqlStorage, policy: CampaignPolicy, nowMs: number): Advanced {
  const { lifecycle, strategies } = policy;
  const read = readerOf(sql, policy, nowMs);
  const turn = strategies?.mode === 'rotation' ? turnOf(strategies, strategyTrials(sql)) : undefined;
  const standing = turn === undefined ? {} : { turn };
  if (!lifecycle) return { standing, learned: read(null).learned };
  const { phase, evidenceSinceMs } = lived(sql, policy, lifecycle, read, nowMs);
  return { standing: { ...standing, stage: stageOf(lifecycle, phase) }, learned: read(evidenceSinceMs).learned };
}

/** The row after every step that is due: at most one for each phase, since a step that were undone at once would mean rules at odds. */
function lived(
  sql: SqlStorage,
  policy: CampaignPolicy,
  rules: LifecycleRules,
  read: Reader,
  nowMs: number,
): LifecycleRow {
  let row = readRow(sql) ?? begin(sql, read, nowMs);
  if (row.mode !== 'auto') return row;
  let alarm = rules.drift ? changeOf(sql, policy, rules.drift, row, nowMs) : null;
  for (let step = 0; step < PHASES.length; step += 1) {
    const numbers = read(row.evidenceSinceMs).numbers();
    const change = nextPhase(row.phase, numbers, rules.thresholds, alarm);
    if (!change) break;
    const { phase: to, cause } = change;
    enter(sql, { atMs: nowMs, from: row.phase, to, cause, numbers, ...(alarm && { alarm }) });
    alarm = null;
    row = readRow(sql) as LifecycleRow;
  }
  return row;
}

function begin(sql: SqlStorage, read: Reader, nowMs: number): LifecycleRow {
  const phase: Phase = 'initialization';
  sql.exec('INSERT INTO lifecycle (id, phase, since_ms) VALUES (1, ?, ?)', phase, nowMs);
  appendTransition(sql, { atMs: nowMs, from: null, to: phase, cause: 'begun', numbers: read(null).numbers() });
  return readRow(sql) as LifecycleRow;
}

function enter(sql: SqlStorage, transition: Transition): void {
  sql.exec('UPDATE lifecycle SET phase = ?, since_ms = ?', transition.to, transition.atMs);
  const { alarm } = transition;
  if (alarm) sql.exec('UPDATE lifecycle SET evidence_since_ms = ?', alarm.sinceHour * HOUR_MS);
  appendTransition(sql, transition);
}

/** A change of a rate among the buckets that have settled; looked for once a bucket. */
function changeOf(
  sql: SqlStorage,
  { armIds }: CampaignPolicy,
  { bucketHours, settleHours, bucketsPerFalseAlarm }: DriftRules,
  { checkedHour, evidenceSinceMs }: LifecycleRow,
  nowMs: number,
): DriftAlarm | null {
  const untilHour = Math.floor((Math.floor(nowMs / HOUR_MS) - settleHours) / bucketHours) * bucketHours;
  if (untilHour === checkedHour) return null;
  sql.exec('UPDATE lifecycle SET checked_hour = ?', untilHour);
  const fromHour = Math.max((evidenceSinceMs ?? 0) / HOUR_MS, untilHour - MAX_DRIFT_BUCKETS * bucketHours);
  const known = new Set(armIds);
  const arms = new Map<string, RateBucket[]>();
  const rows = sql.exec<RateBucket & { arm: string }>(
    `SELECT arm, hour - hour % ? AS hour, SUM(trials) AS trials, SUM(conversions) AS conversions FROM cells
     WHERE cells.hour >= ? AND cells.hour < ? AND ${notLeftOut('cells')} GROUP BY 1, 2 HAVING SUM(trials) > 0 ORDER BY 1, 2`,
    bucketHours,
    fromHour,
    untilHour,
  );
  for (const { arm, ...bucket } of rows) {
    if (!known.has(arm)) continue;
    const buckets = arms.get(arm) ?? [];
    arms.set(arm, buckets);
    buckets.push(bucket);
  }
  return driftOf(arms, bucketsPerFalseAlarm);
}

/** Trials that any of several strategies made. */
function strategyTrials(sql: SqlStorage): number {
  return (
    sql
      .exec<{ trials: number | null }>(
        `SELECT SUM(trials) AS trials FROM totals WHERE instr(leaf, '/') > 0 AND arm NOT IN (?, ?)`,
        HOLDOUT_ARM,
        ENROLLED_ARM,
      )
      .one().trials ?? 0
  );
}

/** Does what a person asks. Runs inside the caller's transaction. */
export function steer(
  sql: SqlStorage,
  policy: CampaignPolicy & { readonly lifecycle: LifecycleRules },
  steering: Steering,
  actor: string,
  nowMs: number,
): void {
  const read = readerOf(sql, policy, nowMs);
  const row = readRow(sql) ?? begin(sql, read, nowMs);
  sql.exec('UPDATE lifecycle SET mode = ?', steering.mode === 'auto' ? 'auto' : 'hold');
  if (steering.mode === 'hold' || (steering.mode === 'auto' && !isForced(sql, row))) return;
  const numbers = read(row.evidenceSinceMs).numbers();
  const [to, cause] =
    steering.mode === 'force'
      ? [steering.phase, 'forced' as const]
      : [earnedPhase(row, numbers, policy.lifecycle), 'let_go' as const];
  if (to !== row.phase) enter(sql, { atMs: nowMs, from: row.phase, to, cause, actor, numbers });
}

/** Whether a person put the campaign where it is held. */
function isForced(sql: SqlStorage, { mode }: LifecycleRow): boolean {
  return mode === 'hold' && readTransitions(sql)[0]?.cause === 'forced';
}

/**
 * Where the evidence leads a campaign that is let go of: back to a phase that was skipped, at once. Forward it goes by its rules, with the reasons of
 * each step. Evidence since a change of a rate begins with `learning`, as after any such change.
 */
function earnedPhase({ phase, evidenceSinceMs }: LifecycleRow, numbers: Confidence, rules: LifecycleRules): Phase {
  const earned = phaseOf(numbers, rules.thresholds, evidenceSinceMs === null ? 'initialization' : 'learning');
  return PHASES.indexOf(earned) < PHASES.indexOf(phase) ? earned : phase;
}

/** Where the campaign is; null for one without lifecycle. */
export function lifecycleView(sql: SqlStorage, policy: CampaignPolicy | null, nowMs: number): LifecycleView | null {
  if (!policy?.lifecycle) return null;
  const row = readRow(sql);
  const { phase, sinceMs, mode, evidenceSinceMs } = row ?? {
    phase: 'initialization' as const,
    sinceMs: nowMs,
    mode: 'auto' as const,
    evidenceSinceMs: null,
  };
  const numbers = readerOf(sql, policy, nowMs)(evidenceSinceMs).numbers();
  return { phase, sinceMs, mode, evidenceSinceMs, rules: policy.lifecycle, numbers, transitions: readTransitions(sql) };
}
