/** Documents as they arrive: checked against the contract, kept as they were written. */
import { KINDS, type Kind } from '../../contract/configuration/index.ts';
import type { ProblemError } from '../../contract/problem.ts';
import { type Checked, refused } from '../http/problem.ts';
import { validationErrors } from '../http/validation.ts';

/** A document that follows the contract. */
export interface CheckedDocument {
  readonly kind: Kind;
  readonly id: string;
  /** JSON text of the document as it was written, without its kind. */
  readonly body: string;
}

export type DocumentCheck =
  | { readonly ok: true; readonly document: CheckedDocument }
  | { readonly ok: false; readonly errors: readonly ProblemError[] };

/** Checks a document of a kind. Errors name fields by JSON pointers under `at`. */
export function checkDocument(kind: Kind, value: unknown, at = ''): DocumentCheck {
  const result = KINDS[kind].schema.safeParse(value);
  if (!result.success) return { ok: false, errors: validationErrors(result.error, 'body', at) };
  // Settings may leave their only id out; it is stored, so that every document carries its own.
  const body = JSON.stringify({ id: result.data.id, ...(value as object) });
  return { ok: true, document: { kind, id: result.data.id, body } };
}

/** The same for one document with its id in the path of the request: the two must agree. */
export function checkAddressed(kind: Kind, id: string, value: unknown): Checked<CheckedDocument> {
  const checked = checkDocument(kind, value);
  if (!checked.ok) return refused('invalid_request', undefined, checked.errors);
  if (checked.document.id === id) return { ok: true, value: checked.document };
  return refused('invalid_request', undefined, [{ field: '/id', detail: `must be "${id}", as in the path` }]);
}
