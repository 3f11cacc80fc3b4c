/** `POST /v1/feedback` (about a decision, with its token) and `POST /v1/events` (behaviour, and goals reached without a token). */
import * as z from 'zod';
import { EVENT_REJECTIONS } from '../decisioning/reasons.ts';
import { MAX_TOKEN_LENGTH } from '../decisioning/token/token.ts';
import { bodyKey, consent, customerReference, requestPurposes } from './decisions.ts';
import { MAX_EVENTS } from './limits.ts';
import { attributes, currency, instant, orderId, slug, value } from './primitives.ts';

/** Usual tokens have some 600 characters; the limit is that of the longest ids. */
export const token = z.string().min(1).max(MAX_TOKEN_LENGTH);
const at = instant.optional().meta({ description: 'When it happened; secret keys only, at most 24 h from now' });

const dispatchShape = { token, kind: z.literal('dispatch'), at };
const exposureShape = { token, kind: z.literal('exposure'), at };
const goalShape = {
  token,
  kind: z.literal('goal'),
  goal: slug,
  value: value.optional(),
  currency: currency.optional(),
  orderId: orderId.optional(),
  at,
};

export const feedbackEvent = z
  .discriminatedUnion('kind', [
    z.strictObject(exposureShape),
    z.strictObject(goalShape),
    z.strictObject(dispatchShape).meta({
      description:
        'The message went out (secret keys only): its claim is confirmed and its units are spent. It is no trial; the exposure that follows is, and is not late',
    }),
  ])
  .meta({ id: 'FeedbackEvent' });

const asked = { key: bodyKey, purposes: requestPurposes };

export const feedbackRequest = z
  .union([
    z.strictObject({ ...asked, events: z.array(feedbackEvent).min(1).max(MAX_EVENTS) }),
    z.strictObject({ ...asked, ...exposureShape }),
    z.strictObject({ ...asked, ...goalShape }),
    z.strictObject({ ...asked, ...dispatchShape }),
  ])
  .meta({
    id: 'FeedbackRequest',
    example: { token: 'ht1.…', kind: 'goal', goal: 'purchase', value: 49.9, orderId: 'A-1001' },
  });

export const eventResult = z.strictObject({
  index: z.int(),
  status: z.enum(['accepted', 'duplicate', 'rejected']),
  reason: z.enum(EVENT_REJECTIONS).optional(),
});

export const eventsResponse = z
  .strictObject({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.int(),
    results: z.array(eventResult),
    customer: z.strictObject({ anonymousId: z.string().optional() }).optional(),
    ignoredAttributes: z.array(z.string()).optional(),
  })
  .meta({ id: 'EventsResponse', description: 'What became of each event. An accepted event is never lost.' });

export const customerEvent = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('behaviour'),
      name: slug,
      value: value.optional(),
      eventId: z.string().min(1).max(64).optional().meta({ description: 'Makes the event idempotent' }),
      at,
    }),
    z.strictObject({
      kind: z.literal('goal'),
      goal: slug,
      value: value.optional(),
      currency: currency.optional(),
      orderId: orderId.optional(),
      eventId: z.string().min(1).max(64).optional(),
      at,
    }),
  ])
  .meta({ id: 'CustomerEvent' });

export const eventsRequest = z
  .strictObject({
    key: bodyKey,
    customer: customerReference.prefault({}),
    consent: consent.optional(),
    purposes: requestPurposes,
    traits: attributes.optional().meta({ description: 'Traits to set beside the events' }),
    events: z.array(customerEvent).max(MAX_EVENTS).prefault([]),
  })
  .meta({
    id: 'EventsRequest',
    example: {
      customer: { id: 'crm-4711' },
      events: [{ kind: 'goal', goal: 'purchase', value: 120, orderId: 'CC-77' }],
    },
  });

export type FeedbackEvent = z.infer<typeof feedbackEvent>;
export type FeedbackRequest = z.infer<typeof feedbackRequest>;
export type CustomerEvent = z.infer<typeof customerEvent>;
export type EventsRequest = z.infer<typeof eventsRequest>;
export type EventsResponse = z.infer<typeof eventsResponse>;
