/** When a message may go out: the first moment that suits the arm's window and the channel's quiet hours. */
import type { QuietHours } from '../catalog/configuration.ts';
import type { SendWindow } from '../catalog/parameters.ts';
import { isWithin } from '../limits/quiet-hours.ts';
import { type WallClock, wallClock } from '../time-zone.ts';
import { type ClockStretch, clockStretches } from './clock-stretches.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const DAYS_PER_WEEK = 7;

/** A window of one weekday comes again after seven days, an hour more where clocks go back: later moments are not looked for. */
const MAX_AHEAD_DAYS = 8;

/** What a moment must suit. */
export interface MomentRules {
  readonly earliestMs: number;
  /** Inclusive. */
  readonly latestMs: number;
  /** Hours of the customer's day; any when absent. */
  readonly window?: SendWindow | undefined;
  readonly quietHours?: QuietHours | undefined;
}

/** Whether a clock is in a window. Days are those on which it begins: a window from 22:00 to 02:00 on Mondays ends on Tuesday. */
export function isInWindow({ fromMinute, toMinute, days }: SendWindow, { day, minute }: WallClock): boolean {
  if (!isWithin({ fromMinute, toMinute }, minute)) return false;
  if (days === undefined) return true;
  const begunYesterday = fromMinute >= toMinute && minute < toMinute;
  return days.includes(begunYesterday ? ((day + DAYS_PER_WEEK - 2) % DAYS_PER_WEEK) + 1 : day);
}

/**
 * The first moment from `earliestMs` to `latestMs` that is in the window and outside of quiet hours on the customer's clock, or undefined.
 * Clocks that go forward skip what lies in the gap; where they go back, an hour comes twice and the first time counts. Without window
 * and quiet hours no clock is needed; with either, a customer whose zone is not known has no moment.
 *
 * @param timeZone IANA name; undefined when it is not known.
 */
export function nextMoment(timeZone: string | undefined, rules: MomentRules): number | undefined {
  const { earliestMs, window, quietHours } = rules;
  const latestMs = Math.min(rules.latestMs, earliestMs + MAX_AHEAD_DAYS * MS_PER_DAY);
  if (latestMs < earliestMs) return undefined;
  if (!window && !quietHours) return earliestMs;
  const suits = (clock: WallClock): boolean =>
    (!window || isInWindow(window, clock)) && !(quietHours && isWithin(quietHours, clock.minute));
  // The set of good moments begins anew at these alone, and where clocks are changed.
  const minutes = [0, ...(window ? [window.fromMinute] : []), ...(quietHours ? [quietHours.toMinute] : [])];
  const stretches = timeZone === undefined ? undefined : clockStretches(timeZone, earliestMs, latestMs);
  for (const stretch of stretches ?? []) {
    const moment = beginnings(stretch, minutes).find((ms) => suits(wallClock(ms + stretch.offsetMs)));
    if (moment !== undefined) return moment;
  }
  return undefined;
}

/** The stretch's own beginning, and every time its clock shows one of these minutes of the day; ascending. */
function beginnings({ fromMs, toMs, offsetMs }: ClockStretch, minutes: readonly number[]): readonly number[] {
  const firstDay = Math.floor((fromMs + offsetMs) / MS_PER_DAY);
  const lastDay = Math.floor((toMs + offsetMs) / MS_PER_DAY);
  const moments = [fromMs];
  for (let day = firstDay; day <= lastDay; day++) {
    for (const minute of minutes) {
      const ms = day * MS_PER_DAY + minute * MS_PER_MINUTE - offsetMs;
      if (ms > fromMs && ms <= toMs) moments.push(ms);
    }
  }
  return moments.sort((a, b) => a - b);
}
