/** A campaign: what a marketer owns. */
import * as z from 'zod';
import { description, displayName, duration, durationMs, purposeOfContent, slug } from '../primitives.ts';
import { arm } from './arm.ts';
import { attributePath } from './attribute-path.ts';
import { features } from './features.ts';
import { learning } from './learning.ts';
import { ledgerFields } from './ledgers.ts';
import { lifecycle } from './lifecycle.ts';
import { parameterFields, withArms } from './parameters.ts';
import { arbitration, exclusionGroups, notWithin, onlyAfter } from './relations.ts';
import { refuseRepeatedIds } from './repeated-ids.ts';
import { reward, secondary } from './reward.ts';
import { schedule } from './schedule.ts';
import { condition } from './segment.ts';
import { strategies, strategyMode } from './strategies.ts';
import { strategy } from './strategy.ts';

/** Arms of one campaign; the quadrature of P(best) and the size of a slice are planned for this many. */
export const MAX_ARMS = 512;
/** Leaves of one campaign, `rest` not counted. Arms × leaves is limited at publish. */
export const MAX_CONTEXTS = 32;
export const MAX_ARM_LEAF_CELLS = 4_096;
export const MAX_CAMPAIGN_PLACEMENTS = 20;

export const cap = z
  .strictObject({ max: z.int().min(1).max(10_000), per: duration })
  .transform((rule) => ({ max: rule.max, windowMs: durationMs(rule.per) as number }))
  .meta({ description: 'At most `max` touches within any window of `per`', example: { max: 3, per: '7d' } });

const sticky = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({ mode: z.literal('session') }),
  z.strictObject({ mode: z.literal('days'), days: z.int().min(1).max(90) }),
]);

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
      reward: reward.optional(),
      secondary: secondary.optional(),
    }),
    learning: learning.optional(),
    audience: z.strictObject({ segment: slug.optional(), condition: condition.optional() }).prefault({}),
    purpose: purposeOfContent,
    placements: z.array(slug).min(1).max(MAX_CAMPAIGN_PLACEMENTS),
    schedule: schedule.prefault({}),
    caps: z.array(cap).max(5).default([]),
    ...ledgerFields,
    sticky: sticky.default({ mode: 'none' }),
    holdout: z.number().min(0).max(0.5).default(0),
    strategy: strategy.prefault({ policy: 'thompson' }),
    strategies: strategies.optional(),
    strategyMode: strategyMode.optional(),
    lifecycle: lifecycle.optional(),
    features: features.optional(),
    contexts: z
      .array(
        z.strictObject({ id: slug.refine((id) => id !== 'rest', '"rest" is the leaf of everyone else'), condition }),
      )
      .max(MAX_CONTEXTS)
      .superRefine(refuseRepeatedIds)
      .default([]),
    arms: z.array(arm).min(1).max(MAX_ARMS).superRefine(refuseRepeatedIds).optional(),
    ...parameterFields,
    score: attributePath.optional().meta({
      description:
        'Path of the score of every arm that names none itself, e.g. of a model that reads the arms: `models.creative-performance.probability`',
    }),
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
    onDevice: z.boolean().default(false).meta({
      description: 'Pages that ask for it decide themselves, without asking; not with caps, costs or holdouts',
    }),
    learnFromDevice: z
      .boolean()
      .default(false)
      .meta({ description: 'What devices report is learned from; else it is counted apart and no more' }),
  })
  .transform(withArms)
  .meta({
    id: 'Campaign',
    description:
      'A campaign: objective, audience, placements, schedule, caps, strategy and arms, or the parameters that make them.',
  });
