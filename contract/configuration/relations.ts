/** What a campaign declares for its ranking and about other campaigns. */
import * as z from 'zod';
import { duration, durationMs, MAX_VALUE, MAX_WINDOW_DAYS, share, slug } from '../primitives.ts';
import { attributePath } from './attribute-path.ts';

/** Exclusion groups of one campaign, and its rules about other campaigns of each kind: each is looked at in every decision. */
export const MAX_CAMPAIGN_RELATIONS = 10;

/** What presets value a campaign by; `weighted` looks at `valueFrom` alone. */
export const arbitration = z.strictObject({
  affinity: z
    .record(slug, share)
    .default({})
    .meta({ description: 'How well it suits a channel, by channel id; 1 for those not named. Preset `seed`' }),
  contextWeight: z.number().min(0).max(1_000_000).default(1).meta({ description: 'Preset `pcvl`' }),
  value: z
    .number()
    .min(0)
    .max(MAX_VALUE)
    .default(1)
    .meta({ description: 'What a conversion is worth, in major units. Preset `pcvl`' }),
  valueFrom: attributePath.optional().meta({
    description:
      'Path of what a conversion of this customer is worth, in major units (`models.lifetime-value.value`): in place of `value` in `pcvl`, and a factor of expected conversions in `weighted`; `value` where it is missing',
  }),
  lever: z.number().min(0).max(1_000_000).default(1).meta({ description: 'Preset `pcvl`' }),
  budget: z
    .number()
    .min(0)
    .max(MAX_VALUE)
    .default(0)
    .meta({ description: 'The budget it was given, in major units: ranks it, limits nothing. Preset `seed`' }),
});

const wholeMinutes = duration.refine(
  (text) => (durationMs(text) ?? 0) % 60_000 === 0,
  'must be whole minutes: history is counted by the minute',
);

const onlyAfterRule = z
  .strictObject({
    campaign: slug.optional(),
    goal: slug.optional(),
    within: wholeMinutes.default(`${MAX_WINDOW_DAYS}d`),
  })
  .refine((rule) => (rule.campaign === undefined) !== (rule.goal === undefined), 'must name a campaign or a goal')
  .transform(({ within, ...rest }) => ({ ...rest, withinMs: durationMs(within) as number }))
  .meta({ description: 'A touch of this campaign, or an outcome of this goal, at most `within` ago' });

const notWithinRule = z
  .strictObject({ campaign: slug, days: z.int().min(1).max(MAX_WINDOW_DAYS) })
  .meta({ description: 'No touch of that campaign in the past `days`' });

/** Campaigns with a group in common are never chosen together in one request. */
export const exclusionGroups = z
  .array(slug)
  .max(MAX_CAMPAIGN_RELATIONS)
  .default([])
  .meta({ description: 'Campaigns with a group in common are never chosen together in one request' });

/** All must hold before the campaign is chosen for a customer. */
export const onlyAfter = z.array(onlyAfterRule).max(MAX_CAMPAIGN_RELATIONS).default([]);

/** Distances from other campaigns; all must be kept. */
export const notWithin = z.array(notWithinRule).max(MAX_CAMPAIGN_RELATIONS).default([]);
