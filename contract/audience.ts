/** `POST /v1/audience/estimate`: how many customers a condition holds for now. */
import * as z from 'zod';
import { condition } from './configuration/segment.ts';
import { slug } from './primitives.ts';

export const audienceRequest = z
  .strictObject({
    segment: slug.optional().meta({ description: 'A segment as it is written now, published or not' }),
    condition: condition.optional(),
  })
  .meta({
    id: 'AudienceRequest',
    description: 'The `audience` of a campaign: with both, both must hold; with neither, everyone is meant',
  });

const interval = z.tuple([z.number(), z.number()]).meta({ description: '95 % confidence interval' });

const customers = (description: string) => z.strictObject({ estimate: z.int(), interval }).meta({ description });

export const audienceResponse = z
  .strictObject({
    customers: customers('Customers of whom something is held, in all; exact up to 1,000'),
    share: z
      .strictObject({ estimate: z.number(), interval })
      .nullable()
      .meta({ description: 'Of these, the part that matches now; null when no customer answered' }),
    matching: customers('Customers who match now'),
    sample: z.strictObject({
      held: z.int().meta({ description: 'Customers in the sample' }),
      asked: z.int(),
      answered: z.int().meta({ description: 'Asked, and there in time' }),
      matched: z.int(),
    }),
    unknownAttributes: z.array(z.string()).meta({
      description:
        'What the condition reads that only a decision knows (place, device, page, scores of models). Clauses about these were taken as met, so the ' +
        'figures are of those who could match',
    }),
    asOf: z.iso.datetime(),
  })
  .meta({ id: 'AudienceEstimate' });

export type AudienceRequest = z.infer<typeof audienceRequest>;
export type AudienceResponse = z.infer<typeof audienceResponse>;
