/** Every change of a campaign's phase, with the numbers that caused it. */

import type { DriftAlarm } from '../../decisioning/evaluation/drift.ts';
import type { Confidence } from '../../decisioning/lifecycle/confidence.ts';
import type { PhaseCause } from '../../decisioning/lifecycle/next-phase.ts';
import type { Phase } from '../../decisioning/lifecycle/phases.ts';

/** A campaign that changes its phase every day for nearly three years; what is older goes, so that the table stays small. */
export const MAX_TRANSITIONS = 1_000;
/** Transitions in one answer: as many as anybody reads. */
export const MAX_SHOWN_TRANSITIONS = 100;

/** One change of phase. */
export interface Transition {
  readonly atMs: number;
  /** Null for the first. */
  readonly from: Phase | null;
  readonly to: Phase;
  readonly cause: PhaseCause;
  /** Who forced it or let it go; absent when the campaign went by itself. */
  readonly actor?: string;
  /** What the arms had shown by then. */
  readonly numbers: Confidence;
  /** The change of a rate that was found, for cause `drift`. */
  readonly alarm?: DriftAlarm;
}

/** Writes a change down; the oldest beyond {@link MAX_TRANSITIONS} go. Runs inside the caller's transaction. */
export function appendTransition(sql: SqlStorage, { atMs, from, to, cause, actor, numbers, alarm }: Transition): void {
  sql.exec(
    'INSERT INTO transitions (at_ms, from_phase, to_phase, cause, actor, numbers, alarm) VALUES (?, ?, ?, ?, ?, ?, ?)',
    atMs,
    from,
    to,
    cause,
    actor ?? null,
    JSON.stringify(numbers),
    alarm ? JSON.stringify(alarm) : null,
  );
  sql.exec('DELETE FROM transitions WHERE id <= (SELECT max(id) FROM transitions) - ?', MAX_TRANSITIONS);
}

type Row = {
  atMs: number;
  from: Phase | null;
  to: Phase;
  cause: PhaseCause;
  actor: string | null;
  numbers: string;
  alarm: string | null;
};

/** The latest {@link MAX_SHOWN_TRANSITIONS}, newest first. */
export function readTransitions(sql: SqlStorage): readonly Transition[] {
  const rows = sql.exec<Row>(
    `SELECT at_ms AS atMs, from_phase AS "from", to_phase AS "to", cause, actor, numbers, alarm FROM transitions
     ORDER BY id DESC LIMIT ?`,
    MAX_SHOWN_TRANSITIONS,
  );
  return [...rows].map(({ atMs, from, to, cause, actor, numbers, alarm }) => ({
    atMs,
    from,
    to,
    cause,
    ...(actor !== null && { actor }),
    numbers: JSON.parse(numbers) as Confidence,
    ...(alarm !== null && { alarm: JSON.parse(alarm) as DriftAlarm }),
  }));
}
