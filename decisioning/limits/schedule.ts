/** When a campaign may run: absolute bounds, and weekly windows on the clock of its own time zone. */
import type { WeeklyWindow } from '../catalog/configuration.ts';

export interface Schedule {
  readonly startsAtMs: number | null;
  /** Exclusive. */
  readonly endsAtMs: number | null;
  readonly timeZone: string;
  readonly weekly: readonly WeeklyWindow[];
}

const MINUTES_PER_DAY = 1_440;
const MS_PER_MINUTE = 60_000;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Formatters are slow to build; there are about 600 zones and catalogs name a handful. */
const MAX_FORMATTERS = 64;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  formatters.set(timeZone, formatter);
  return formatter;
}

/** Weekday (1 Monday … 7 Sunday) and minute of the day that a clock in `timeZone` shows. */
export function localClock(nowMs: number, timeZone: string): { day: number; minute: number } {
  if (timeZone === 'UTC') {
    const minutes = Math.floor(nowMs / MS_PER_MINUTE);
    // 1970-01-01 was a Thursday.
    const day = ((((Math.floor(minutes / MINUTES_PER_DAY) + 3) % 7) + 7) % 7) + 1;
    return { day, minute: ((minutes % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY };
  }
  const parts = formatterOf(timeZone).formatToParts(nowMs);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return { day: WEEKDAYS.indexOf(part('weekday')) + 1, minute: Number(part('hour')) * 60 + Number(part('minute')) };
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
