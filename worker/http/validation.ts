/** What is wrong with a request, one entry per field that its sender can act upon. */
import type * as z from 'zod';
import { findings } from '../../contract/issues.ts';
import type { ProblemError } from '../../contract/problem.ts';
import { pointer } from './json.ts';

/** Entries in one problem: enough to mend a document, not a copy of it. */
export const MAX_ERRORS = 50;

/**
 * One entry per field, at most {@link MAX_ERRORS}; `field` is a JSON pointer under `at`, or `name` for a path or query parameter.
 *
 * @param at JSON pointer to the value that was checked, '' for the body itself
 */
export function validationErrors(error: z.ZodError, kind: 'body' | 'parameter' = 'body', at = ''): ProblemError[] {
  return findings(error.issues)
    .slice(0, MAX_ERRORS)
    .map(({ path, detail }) => ({
      field: kind === 'parameter' ? pointer(path).slice(1) : `${at}${pointer(path)}`,
      detail,
    }));
}
