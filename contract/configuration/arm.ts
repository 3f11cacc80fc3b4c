/** An arm: one thing that a campaign may show. */
import * as z from 'zod';
import { displayName, slug } from '../primitives.ts';
import { attributePath } from './attribute-path.ts';
import { content } from './content.ts';

const prior = z.strictObject({
  // The range in which P(best) is computed to its stated accuracy.
  alpha: z.number().min(0.001).max(1_000_000).meta({ description: 'One plus the conversions of your history' }),
  beta: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .meta({ description: 'One plus the trials of your history without conversion' }),
});

export const arm = z.strictObject({
  id: slug.refine((id) => id !== 'holdout', '"holdout" is the name of the control group'),
  name: displayName.optional(),
  content,
  prior: prior.optional(),
  score: attributePath.optional().meta({
    description:
      'Path of a number from 0 to 1: how likely the customer is to reach the goal if shown this arm, for `modelWeight` and `topArms`',
  }),
  costMinor: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .meta({ description: 'Price of showing it once, in minor units' }),
});
