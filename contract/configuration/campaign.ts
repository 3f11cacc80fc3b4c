/** A campaign: what a marketer owns. */
import * as z from 'zod';
import { description, displayName, duration, durationMs, share, slug, timeZone } from '../primitives.ts';
import { content } from './content.ts';
import { arbitration, exclusionGroups, notWithin, onlyAfter } from './relations.ts';
import { condition } from './segment.ts';

/** Arms of one campaign; the quadrature of P(best) and the size of a slice are planned for this many. */
export const MAX_ARMS = 512;
/** Leaves of one campaign, `rest` not counted. Arms × leaves is limited at publish. */
export const MAX_CONTEXTS = 32;
export const MAX_ARM_LEAF_CELLS = 4_096;
export const MAX_CAMPAIGN_PLACEMENTS = 20;
/** Arms of a campaign whose strategy uses the customer's scores. */
const MAX_SCORED_ARMS = 64;

export const cap = z
  .strictObject({ max: z.int().min(1).max(10_000), per: duration })
  .transform((rule) => ({ max: rule.max, windowMs: durationMs(rule.per) as number }))
  .meta({ description: 'At most `max` touches within any window of `per`', example: { max: 3, per: '7d' } });

const localTime = z
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

const weeklyWindow = z
  .strictObject({ days: z.array(z.enum(DAYS)).min(1).max(7), from: clock.default('00:00'), to: clock.default('24:00') })
  .refine((window) => minuteOfDay(window.from) < minuteOfDay(window.to), {
    path: ['to'],
    message: 'must be later than "from"',
  })
  .transform((window) => ({
    days: window.days.map((day) => DAYS.indexOf(day) + 1),
    fromMinute: minuteOfDay(window.from),
    toMinute: minuteOfDay(window.to),
  }));

const schedule = z
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

const minExploration = z.number().min(0).max(0.5).default(0.01);

/** Above this a customer's score would decide nearly alone, and what the campaign learns would hardly count. */
const MAX_MODEL_WEIGHT = 0.9;
/** Beyond this every gap that can be measured counts as infinite: a millionth of a rate already halves an arm's share. */
const MAX_GAMMA = 1_000_000;
const modelWeight = z
  .number()
  .min(0)
  .max(MAX_MODEL_WEIGHT)
  .optional()
  .meta({ description: "Weight of the customer's scores beside what was learned; none unless told" });

/** How a campaign chooses among its arms, as it is written. */
export const strategy = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('thompson'), modelWeight, minExploration }),
  z.strictObject({ policy: z.literal('ucb'), modelWeight, minExploration }),
  z.strictObject({
    policy: z.literal('epsilon_greedy'),
    epsilon: share.default(0.1).meta({ description: 'Share of choices that pick any arm of the leaf' }),
    topArms: z
      .int()
      .min(1)
      .max(MAX_SCORED_ARMS)
      .optional()
      .meta({ description: "Among how many of the leaf's best arms the customer's scores choose; 1 unless told" }),
    minExploration,
  }),
  z.strictObject({
    policy: z.literal('inverse_gap'),
    gamma: z
      .number()
      .min(0)
      .max(MAX_GAMMA)
      .default(1_000)
      .meta({ description: 'How fast the share falls with the gap to the best rate: 1 / (arms + gamma × gap)' }),
    modelWeight,
    minExploration,
  }),
  z.strictObject({
    policy: z.literal('fixed_split'),
    weights: z.record(slug, z.number().min(0).max(1_000_000)),
    // A split that is fixed by decree is what the marketer asked for: no floor unless one is named.
    minExploration: z.number().min(0).max(0.5).default(0),
  }),
]);

const sticky = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({ mode: z.literal('session') }),
  z.strictObject({ mode: z.literal('days'), days: z.int().min(1).max(90) }),
]);

const prior = z.strictObject({
  // The range in which P(best) is computed to its stated accuracy.
  alpha: z.number().min(0.001).max(1_000_000).meta({ description: 'One plus the conversions of your history' }),
  beta: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .meta({ description: 'One plus the trials of your history without conversion' }),
});

const arm = z.strictObject({
  id: slug.refine((id) => id !== 'holdout', '"holdout" is the name of the control group'),
  name: displayName.optional(),
  content,
  prior: prior.optional(),
  costMinor: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .meta({ description: 'Price of showing it once, in minor units' }),
});

/** Refuses a list in which two have the same id, at the later one: answers and statistics name them by it. */
function refuseRepeatedIds(list: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [i, { id }] of list.entries()) {
    if (seen.has(id))
      context.addIssue({ code: 'custom', path: [i, 'id'], message: `must be unique: "${id}" is there already` });
    seen.add(id);
  }
}

export const campaign = z
  .strictObject({
    id: slug,
    name: displayName,
    description: description.optional(),
    objective: z.strictObject({
      goal: slug.meta({ description: 'The goal whose conversions the strategy learns from' }),
      conversionWeight: z.number().min(0).max(1_000_000).default(1),
      revenueWeight: z.number().min(0).max(1_000_000).default(0),
      priority: z.number().min(0).max(1_000).default(0),
    }),
    audience: z.strictObject({ segment: slug.optional(), condition: condition.optional() }).prefault({}),
    placements: z.array(slug).min(1).max(MAX_CAMPAIGN_PLACEMENTS),
    schedule: schedule.prefault({}),
    caps: z.array(cap).max(5).default([]),
    sticky: sticky.default({ mode: 'none' }),
    holdout: share.max(0.5).default(0),
    strategy: strategy.prefault({ policy: 'thompson' }),
    contexts: z
      .array(
        z.strictObject({ id: slug.refine((id) => id !== 'rest', '"rest" is the leaf of everyone else'), condition }),
      )
      .max(MAX_CONTEXTS)
      .superRefine(refuseRepeatedIds)
      .default([]),
    arms: z.array(arm).min(1).max(MAX_ARMS).superRefine(refuseRepeatedIds),
    shards: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .meta({ description: 'Statistics shards that its feedback is spread over' }),
    arbitration: arbitration.prefault({}),
    exclusionGroups,
    onlyAfter,
    notWithin,
  })
  .meta({
    id: 'Campaign',
    description: 'A campaign: objective, audience, placements, schedule, caps, strategy and arms.',
  });
