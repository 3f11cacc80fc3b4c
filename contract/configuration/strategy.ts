/** How a campaign chooses among its arms. */
import * as z from 'zod';
import { share, slug } from '../primitives.ts';

/** Arms of a campaign whose strategy uses the customer's scores. */
const MAX_SCORED_ARMS = 64;

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
