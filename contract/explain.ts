/** `POST /v1/explain`: its question and its answer. */
import * as z from 'zod';
import { candidate } from './candidate.ts';
import { bodyKey, customerReference, requestContext } from './decisions.ts';
import { explainedScores } from './models/explanations.ts';
import { MAX_PLACEMENTS, slug } from './primitives.ts';

/** Each is read and worked out for the answer: some tens of milliseconds. */
const MAX_EXPLAINED_MODELS = 8;

export const explainRequest = z
  .strictObject({
    key: bodyKey,
    placements: z.array(slug).max(MAX_PLACEMENTS).default([]),
    models: z.array(slug).max(MAX_EXPLAINED_MODELS).default([]).meta({
      description: 'Models whose scores of this customer are explained, whether or not the placements use them',
    }),
    customer: customerReference.optional(),
    context: requestContext.optional(),
    sessionId: z.string().min(1).max(64).optional(),
  })
  .refine(({ placements, models }) => placements.length + models.length > 0, {
    path: ['placements'],
    message: 'must name a placement, unless `models` names a model',
  })
  .meta({ id: 'ExplainRequest' });

export const explainResponse = z
  .strictObject({
    placements: z.array(
      z.strictObject({
        placement: slug,
        outcome: z.enum(['campaign', 'holdout', 'default']),
        unknownPlacement: z.literal(true).optional(),
        campaign: slug.optional(),
        candidates: z.array(candidate),
      }),
    ),
    attributes: z.record(z.string(), z.unknown()).meta({ description: 'What conditions saw' }),
    touches: z.array(
      z.strictObject({
        channel: z.string(),
        campaign: z.string(),
        at: z.iso.datetime(),
        state: z.enum(['pending', 'confirmed']),
      }),
    ),
    claims: z
      .array(z.strictObject({ campaign: slug, ledger: z.string(), units: z.int(), expiresAt: z.iso.datetime() }))
      .optional()
      .meta({
        description: 'Units that decisions of this customer hold and that nothing has become of yet; absent when none',
      }),
    segments: z.array(slug).meta({ description: 'Segments of these placements that the customer is in now' }),
    models: explainedScores.optional().meta({
      description:
        'The scores that `models` asked for, explained; an empty list where no version serves this customer. Absent when none was asked for',
    }),
    revision: z.int(),
  })
  .meta({ id: 'ExplainResponse' });

export type ExplainRequest = z.infer<typeof explainRequest>;
export type ExplainResponse = z.infer<typeof explainResponse>;
