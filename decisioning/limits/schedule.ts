/** When a campaign may run: absolute bounds, and weekly windows on the clock of its own time zone. */
import type { WeeklyWindow } from '../catalog/configuration.ts';
import { localClock } from '../time-zone.ts';

export interface Schedule {
  readonly startsAtMs: number | null;
  /** Exclusive. */
  readonly endsAtMs: number | null;
  readonly timeZone: string;
  readonly weekly: readonly WeeklyWindow[];
}

/** Whether the campaign may run now. */
export function isScheduled(schedule: Schedule, nowMs: number): boolean {
  if (schedule.startsAtMs !== null && nowMs < schedule.startsAtMs) return false;
  if (schedule.endsAtMs !== null && nowMs >= schedule.endsAtMs) return false;
  if (schedule.weekly.length === 0) return true;
  const { day, minute } = localClock(nowMs, schedule.timeZone);
  return schedule.weekly.some(
    (window) => window.days.includes(day) && minute >= window.fromMinute && minute < window.toMinute,
  );
}
