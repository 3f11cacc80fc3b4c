/** `GET /v1/models/{id}/performance`: what a model's versions came to among the trials that they scored. */
import * as z from 'zod';
import { slug } from '../primitives.ts';
import { MODEL_STAGES } from './registry.ts';

/** The longest window of a goal: older trials say nothing of a model that anybody would still put in service. */
export const MAX_PERFORMANCE_DAYS = 90;

export const modelPerformanceQuery = z.strictObject({
  days: z.coerce
    .number()
    .pipe(z.int().min(1).max(MAX_PERFORMANCE_DAYS))
    .default(30)
    .meta({ description: 'Trials of the last so many days' }),
});

const maybe = z.number().nullable();

const figures = {
  trials: z.int(),
  conversions: z.int(),
  auc: maybe.meta({ description: 'Null while only one kind of outcome is known' }),
  aucInterval: z.tuple([z.number(), z.number()]).nullable().meta({ description: '95 %' }),
  logLoss: maybe,
  brier: maybe,
  ece: maybe.meta({ description: 'Expected calibration error; trials whose outcome has not come count as none' }),
  eceByChance: maybe.meta({ description: 'What it would be of scores that are right' }),
  bias: maybe.meta({ description: 'Mean score less rate: above 0 the model promises too much' }),
  missingRate: maybe,
  brokenRate: maybe,
  lateRate: maybe,
};

const versionPerformance = z
  .strictObject({
    version: z.int(),
    stage: z.enum(MODEL_STAGES),
    judged: z
      .boolean()
      .meta({ description: 'False: no campaign optimises what it predicts, so that outcomes say nothing of it' }),
    byOrder: z.literal(true).exactOptional().meta({
      description: 'Values, or scores of another site’s scale: judged by who scores above whom, and by nothing else',
    }),
    campaigns: z.array(z.string()),
    selects: z.array(z.string()).exactOptional().meta({
      description:
        'Campaigns whose customers the model chooses: each version has others there, so that figures of versions are not to be compared',
    }),
    ...figures,
    curve: z
      .array(z.strictObject({ from: z.number(), to: z.number(), trials: z.int(), mean: maybe, rate: maybe }))
      .meta({
        description:
          'Bins of the score as shares of its range, those of training or twenty: what it promised, and what came',
      }),
    drift: z
      .array(
        z.strictObject({
          input: z.string().nullable().meta({ description: 'Null: the score itself' }),
          psi: maybe.meta({ description: 'Below .1 nothing moved, above .25 much did' }),
          missingRate: maybe,
          referenceMissingRate: z.number(),
        }),
      )
      .meta({ description: 'Against the histograms of training, where the manifest has them' }),
    leaves: z
      .array(z.strictObject({ campaign: z.string(), leaf: z.string(), ...figures }))
      .meta({ description: 'Segment by segment: the leaves of each campaign' }),
  })
  .meta({ id: 'ModelVersionPerformance' });
export type ModelVersionPerformance = z.infer<typeof versionPerformance>;

export const modelPerformance = z
  .strictObject({
    model: slug,
    days: z.int(),
    versions: z.array(versionPerformance).meta({ description: 'Those that scored a trial, the newest first' }),
    alerts: z.array(z.strictObject({ raisedAt: z.iso.datetime(), what: z.string(), words: z.string() })),
    unanswered: z
      .array(z.string())
      .meta({ description: 'Campaigns that did not answer: the figures are without them' }),
  })
  .meta({ id: 'ModelPerformance' });
export type ModelPerformance = z.infer<typeof modelPerformance>;
