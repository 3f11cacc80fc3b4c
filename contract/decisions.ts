/** `POST /v1/optimize` and what other questions about customers share with it. */
import * as z from 'zod';
import { REFUSAL_REASONS } from '../decisioning/reasons.ts';
import { content } from './configuration/content.ts';
import { MAX_PLACEMENTS } from './limits.ts';
import { attributes, customerId, instant, purposes, slug } from './primitives.ts';
import { areDistinct } from './rules.ts';

/** A key may travel in the body, so that beacons and preflight-free `text/plain` requests work. */
export const bodyKey = z
  .string()
  .max(128)
  .optional()
  .meta({ description: 'The key, when it cannot be sent in the Authorization header' });

/** Signed ids are about 60 characters; the limit leaves room for one more key id. */
export const anonymousId = z
  .string()
  .max(128)
  .meta({ description: 'An anonymous id as this API minted and signed it' });

export const customerReference = z
  .strictObject({
    id: customerId.optional(),
    proof: z.string().max(256).optional().meta({
      description:
        '`<exp>.<signature>`: exp in seconds since the epoch, at most an hour ahead; signature = base64url HMAC-SHA256(site secret, id + "\\n" + exp)',
    }),
    anonymousId: anonymousId.optional(),
  })
  .meta({
    id: 'CustomerReference',
    description:
      'Who asks: a known id (with proof, when the key is publishable), an anonymous id, or both to link them.',
  });

/** `pending` and `denied` are decided from the page alone: nothing is stored, no id is given, nothing is learned. */
export const consent = z.enum(['granted', 'denied', 'pending']);

/** Of a request: what its visitor refused although there is consent. */
export const requestPurposes = purposes.optional().meta({
  description:
    'Takes away from `consent`, never adds to it: without `personalization` as if there were none, without `analytics` nothing is learned and no behaviour kept, ' +
    'without `ads` no campaign for them. What is not named is as `consent` says',
});

export const requestContext = z
  .strictObject({
    url: z.string().max(2_048).optional(),
    referrer: z.string().max(2_048).optional(),
    language: z.string().max(35).optional(),
    attributes: attributes.optional(),
  })
  .meta({
    id: 'RequestContext',
    description:
      'What the page or app knows of this request; conditions read it as `page.*` and as declared attributes.',
  });

export const optimizeRequest = z
  .strictObject({
    key: bodyKey,
    requestId: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'Makes the call idempotent: same id, same decision' }),
    placements: z.array(slug).min(1).max(MAX_PLACEMENTS).refine(areDistinct, 'must name each placement once'),
    customer: customerReference.optional(),
    sessionId: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'Scope of `sticky: session`; without one a session ends after 30 idle minutes' }),
    context: requestContext.optional(),
    consent: consent.optional(),
    purposes: requestPurposes,
    preview: z.string().max(1_024).optional().meta({ description: 'A signed preview: forces its arm, counts nowhere' }),
    at: instant.optional().meta({ description: 'Time of the decision; secret keys only, at most 24 h from now' }),
  })
  .meta({ id: 'OptimizeRequest', example: { placements: ['hero'], context: { url: 'https://shop.example/' } } });

export const decision = z
  .strictObject({
    placement: slug,
    outcome: z.enum(['campaign', 'holdout', 'default']),
    decisionId: z.string().optional(),
    campaign: slug.optional(),
    arm: z.string().optional(),
    content: content.nullable(),
    propensity: z
      .strictObject({ campaign: z.number(), arm: z.number() })
      .optional()
      .meta({ description: 'P(campaign) and P(arm | campaign) under the final policy' }),
    sticky: z
      .literal(true)
      .optional()
      .meta({ description: 'The arm was assigned earlier; the propensity is that of the assignment' }),
    sendAt: z.iso.datetime().optional().meta({
      description:
        'When the message is to be sent; outbound channels, of campaigns with a timing parameter. The claim waits from then on',
    }),
    token: z.string().optional().meta({ description: 'Send it back with every exposure and goal of this decision' }),
    claimExpiresAt: z.iso
      .datetime()
      .optional()
      .meta({ description: 'Until when the content may be shown as this decision' }),
    preview: z.literal(true).optional(),
    why: z
      .array(
        z.strictObject({
          campaign: slug,
          outcome: z.enum(['chosen', 'refused']),
          reason: z.enum(REFUSAL_REASONS).optional(),
          detail: z.string().optional(),
        }),
      )
      .optional()
      .meta({
        description:
          'Every candidate and why it was refused, for a visitor of whom nothing is known; only in answers to a preview that was signed with `reasons`',
      }),
    unknownPlacement: z.literal(true).optional().meta({ description: 'The published catalog has no such placement' }),
    reasons: z
      .partialRecord(z.enum(REFUSAL_REASONS), z.int())
      .optional()
      .meta({ description: 'Campaigns refused, by reason (secret keys only)' }),
  })
  .meta({ id: 'Decision' });

export const optimizeResponse = z
  .strictObject({
    requestId: z.string(),
    customer: z.strictObject({ anonymousId: anonymousId.optional() }),
    decisions: z.array(decision),
    ignoredAttributes: z
      .array(z.string())
      .optional()
      .meta({ description: 'Undeclared attributes, wrong types, and server attributes sent with a publishable key' }),
    degraded: z.literal(true).optional().meta({
      description:
        'A part could not be reached in time: default content; a claim that was made all the same lapses by itself',
    }),
    stale: z
      .literal(true)
      .optional()
      .meta({ description: 'Decided from an older catalog because a newer one was out of reach' }),
  })
  .meta({ id: 'OptimizeResponse' });

export type OptimizeRequest = z.infer<typeof optimizeRequest>;
export type OptimizeResponse = z.infer<typeof optimizeResponse>;
export type DecisionAnswer = z.infer<typeof decision>;
