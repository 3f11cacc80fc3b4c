/** Problem documents (RFC 9457): the one shape of every error. */
import * as z from 'zod';

export { PROBLEMS, type ProblemName } from './problems.ts';

export const problemError = z.strictObject({
  field: z.string().meta({
    description: 'Where: a JSON pointer into the body, or the name of a header or parameter',
    example: '/arms/0/id',
  }),
  detail: z.string(),
});

export type ProblemError = z.infer<typeof problemError>;

export const problem = z
  .object({
    type: z.string().meta({ example: '/problems/invalid_request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(problemError).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document' });

export type Problem = z.infer<typeof problem>;
