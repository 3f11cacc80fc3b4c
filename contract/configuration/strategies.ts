/** Several strategies of one campaign, to be compared. */
import * as z from 'zod';
import { isSafeId, UNSAFE_ID_MESSAGE } from '../primitives.ts';
import { refuseRepeatedIds } from './repeated-ids.ts';
import { strategy } from './strategy.ts';

/** Each learns from its share alone: with more than eight none of them would learn enough to be told apart. */
export const MAX_STRATEGIES = 8;
/** Beside the slash and a leaf's 64 characters it stays within what a key of statistics may take. */
const MAX_STRATEGY_ID_LENGTH = 32;
/** A strategy on less would not be known within a campaign's life. */
const MIN_STRATEGY_SHARE = 0.01;

const strategyId = z
  .string()
  .regex(
    new RegExp(`^[a-z0-9][a-z0-9_-]{0,${MAX_STRATEGY_ID_LENGTH - 1}}$`),
    `must be 1 to ${MAX_STRATEGY_ID_LENGTH} of a-z, 0-9, "-", "_" and start with a letter or digit`,
  )
  .refine(isSafeId, UNSAFE_ID_MESSAGE);

export const strategies = z
  .array(
    z.strictObject({
      id: strategyId,
      share: z
        .number()
        .min(MIN_STRATEGY_SHARE)
        .max(1 - MIN_STRATEGY_SHARE)
        .optional()
        .meta({ description: 'Share of the customers; all shares together are 1, or none is given and they are even' }),
      strategy,
    }),
  )
  .min(2)
  .max(MAX_STRATEGIES)
  .superRefine(refuseRepeatedIds)
  .meta({ description: 'Strategies to compare, in place of `strategy`' });

export const strategyMode = z.enum(['concurrent', 'rotation']).meta({
  description:
    '`concurrent`: each on its own share of the customers; `rotation`: every 1,000 trials the next one for all, which confounds strategy with time',
});
