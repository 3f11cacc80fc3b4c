/** What a campaign learns from: how fast it forgets, whether it waits for slow outcomes, and what its arms share. */
import * as z from 'zod';
import { FALSE_ALARM_DAYS } from '../../decisioning/evaluation/anomalies.ts';
import { MAX_HALF_LIFE_MS, MIN_HALF_LIFE_MS } from '../../decisioning/learning/limits.ts';

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const;

/** `36h`, `14d` as milliseconds; undefined when it is neither. */
function hoursOrDaysMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,4})([hd])$/.exec(text);
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : undefined;
}

const halfLife = z
  .string()
  .refine((text) => {
    const ms = hoursOrDaysMs(text);
    return ms !== undefined && ms >= MIN_HALF_LIFE_MS && ms <= MAX_HALF_LIFE_MS;
  }, 'must be hours or days like "36h" or "14d", 1 hour to 365 days')
  .meta({
    description: 'After this time what was learned counts half: a whole number and h or d, 1 hour to 365 days',
    example: '14d',
    pattern: '^[1-9][0-9]{0,4}[hd]$',
  });

const watch = z
  .strictObject({
    hold: z
      .boolean()
      .default(true)
      .meta({ description: 'Learning waits until it is released; false: it goes on, and an alert is raised' }),
    sensitivity: z
      .enum(Object.keys(FALSE_ALARM_DAYS) as (keyof typeof FALSE_ALARM_DAYS)[])
      .default('normal')
      .meta({ description: 'A false alarm a year (`low`), a quarter (`normal`) or a fortnight (`high`) at most' }),
  })
  .meta({ description: 'Watch rates, values and sources of feedback for what leaves the band of the last two weeks' });

/** How evidence turns into what the strategy believes; all of it counts fully, at once and by arm unless told. */
export const learning = z
  .strictObject({
    halfLife: halfLife.optional(),
    delayCorrection: z
      .boolean()
      .optional()
      .meta({ description: 'Count a recent exposure as the part of a trial whose outcome can be in by now' }),
    by: z
      .enum(['arms', 'effects'])
      .optional()
      .meta({ description: 'Each arm by itself, or by the values of its parameters; `arms` unless told' }),
    watch: watch.optional(),
  })
  .transform(({ halfLife: text, ...rest }) => ({
    ...rest,
    ...(text !== undefined && { halfLifeMs: hoursOrDaysMs(text) as number }),
  }));
