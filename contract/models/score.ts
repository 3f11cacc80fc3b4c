/** `POST /v1/models/{id}/score`: what a model says of one customer, and everything that it goes by. */
import * as z from 'zod';
import { requestContext } from '../decisions.ts';
import { customerId } from '../primitives.ts';
import { explainedScore } from './explanations.ts';
import { MODEL_STAGES } from './registry.ts';

/** What an arm says at most: the paths below `arm.content` are few. */
const armContent = z
  .record(z.string().max(64), z.json())
  .refine((content) => JSON.stringify(content).length <= 16_384, 'must be at most 16,384 characters of JSON');

export const scoreRequest = z
  .strictObject({
    customer: z.strictObject({ id: customerId }).optional().meta({
      description: 'A known or an anonymous id; without one, the score of somebody of whom nothing is held',
    }),
    version: z.int().min(1).max(1_000_000).optional().meta({
      description: 'Any version, in service or not; without it the one in charge of the customer, else the newest',
    }),
    context: requestContext.optional(),
    arm: z
      .strictObject({ content: armContent })
      .optional()
      .meta({ description: 'For models that read arms: what the arm shows' }),
  })
  .meta({ id: 'ScoreRequest' });
export type ScoreRequest = z.output<typeof scoreRequest>;

const value = z.union([z.number(), z.string(), z.boolean(), z.null()]);
const { explanation, summary, reasons, interventions, unexplained } = explainedScore.shape;

export const scoreResponse = z
  .strictObject({
    model: z.string(),
    version: z.int(),
    stage: z.enum(MODEL_STAGES),
    known: z.boolean().meta({ description: 'Whether anything is held of this customer' }),
    outputs: z
      .record(z.string(), z.number())
      .meta({ description: 'Scores by name; none where the model gives no number within its range' }),
    inputs: z
      .array(
        z.strictObject({
          name: z.string(),
          attribute: z.string(),
          value: value.meta({ description: 'What the path answers now; null where it has nothing' }),
          missing: z.boolean().meta({ description: 'It has no value, or one that the encoding does not take' }),
          outside: z
            .boolean()
            .meta({ description: 'A number beyond the range, or a word that the input does not list' }),
        }),
      )
      .meta({ description: 'What the model reads, by name' }),
    row: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'The encoded row by column; null where a missing value is NaN' }),
    ...{ unexplained, explanation, summary, reasons, interventions },
  })
  .meta({ id: 'ScoreResponse' });
export type ScoreResponse = z.infer<typeof scoreResponse>;
