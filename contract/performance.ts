/** `GET /v1/campaigns/{id}/performance` and `GET /healthz`. */
import * as z from 'zod';
import { PHASES } from '../decisioning/lifecycle/phases.ts';
import { VARIATIONS } from '../decisioning/strategies/varies-by.ts';

const interval = z.tuple([z.number(), z.number()]);

const credibleInterval = interval.meta({
  description: '95 % equal-tailed credible interval of the rate under a uniform prior, from these counts alone',
});

const goalFigures = z
  .strictObject({
    unit: z
      .enum(['money', 'count', 'ms'])
      .meta({ description: 'Of its values: minor units of money, a quantity, or milliseconds' }),
    trials: z.int().meta({ description: 'Since the campaign counts this goal: those from before are not among them' }),
    reached: z.int().meta({ description: 'Trials that reached it' }),
    rate: z.number().nullable().meta({ description: 'Per trial; null before the first trial' }),
    credibleInterval,
    value: z.int().meta({ description: 'Sum of its values, in its unit' }),
    valuePerTrial: z
      .number()
      .nullable()
      .meta({ description: 'A mean, so not an integer; null before the first trial' }),
    valueInterval: interval.nullable().meta({
      description:
        '95 % interval of `valuePerTrial`; null before the second trial, and for values beyond 2^38 of their unit',
    }),
  })
  .meta({ id: 'GoalFigures' });

/** What a block's trials brought in the campaign's reward. */
export const rewardFigures = z
  .strictObject({
    kind: z.enum(['revenue', 'count', 'composite']),
    unit: z.enum(['money', 'count', 'ms', 'points']).meta({
      description:
        'Of the means below: of `revenue` that of the goal (minor units for money), of `composite` points as its weights give them',
    }),
    trials: z.int().meta({ description: 'Trials since this reward was declared' }),
    rewarded: z.int().meta({ description: 'Those with a reward other than 0' }),
    meanPerTrial: z.number().nullable().meta({
      description:
        'The plain mean: of `revenue` revenueMinor / trials of this block, trials from before the reward was declared included. Null before the first trial',
    }),
    mean: z
      .number()
      .nullable()
      .meta({
        description:
          'What learning goes by: the plain mean per trial, but of `revenue` the estimate of a log-normal with a zero mass, in which one huge order ' +
          'weighs little; it may lie above or below the plain mean. Null before the first trial',
      }),
    interval: interval.nullable().meta({ description: '95 % interval of `mean`; null while the spread is unknown' }),
  })
  .meta({ id: 'RewardFigures' });

/** Blocks that are not of one hour tell these as well, where the campaign declares them. */
const declared = {
  goals: z.record(z.string(), goalFigures).optional().meta({
    description:
      'Goals beside the optimised one, which `conversions` tell of: those of a composite reward and of `objective.secondary`',
  }),
  reward: rewardFigures.optional().meta({ description: 'Absent where the reward is whether the goal was reached' }),
};

/** Every block of figures, whatever it is about, has these. */
export const figures = {
  exposures: z.int().meta({ description: 'How often the content was really seen' }),
  trials: z.int().meta({ description: 'First exposures per customer and sticky period' }),
  conversions: z.int().meta({ description: 'Outcomes: trials that reached the goal of the campaign' }),
  rate: z.number().nullable().meta({ description: 'Conversions per trial; null before the first trial' }),
  credibleInterval,
  revenueMinor: z.int().meta({ description: 'Value of the credited outcomes, refunds included, in minor units' }),
};

export const armPerformance = z
  .strictObject({
    arm: z.string(),
    ...figures,
    ...declared,
    pBest: z.number(),
    allocation: z.number().meta({
      description:
        'P(arm) now, exploration floor included: of the next customer, unless `allocationVariesBy` says why it is of the average one',
    }),
  })
  .meta({ id: 'ArmPerformance' });

const liftGroup = z.strictObject({
  customers: z.int().meta({ description: 'Enrolled, whether they saw anything or not' }),
  converted: z.int(),
  rate: z.number().nullable().meta({ description: 'Converted per customer' }),
  revenueMinor: z.int().meta({ description: 'Value of the outcomes of all of them' }),
  revenuePerCustomerMinor: z.number().meta({ description: 'A mean, so not an integer' }),
});

export const lift = z
  .strictObject({
    treated: liftGroup,
    holdout: liftGroup,
    absolute: z.number().nullable().meta({ description: 'Treated minus holdout, in conversions per customer' }),
    interval: interval.nullable().meta({ description: '95 % confidence interval of `absolute`' }),
    relative: z
      .number()
      .nullable()
      .meta({ description: 'Treated / holdout − 1; null while a group has no conversion' }),
    relativeInterval: interval.nullable().meta({ description: '95 % confidence interval of `relative`' }),
    absoluteRevenueMinor: z.number().meta({
      description:
        'Treated minus holdout, in revenue per customer. Without an interval: the spread of revenue between customers is not kept',
    }),
  })
  .meta({ id: 'Lift', description: 'Intent to treat, per customer from first eligibility' });

export const performanceResponse = z
  .strictObject({
    campaign: z.string(),
    goal: z.string(),
    asOf: z.iso.datetime(),
    allocationVersion: z.int(),
    allocationVariesBy: z.array(z.enum(VARIATIONS)).meta({
      description:
        'What makes the probabilities of single customers differ from `allocation`, which is that of the average customer, to whom every arm may be ' +
        'shown: `features` or `scores` of theirs, the `availability` of arms on a channel or at an hour. Empty: it is exactly that of the next customer. ' +
        '`POST /v1/explain` tells those of one customer',
    }),
    phase: z.enum(PHASES).optional().meta({ description: 'Of its lifecycle; absent when it has none' }),
    hold: z
      .strictObject({ since: z.iso.datetime(), cause: z.enum(['anomaly', 'person']) })
      .optional()
      .meta({
        description:
          'While learning is held: figures go on, `allocation` does not. Absent when it is not, or when that cannot be read just now. `GET …/learning` tells all',
      }),
    totals: z
      .strictObject({ ...figures, ...declared })
      .meta({ description: 'All arms together; the holdout is not among them' }),
    holdout: z
      .strictObject({ ...figures, ...declared })
      .meta({ description: 'Held-out customers, who get default content; in no other figure' }),
    arms: z.array(armPerformance),
    leaves: z.array(z.strictObject({ leaf: z.string(), ...figures, ...declared, arms: z.array(armPerformance) })),
    overTime: z.array(
      z.strictObject({
        hour: z.iso.datetime(),
        ...figures,
        arms: z.array(z.strictObject({ arm: z.string(), ...figures })),
      }),
    ),
    lift: lift.nullable(),
  })
  .meta({ id: 'Performance' });

export type PerformanceResponse = z.infer<typeof performanceResponse>;
