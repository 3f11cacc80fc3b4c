/** `GET /v1/campaigns/{id}/learning`, `POST …/learning/hold` and `…/learning/release`: whether a campaign learns from what arrives. */
import * as z from 'zod';
import { ANOMALY_KINDS, FALSE_ALARM_DAYS, type Sensitivity } from '../decisioning/evaluation/anomalies.ts';

/** Longest reason that the audit keeps: what fits into one line of a ticket. */
const MAX_REASON_LENGTH = 500;
const reason = z.string().max(MAX_REASON_LENGTH).optional();

const anomaly = z
  .strictObject({
    kind: z.enum(ANOMALY_KINDS),
    part: z.string().meta({
      description: '`all`, `arm:…`, `leaf:…` or `source:…`; `arm:*` (and so on) are those not judged alone, together',
      example: 'source:shop',
    }),
    direction: z.enum(['high', 'low']),
    observed: z.number().meta({
      description: 'Of `rate` per trial, of `value` in minor units, of `share` of all trials, of `volume` exposures',
    }),
    expected: z.number(),
    hours: z.int().meta({ description: 'Over how many hours it was seen: 1 or 24' }),
    chance: z.number().meta({ description: 'How likely something so far out is if nothing is odd' }),
  })
  .meta({ id: 'FeedbackAnomaly' });

export const learningResponse = z
  .strictObject({
    campaign: z.string(),
    hold: z
      .strictObject({
        since: z.iso.datetime(),
        cause: z.enum(['anomaly', 'person']),
        by: z.string().optional().meta({ description: 'Id of the key that held it' }),
        anomalies: z.array(anomaly).meta({ description: 'The least likely first' }),
      })
      .nullable()
      .meta({ description: 'While it is there, evidence is counted and nothing is published that is made of it' }),
    watch: z
      .strictObject({
        hold: z.boolean(),
        sensitivity: z.enum(Object.keys(FALSE_ALARM_DAYS) as Sensitivity[]),
        knownHours: z.int().meta({ description: 'Hours that are known to be usual, of the last 336' }),
        judges: z.boolean().meta({ description: 'Whether these are enough: from 48 on' }),
      })
      .nullable()
      .meta({ description: 'Null where `learning.watch` is not declared' }),
    leftOut: z
      .array(z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime() }))
      .meta({ description: 'Exposures of these hours are learned from no more; counts have them' }),
  })
  .meta({ id: 'Learning' });

export const holdRequest = z.strictObject({ reason }).meta({ id: 'HoldLearningRequest' });

export const releaseRequest = z
  .strictObject({
    keep: z
      .enum(['all', 'before'])
      .meta({ description: '`all`: everything counts; `before`: exposures since the hold began are not learned from' }),
    since: z.iso
      .datetime()
      .optional()
      .meta({ description: 'With `before`: not learned from are exposures from the hour of this moment on' }),
    reason,
  })
  .refine(({ keep, since }) => keep === 'before' || since === undefined, {
    path: ['since'],
    message: 'goes with keep: before',
  })
  .meta({ id: 'ReleaseLearningRequest' });

export type LearningResponse = z.infer<typeof learningResponse>;
export type HoldRequest = z.infer<typeof holdRequest>;
export type ReleaseRequest = z.infer<typeof releaseRequest>;
