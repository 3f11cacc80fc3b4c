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

const hybrid = z.boolean().optional().meta({
  description:
    'Bandit or model decides, customer by customer: whoever is surer of its arm. In place of `modelWeight`; every arm needs a `score` of the same model',
});

/** Rewards are at most a thousand units (a composite's largest weight): a wider bound explores evenly. */
const MAX_WIDTH = 1_000;
/** A narrower posterior would draw the same arm every time. */
const MIN_V = 0.000_001;
/** Weaker than a thousandth of a trial the prior no longer keeps a regression from one trial finite in practice. */
const MIN_RIDGE = 0.001;
/** As many trials in each direction: what is learned would hardly count. */
const MAX_RIDGE = 1_000_000;
/** Pairs of parameters; each adds as many effects as its values multiply to. */
const MAX_INTERACTIONS = 8;

const linear = {
  ridge: z
    .number()
    .min(MIN_RIDGE)
    .max(MAX_RIDGE)
    .optional()
    .meta({ description: 'Strength of the prior, in trials; 1 unless told' }),
  interactions: z
    .array(z.tuple([slug, slug]))
    .max(MAX_INTERACTIONS)
    .optional()
    .meta({ description: 'With `parameters`: pairs of them whose values are learned together as well' }),
};

/** How a campaign chooses among its arms, as it is written. */
export const strategy = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('thompson'), modelWeight, hybrid, minExploration }),
  z.strictObject({ policy: z.literal('ucb'), modelWeight, hybrid, minExploration }),
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
    ...linear,
    minExploration,
  }),
  z.strictObject({
    policy: z.literal('linear_ucb'),
    alpha: z
      .number()
      .min(0)
      .max(MAX_WIDTH)
      .default(0.3)
      .meta({ description: "Width of the confidence bound in the reward's unit: about its standard deviation" }),
    modelWeight,
    ...linear,
    minExploration,
  }),
  z.strictObject({
    policy: z.literal('linear_thompson'),
    v: z
      .number()
      .min(MIN_V)
      .max(MAX_WIDTH)
      .optional()
      .meta({ description: "Scale of the posterior in the reward's unit; the rewards' own spread unless told" }),
    modelWeight,
    ...linear,
    minExploration,
  }),
  z.strictObject({
    policy: z.literal('fixed_split'),
    weights: z.record(slug, z.number().min(0).max(1_000_000)),
    // A split that is fixed by decree is what the marketer asked for: no floor unless one is named.
    minExploration: z.number().min(0).max(0.5).default(0),
  }),
]);
