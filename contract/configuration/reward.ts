/** What a trial is worth to its campaign, and which goals are reported beside it. */
import * as z from 'zod';
import {
  MAX_COMPOSITE_GOALS,
  MAX_GOAL_WEIGHT,
  MAX_REWARD_COUNT,
  MAX_REWARD_MINOR,
  MAX_SECONDARY_GOALS,
} from '../../decisioning/bandits/rewards/limits.ts';
import { slug } from '../primitives.ts';

const DEFAULT_REWARD_COUNT = 100; // more in one trial are repeats of a machine; it keeps one visitor from deciding

/** What the strategy makes the most of, per trial; whether the goal was reached unless told otherwise. */
export const reward = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('binary') }),
    z.strictObject({
      kind: z.literal('revenue'),
      maxMinor: z
        .int()
        .min(2)
        .max(MAX_REWARD_MINOR)
        .default(MAX_REWARD_MINOR)
        .meta({ description: "What exceeds it counts as it; in the goal's unit, minor units for money" }),
    }),
    z.strictObject({
      kind: z.literal('count'),
      max: z
        .int()
        .min(1)
        .max(MAX_REWARD_COUNT)
        .default(DEFAULT_REWARD_COUNT)
        .meta({ description: 'More often than this in one trial counts as this often' }),
    }),
    z.strictObject({
      kind: z.literal('composite'),
      goals: z
        .array(
          z.strictObject({
            goal: slug,
            weight: z
              .number()
              .min(-MAX_GOAL_WEIGHT)
              .max(MAX_GOAL_WEIGHT)
              .meta({ description: 'Below 0 for a goal that is unwanted' }),
          }),
        )
        .min(1)
        .max(MAX_COMPOSITE_GOALS),
    }),
  ])
  .meta({ description: 'What a trial is worth; `binary`, whether the goal was reached, unless told' });

/** Goals that are counted and reported beside the optimised one, and steer nothing. */
export const secondary = z
  .array(slug)
  .max(MAX_SECONDARY_GOALS)
  .meta({ description: 'Goals that are reported beside the optimised one' });
