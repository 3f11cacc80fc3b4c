/** A segment: a named condition over attributes, traits and the customer's own counters. */
import * as z from 'zod';
import { description, displayName, slug } from '../primitives.ts';

/** The condition itself is parsed by the segment language at publish; here it only has to be an object of JSON. */
export const condition = z.record(z.string().max(256), z.json()).meta({
  id: 'Condition',
  description: 'Mongo-style condition, as in the GrowthBook SDKs, over attributes, traits and counters.',
  example: { country: 'DE', 'behaviour.product_view.count.7d': { $gte: 3 } },
});

export const segment = z
  .strictObject({ id: slug, name: displayName, description: description.optional(), condition })
  .meta({ id: 'Segment', description: 'A named condition; membership is evaluated at every decision.' });
