/** World files: the schema in which they are written. */
import * as z from 'zod';
import { condition } from '../../contract/configuration/segment.ts';
import { attributeName, displayName, duration, durationMs, share, slug, timeZone } from '../../contract/primitives.ts';

/** A season and its return; more days say nothing more about a policy. */
const MAX_WORLD_DAYS = 366;
/** Customers a day: the run's visits are limited as well. */
const MAX_NEW_PER_DAY = 100_000;
/** The standard error is then a tenth of the default's. */
export const MAX_WORLD_RUNS = 1_000;
/** What fits a picture and a table. */
const MAX_CONTENDERS = 12;
/** Learning faster than this shows nothing more. */
const MIN_ALLOCATE_MS = 60_000;

const HOURS = 24;
const factor = z.number().min(0).max(1_000);
const ms = duration.transform((text) => durationMs(text) as number);

/** Visits by hour of the day, in percent of a day: a shop whose evenings are busy, a business with office hours. */
const DAYS = {
  flat: new Array<number>(HOURS).fill(1),
  shop: [1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 4, 4.5, 5, 5.2, 5.4, 5, 4.8, 4.8, 5, 5.5, 6, 7, 7.5, 6.8, 4.5, 2.2],
  office: [0.1, 0, 0, 0, 0, 0.2, 1, 3, 8, 11, 11, 10, 7, 9, 10, 9.5, 8, 5, 2.5, 1.5, 1.2, 1, 0.6, 0.3],
} as const;

const weekdayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const weekdays = z
  .strictObject(Object.fromEntries(weekdayNames.map((day) => [day, factor.default(1)])) as Record<Weekday, typeof one>)
  .transform((week) => weekdayNames.map((day) => week[day]))
  .refine((week) => week.some((weight) => weight > 0), 'must leave at least one day')
  .meta({ description: 'Weight of each day of the week; 1 where none is named' });
type Weekday = (typeof weekdayNames)[number];
const one = factor.default(1);

const hours = z.array(factor).length(HOURS);
const logNormal = (median: z.ZodType<number, number | string>, what: string) =>
  z
    .union([
      median.transform((constant) => ({ median: constant, spread: 0 })),
      z.strictObject({ median, spread: z.number().min(0).max(3).default(1) }),
    ])
    .meta({
      description: `${what}: always the same, or log-normal: half of all are below the median, spread of the logarithm`,
    });

