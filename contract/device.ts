/** `POST /v1/device/bundle` and `POST /v1/device/decisions`: decisions that pages make themselves, and the tokens of those. */
import * as z from 'zod';
import { DEVICE_REFUSALS, NOT_IN_BUNDLE } from '../decisioning/device/reasons.ts';
import { content } from './configuration/content.ts';
import { anonymousId, bodyKey, consent, customerReference, requestContext, requestPurposes } from './decisions.ts';
import { MAX_DEVICE_BUNDLE_CHARS, MAX_PLACEMENTS } from './limits.ts';
import { slug } from './primitives.ts';
import { areDistinct, haveOwnPlacements } from './rules.ts';

/** Arms are named by their parameters' values: as long as any. */
const MAX_ARM_ID = 1_024;

const placements = z.array(slug).min(1).max(MAX_PLACEMENTS).refine(areDistinct, 'must name each placement once');

export const deviceBundleRequest = z
  .strictObject({
    key: bodyKey,
    requestId: z.string().min(1).max(64).optional(),
    placements,
    customer: customerReference.optional(),
    context: requestContext.optional(),
    consent: consent.optional(),
    purposes: requestPurposes,
  })
  .meta({ id: 'DeviceBundleRequest', example: { placements: ['hero'], consent: 'granted' } });

/** What a device decides with, and reports with: the text as it was signed. */
const signedBundle = z
  .strictObject({
    signed: z.string().max(MAX_DEVICE_BUNDLE_CHARS).meta({ description: 'JSON text; to be sent back as it is' }),
    signature: z.string().max(64),
  })
  .meta({ id: 'DeviceBundle' });

export const deviceBundleResponse = z
  .strictObject({
    customer: z.strictObject({ anonymousId: anonymousId.optional() }),
    bundle: signedBundle,
    lifeMs: z.int().meta({ description: 'How long decisions may be made with it, from its arrival' }),
    contents: z
      .record(
        z.string(),
        z.strictObject({
          default: content.nullable(),
          arms: z.record(z.string(), z.record(z.string(), content)),
        }),
      )
      .meta({ description: 'By placement: its default content, and contents by campaign and arm' }),
    others: z
      .record(z.string(), z.enum(NOT_IN_BUNDLE))
      .meta({ description: 'Placements to be asked for as ever, and why' }),
  })
  .meta({ id: 'DeviceBundleResponse' });

const toldDecision = z.strictObject({
  placement: slug,
  campaign: slug.optional(),
  arm: z.string().max(MAX_ARM_ID).optional(),
  leaves: z.record(z.string().max(64), z.string().max(64)).meta({
    description: 'Leaf by campaign, of those whose audience held: what attributes that stayed on the device came to',
  }),
});

export const deviceDecisionsRequest = z
  .strictObject({
    key: bodyKey,
    customer: customerReference.optional(),
    context: requestContext.optional(),
    consent: consent.optional(),
    purposes: requestPurposes,
    bundle: signedBundle,
    decisions: z
      .array(toldDecision)
      .min(1)
      .max(MAX_PLACEMENTS)
      .refine(haveOwnPlacements, 'must name each placement once')
      .meta({ description: 'In the order in which they were made, those without a campaign included' }),
  })
  .meta({ id: 'DeviceDecisionsRequest' });

export const deviceDecisionsResponse = z
  .strictObject({
    decisions: z.array(
      z.strictObject({
        placement: slug,
        status: z.enum(['accepted', 'refused']),
        reason: z.enum(DEVICE_REFUSALS).optional(),
        decisionId: z.string().optional(),
        token: z.string().optional().meta({ description: 'As of any decision; absent for default content' }),
        claimExpiresAt: z.iso.datetime().optional(),
      }),
    ),
  })
  .meta({ id: 'DeviceDecisionsResponse' });

export type DeviceBundleRequest = z.infer<typeof deviceBundleRequest>;
export type DeviceBundleResponse = z.infer<typeof deviceBundleResponse>;
export type DeviceDecisionsRequest = z.infer<typeof deviceDecisionsRequest>;
export type DeviceDecisionsResponse = z.infer<typeof deviceDecisionsResponse>;
