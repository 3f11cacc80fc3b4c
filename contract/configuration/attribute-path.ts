/** A path that a campaign reads of the customer outside of conditions. */
import * as z from 'zod';
import { unknownFact } from '../../decisioning/catalog/attribute-paths.ts';

/** Attributes and counters are read by the same paths as in conditions. */
export const MAX_PATH_LENGTH = 200;

export const attributePath = z
  .string()
  .min(1)
  .max(MAX_PATH_LENGTH)
  .superRefine((path, context) => {
    const wrong = unknownFact(path);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