const attributeSpec = z.union([
  z
    .strictObject({ choices: z.record(z.string().min(1), factor) })
    .refine(({ choices }) => Object.values(choices).some((weight) => weight > 0), 'must have a weight above 0')
    .transform(({ choices }) => ({ kind: 'choices' as const, values: Object.entries(choices) })),
  z
    .strictObject({
      normal: z.strictObject({
        mean: z.number(),
        sd: z.number().min(0),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    })
    .transform(({ normal }) => ({ kind: 'normal' as const, ...normal })),
  z
    .strictObject({ uniform: z.strictObject({ min: z.number(), max: z.number() }) })
    .transform(({ uniform }) => ({ kind: 'uniform' as const, ...uniform })),
  z
    .strictObject({ list: z.record(z.string().min(1), share) })
    .transform(({ list }) => ({ kind: 'list' as const, values: Object.entries(list) })),
  z.strictObject({ share }).transform((chance) => ({ kind: 'chance' as const, share: chance.share })),
]);

export const visitors = z
  .strictObject({
    newPerDay: z
      .number()
      .min(0)
      .max(MAX_NEW_PER_DAY)
      .default(500)
      .meta({ description: 'Customers who come for the first time, on an average day' }),
    again: z
      .strictObject({ share: share.max(0.99).default(0.4), after: ms.default(3 * 86_400_000) })
      .transform(({ share: again, after }) => ({ share: again, afterMs: after }))
      .prefault({})
      .meta({ description: 'Every visit is followed by another with this probability, after this time on average' }),
    hours: z
      .union([z.enum(['flat', 'shop', 'office']), hours])
      .default('shop')
      .transform((value) => (typeof value === 'string' ? DAYS[value] : value))
      .refine((weights) => weights.some((weight) => weight > 0), 'must leave at least one hour')
      .meta({ description: 'Visits by hour of the day: a name, or 24 weights' }),
    weekdays: weekdays.prefault({}),
    timeZone: timeZone.default('UTC'),
    attributes: z.record(attributeName, attributeSpec).default({}),
    consents: z.record(slug, share).default({}).meta({ description: 'Share of customers who said yes, by channel' }),
    placements: z.array(slug).max(20).optional().meta({
      description: 'Asked for at each visit, in this order, channel by channel; all that campaigns use unless told',
    }),
    seen: share.default(1).meta({ description: 'Share of decisions whose content is really seen' }),
  })
  .prefault({});

const armTruth = z.union([
  share.transform((rate) => ({ rate })),
  z
    .strictObject({
      rate: share,
      delay: logNormal(ms, 'Time from exposure to goal').optional(),
      value: logNormal(z.number().min(0).max(1_000_000), 'Value in major units').optional(),
      times: z.number().min(1).max(100).optional(),
      also: z.record(slug, share).optional(),
    })
    .transform(({ value, ...rest }) => ({
      ...rest,
      ...(value && { value: { median: value.median * 100, spread: value.spread } }),
    })),
]);

const truth = z.strictObject({
  arms: z.record(z.string(), armTruth).default({}).meta({ description: 'Arm → its rate, or its rate and more' }),
  base: armTruth.optional().meta({ description: 'Of every arm that is not named' }),
  values: z
    .record(slug, z.record(slug, factor))
    .default({})
    .meta({ description: 'With `parameters`: parameter → value → factor of the base' }),
  groups: z
    .array(z.strictObject({ condition, factor: factor.default(1), arms: z.record(z.string(), factor).default({}) }))
    .max(32)
    .default([])
    .meta({ description: 'Rates are multiplied for customers whom the condition holds for' }),
  hours: hours.optional().meta({ description: 'Factors of the rates by hour of the day' }),
  weekdays: weekdays.optional(),
  drift: z
    .array(
      z
        .strictObject({ day: z.number().min(0), arm: slug.optional(), factor, over: ms.optional() })
        .transform(({ day, over = 0, ...rest }) => ({ ...rest, afterMs: day * 86_400_000, overMs: over })),
    )
    .max(100)
    .default([])
    .meta({ description: 'From this day on the rate is multiplied; `over` a time, if not at once' }),
  fatigue: z
    .strictObject({ factor: share, within: ms })
    .transform(({ factor: decay, within }) => ({ factor: decay, withinMs: within }))
    .optional()
    .meta({ description: 'Every touch of the campaign within this time multiplies the rates' }),
});

const contender = z.strictObject({
  name: displayName,
  campaigns: z
    .array(slug)
    .min(1)
    .optional()
    .meta({ description: 'Which campaigns it changes; all with a truth unless told' }),
  set: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ description: 'Fields of the campaign document that it sets, such as `strategy`; null takes one out' }),
});

/** World files as they are written. */
export const worldFile = z.strictObject({
  name: displayName,
  description: z.string().max(2_000).optional(),
  seed: z.int().min(0).max(4_294_000_000).default(1),
  runs: z.int().min(1).max(MAX_WORLD_RUNS).default(10),
  start: z.iso.date().default('2026-09-07'),
  days: z.int().min(1).max(MAX_WORLD_DAYS).default(14),
  measure: z.enum(['conversions', 'revenue', 'reward']).default('reward').meta({
    description:
      'What contenders are compared by: conversions or value of the goal, or the reward that the documents declare; the same for all',
  }),
  allocateEvery: ms.refine((value) => value >= MIN_ALLOCATE_MS, 'must be at least a minute').default(3_600_000),
  configuration: z
    .array(z.string())
    .default([])
    .meta({ description: 'Files or folders of documents, beside this file' }),
  documents: z.array(z.looseObject({})).default([]).meta({ description: 'Configuration documents written here' }),
  visitors,
  truth: z.record(slug, truth).default({}).meta({ description: 'What would really happen, by campaign' }),
  contenders: z.array(contender).max(MAX_CONTENDERS).default([]),
});

export type WorldFile = z.output<typeof worldFile>;
