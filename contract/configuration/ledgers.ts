/** What limits spending: pools of money, stocks of things, capacities of contacts a day. */
import * as z from 'zod';
import { poolProblems } from '../../decisioning/catalog/pool-problems.ts';
import { displayName, slug, timeZone } from '../primitives.ts';
import { localTime } from './schedule.ts';

/** Largest total: sums of any number of totals stay exact, and no budget comes near. */
export const MAX_LEDGER_UNITS = 1_000_000_000_000;
/** Thresholds of one ledger: every tenth. */
export const MAX_ALERTS = 10;
const HOURS_PER_DAY = 24;

const units = z.int().min(0).max(MAX_LEDGER_UNITS);

const alertsAt = z
  .array(z.number().gt(0).max(1))
  .max(MAX_ALERTS)
  .refine((shares) => shares.every((share, i) => i === 0 || share > (shares[i - 1] as number)), 'must be ascending')
  .default([0.5, 0.8, 1])
  .meta({ description: 'Shares of the total: an alert is raised when that much is spent' });

/** Words for a value that is no object, where a bare word or number is a likely slip. */
function suchAs(example: string): { readonly error: (issue: { readonly code?: string }) => string | undefined } {
  return { error: ({ code }) => (code === 'invalid_type' ? `must be an object such as ${example}` : undefined) };
}

const pacing = z
  .discriminatedUnion(
    'mode',
    [
      z.strictObject({ mode: z.literal('none') }),
      z.strictObject({ mode: z.literal('even') }),
      z.strictObject({
        mode: z.literal('profile'),
        hours: z
          .array(z.number().min(0).max(1_000_000))
          .length(HOURS_PER_DAY)
          .refine((weights) => weights.some((weight) => weight > 0), 'must not all be 0')
          .meta({ description: 'Weight of each hour of the day, from midnight' }),
      }),
    ],
    suchAs('{ mode: even }'),
  )
  .default({ mode: 'none' })
  .meta({ description: 'How spending is spread: as it comes, evenly, or by the weight of each hour of the day' });

export const capacity = z
  .strictObject({ perDay: units, timeZone: timeZone.default('UTC'), pacing, alertsAt }, suchAs('{ perDay: 120 }'))
  .meta({ description: 'How many of its contacts can be carried out a day' });

export const pool = z
  .strictObject({
    id: slug,
    name: displayName,
    totalMinor: units.optional().meta({ description: 'Money in all, in minor units' }),
    dailyMinor: units.optional().meta({ description: 'Money for each day, in minor units; instead of `totalMinor`' }),
    timeZone: timeZone.default('UTC'),
    start: localTime.optional().meta({ description: 'Nothing is spent before; local time of `timeZone`' }),
    end: localTime.optional().meta({ description: 'Nothing is spent from then on' }),
    pacing,
    alertsAt,
  })
  .superRefine((value, context) => {
    for (const [field, message] of poolProblems(value)) context.addIssue({ code: 'custom', path: [field], message });
  })
  .refine(({ start, end }) => !(start && end) || start < end, {
    path: ['end'],
    message: 'must be later than "start"',
  })
  .meta({ id: 'Pool', description: 'A budget pool: money that campaigns spend together, never more than there is.' });

export const stock = z
  .strictObject({ id: slug, name: displayName, total: units, alertsAt })
  .meta({ id: 'Stock', description: 'A limited stock: things of which each contact of its campaigns takes one.' });

/** What a campaign takes from. */
export const ledgerFields = {
  pool: slug.optional().meta({ description: 'The pool that the costs of its arms are paid from' }),
  stock: slug.optional().meta({ description: 'The stock that each of its contacts takes one unit of' }),
  dailyCapacity: units.optional().meta({ description: 'Its contacts a day, in the time zone of its schedule' }),
};
