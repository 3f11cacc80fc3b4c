/** A segment: a named condition over attributes, traits and the customer's own counters. */
import * as z from 'zod';
import { description, displayName, slug } from '../primitives.ts';
import { conditionProblems } from './condition-problems.ts';

/**
 * Read in full whenever a document is written, so that nobody learns at publish what they mistyped weeks ago. What it refers to
 * (segments, attributes, goals) is looked up at publish, when everything is there.
 */
export const condition = z
  .record(z.string().max(256), z.json())
  .superRefine((value, context) => {
    for (const { path, message } of conditionProblems(value)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  })
  .meta({
    id: 'Condition',
    description: 'Mongo-style condition, as in the GrowthBook SDKs, over attributes, traits and counters.',
    example: { country: 'DE', 'behaviour.product_view.count.7d': { $gte: 3 } },
  });

export const segment = z
  .strictObject({ id: slug, name: displayName, description: description.optional(), condition })
  .meta({ id: 'Segment', description: 'A named condition; membership is evaluated at every decision.' });
