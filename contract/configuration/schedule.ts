/** When a campaign runs: from and to, and the hours of its week. */
import * as z from 'zod';
import { timeZone } from '../primitives.ts';

/** A wall-clock time, to the minute. */
export const localTime = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/,
    'must be a local time like "2026-11-27T00:00"',
  );

/** A time of day, midnight at either end. */
export const clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day like "09:00"');
/** Minutes from midnight of a {@link clock}. */
export const minuteOfDay = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Days of the week, as 1 (Monday) to 7 (Sunday). */
export const days = z
  .array(z.enum(DAYS))
  .min(1)
  .max(7)
  .transform((names) => names.map((day) => DAYS.indexOf(day) + 1));

const weeklyWindow = z
  .strictObject({ days, from: clock.default('00:00'), to: clock.default('24:00') })
  .refine((window) => minuteOfDay(window.from) < minuteOfDay(window.to), {
    path: ['to'],
    message: 'must be later than "from"',
  })
  .transform((window) => ({
    days: window.days,
    fromMinute: minuteOfDay(window.from),
    toMinute: minuteOfDay(window.to),
  }));

export const schedule = z
  .strictObject({
    start: localTime.optional(),
    end: localTime.optional(),
    timeZone: timeZone.default('UTC'),
    weekly: z.array(weeklyWindow).max(21).default([]),
  })
  .refine((value) => !(value.start && value.end) || value.start < value.end, {
    path: ['end'],
    message: 'must be later than "start"',
  });
