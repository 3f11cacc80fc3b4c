/** The contract with its schemas and words, in the worker that has them. */
import type * as z from 'zod';
import { requestOf } from '../../contract/requests.ts';
import type { Contract, Kind } from './contract.ts';
import type { Part } from './endpoint-spec.ts';
import { type Checked, refused } from './problem.ts';
import { validationErrors } from './validation.ts';

/** What a schema says of a value. */
export function judge(schema: z.ZodType, value: unknown, kind: Kind): Checked<unknown> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return refused('invalid_request', undefined, validationErrors(result.error, kind));
}

function schemaOf(part: Part): z.ZodType {
  if (!('request' in part)) return part;
  const schema = requestOf(part.request);
  if (!schema) throw new Error(`There is no schema "${part.request}"`);
  return schema;
}

/** Asked where it stands. */
export const contractHere: Contract = async (_c, part, value, kind) => judge(schemaOf(part), value, kind);
