/** `GET /v1/campaigns/{id}/strategies/performance`: the strategies of a campaign side by side. */
import * as z from 'zod';
import { figures, rewardFigures } from './performance.ts';

/** What a reader must know before believing a comparison; a closed list. */
export const COMPARISON_WARNINGS = ['rotation_confounds_time', 'sample_ratio', 'regret_ignores_features'] as const;

const estimate = z
  .strictObject({
    estimate: z.number(),
    interval: z.tuple([z.number(), z.number()]).meta({ description: '95 % credible interval' }),
  })
  .nullable();

const compared = z
  .strictObject({
    strategy: z.string(),
    policy: z.string().nullable().meta({ description: 'Null for a strategy that the campaign no longer has' }),
    retired: z.boolean(),
    share: z.number().nullable().meta({ description: 'Of the customers, as declared; null for a retired one' }),
    realisedShare: z
      .number()
      .nullable()
      .meta({ description: 'Of the enrolled customers where lift is measured, else of the trials' }),
    ...figures,
    reward: rewardFigures.optional().meta({
      description:
        'What it brought in the reward of the campaign; absent where that is whether the goal was reached. Of `revenue`, `mean` is that of its arms, ' +
        'each by a log-normal of its own, weighted by trials',
    }),
    pBest: z.number().meta({
      description:
        'P(its expected reward per trial is the largest of all strategies here); conversions where the reward is whether the goal was reached',
    }),
    regretPerTrial: estimate.meta({
      description:
        'Lost per trial against the best arm of each leaf, in conversions or in the unit of `reward`. Null before the first trial, and where a ' +
        'strategy chooses by features (`regret_ignores_features`)',
    }),
    regret: estimate.meta({ description: 'The same over all its trials' }),
  })
  .meta({ id: 'StrategyPerformance' });

export const strategiesPerformanceResponse = z
  .strictObject({
    campaign: z.string(),
    goal: z.string(),
    asOf: z.iso.datetime(),
    mode: z
      .enum(['concurrent', 'rotation'])
      .nullable()
      .meta({ description: 'How strategies share the campaign; null when it has one strategy' }),
    turn: z.string().nullable().meta({ description: 'The strategy whose turn it is, in mode `rotation`' }),
    sampleRatioP: z.number().nullable().meta({
      description: 'P(shares at least as far from the declared ones, by chance), by χ²',
    }),
    warnings: z.array(z.strictObject({ reason: z.enum(COMPARISON_WARNINGS), detail: z.string() })),
    strategies: z.array(compared),
  })
  .meta({ id: 'StrategiesPerformance' });

export type StrategiesPerformanceResponse = z.infer<typeof strategiesPerformanceResponse>;
