/** `GET /v1/campaigns/{id}/parameters/performance`. */
import * as z from 'zod';
import { armPerformance } from './performance.ts';

/** As of every block of figures. */
const figures = armPerformance.pick({
  exposures: true,
  trials: true,
  conversions: true,
  rate: true,
  credibleInterval: true,
  revenueMinor: true,
}).shape;

const interval = z.tuple([z.number(), z.number()]).meta({ description: '95 % interval' });

const name = z.string().optional().meta({ description: 'As declared; absent where only the id was' });

const valueEffect = z
  .strictObject({
    logOdds: z
      .number()
      .meta({ description: 'Against the average of the other values of its parameter; above 0 where it is better' }),
    logOddsInterval: interval,
    rateRatio: z
      .number()
      .meta({ description: 'Rate with this value ÷ rate with the others of its parameter, on average over all arms' }),
    rateRatioInterval: interval,
    adjustedRate: z.number().meta({ description: 'Rate to expect if every arm had this value' }),
  })
  .meta({
    id: 'ValueEffect',
    description: 'What a value does by itself: apart from the values and the contexts it was shown with',
  });

const valuePerformance = z
  .strictObject({
    value: z.string(),
    name,
    ...figures,
    effect: valueEffect
      .nullable()
      .meta({ description: 'Null before the first trial, and for the only value of a parameter' }),
    pBest: z.number().meta({ description: 'P(its effect is the largest of its parameter)' }),
  })
  .meta({ id: 'ValuePerformance' });

export const parametersPerformanceResponse = z
  .strictObject({
    campaign: z.string(),
    goal: z.string(),
    asOf: z.iso.datetime(),
    leaf: z.string().nullable().meta({ description: 'The one leaf that all figures are of; null for all of them' }),
    learnsBy: z.enum(['arms', 'effects']).meta({ description: 'What the campaign itself learns by' }),
    totals: z
      .strictObject(figures)
      .meta({ description: 'All arms that the campaign has now: also the sum of the values of every parameter' }),
    parameters: z.array(z.strictObject({ parameter: z.string(), name, values: z.array(valuePerformance) })),
  })
  .meta({ id: 'ParametersPerformance' });

export type ParametersPerformanceResponse = z.infer<typeof parametersPerformanceResponse>;
