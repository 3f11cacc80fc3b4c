/** `GET /v1/alerts` and their acknowledgement: what people should look at. */
import * as z from 'zod';
import { MAX_PAGE_SIZE } from './publishing.ts';

/**
 * What alerts are about. `ledger_threshold`: so much of a pool, stock or capacity is spent. `ledger_uncharged`: something was seen or sent
 * that nothing was left for, or a claim was never settled. `clock_ahead`: a ledger's time
 * is ahead of its host's clock, and stands still until that has caught up. `feedback_anomaly`: events of a campaign leave the band of what is usual.
 * `model_breach`: a version of a model broke a bound of its watch. `model_retraining`: a model is due for training.
 */
export const ALERT_KINDS = [
  'ledger_threshold',
  'ledger_uncharged',
  'clock_ahead',
  'feedback_anomaly',
  'model_breach',
  'model_retraining',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Longest id: what it is about (a ledger or campaign), its period, and a word or share. */
export const MAX_ALERT_ID_LENGTH = 256;

export const alertId = z.string().min(1).max(MAX_ALERT_ID_LENGTH);

export const alert = z
  .strictObject({
    id: alertId.meta({ example: 'budget pool:spring once 0.8' }),
    kind: z.enum(ALERT_KINDS),
    subject: z
      .string()
      .meta({ description: "A ledger's key such as `pool:spring`, a campaign's id, or a model's: `model:churn`" }),
    raisedAt: z.iso.datetime().meta({ description: 'When it was raised first; its figures may be younger' }),
    detail: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .meta({ description: 'Figures and words for people' }),
    currency: z
      .string()
      .optional()
      .meta({ description: 'Of alerts about pools: `detail` has minor units of it', example: 'EUR' }),
    acknowledged: z
      .strictObject({
        at: z.iso.datetime(),
        by: z.string().meta({ description: 'Id of the key that acknowledged it' }),
        byName: z.string().optional().meta({ description: 'Name of that key; absent when it cannot be read just now' }),
      })
      .nullable(),
  })
  .meta({ id: 'Alert' });

export const alertsQuery = z.strictObject({
  kind: z.enum(ALERT_KINDS).optional(),
  subject: z.string().min(1).max(MAX_ALERT_ID_LENGTH).optional(),
  since: z.iso.datetime().optional().meta({ description: 'Raised then or later' }),
  open: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: '`true`: those that nobody acknowledged; `false`: the others' }),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(50),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

export const alertsResponse = z
  .strictObject({ items: z.array(alert), next: z.string().nullable() })
  .meta({ id: 'Alerts' });

export type AlertAnswer = z.infer<typeof alert>;
export type AlertsQuery = z.infer<typeof alertsQuery>;
