/** What linear policies read of the customer: attributes as numbers. */
import * as z from 'zod';
import { MAX_FEATURES } from '../../decisioning/features/features.ts';
import { slug } from '../primitives.ts';
import { attributePath, MAX_PATH_LENGTH } from './attribute-path.ts';
import { refuseRepeatedIds } from './repeated-ids.ts';

const common = {
  id: slug,
  attribute: attributePath.meta({
    description: 'Path of an attribute or counter, as in conditions; a missing value counts as 0',
  }),
};

const feature = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('number'),
    center: z.number().default(0).meta({ description: 'Subtracted first: about the mean' }),
    scale: z.number().positive().default(1).meta({ description: 'Divided by then: about the standard deviation' }),
  }),
  z.strictObject({ ...common, type: z.literal('boolean') }),
  z.strictObject({
    ...common,
    type: z.literal('category'),
    values: z
      .array(z.string().min(1).max(MAX_PATH_LENGTH))
      .min(1)
      .max(MAX_FEATURES)
      .meta({ description: 'One number each; any other value counts as none of them' }),
  }),
]);

/** Features of a campaign; their numbers together are limited at publish. */
export const features = z
  .array(feature)
  .min(1)
  .max(MAX_FEATURES)
  .superRefine(refuseRepeatedIds)
  .meta({ description: 'What linear policies and `inverse_gap` read of the customer' });
