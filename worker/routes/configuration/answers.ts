/** Answers that every kind of document has in common. */
import type { Kind } from '../../../contract/configuration/index.ts';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../../contract/primitives.ts';
import { writtenDocument } from '../../../contract/publishing.ts';
import { checkAddressed } from '../../configuration/documents.ts';
import { replaceDraft, type Stored } from '../../configuration/edit.ts';
import { etagOf, namesVersion } from '../../configuration/precondition.ts';
import type { Call } from '../../http/call.ts';
import { refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';

/** The header of an answer that carries a draft. */
export const ETAG_HEADER = { ETag: 'Version of the draft' };

/** What every `PUT` of a document says of itself. */
export const REPLACE = {
  maxBodyBytes: MAX_CONFIGURATION_BODY_BYTES,
  headers: { 'If-Match': 'ETag you read; needed to replace' },
  responses: {
    200: { description: 'Replaced', schema: writtenDocument, headers: ETAG_HEADER },
    201: { description: 'Written for the first time', schema: writtenDocument, headers: ETAG_HEADER },
    412: { description: '`precondition_failed`: it was changed since you read it' },
    428: { description: '`precondition_required`' },
  },
} as const;

/** A stored document as the answer to a change; `location` is told when it is new. */
export function storedAnswer(c: Call, stored: Stored, location: string): Response {
  return c.body(stored.body, stored.created ? 201 : 200, {
    'content-type': 'application/json',
    etag: etagOf(stored.version),
    ...(stored.created ? { location } : {}),
  });
}

/** A draft as the answer to a question: 304 when the caller has this version. */
export function draftAnswer(c: Call, draft: { readonly version: number; readonly body: string }): Response {
  const etag = etagOf(draft.version);
  const known = c.header('if-none-match');
  if (known !== undefined && namesVersion(known, draft.version, true)) return c.body(null, 304, { etag });
  return c.body(draft.body, 200, { 'content-type': 'application/json', etag });
}

/** Checks a document, stores it at its address over the version that `If-Match` names, and answers. */
export async function replaceAnswer(
  c: Call,
  address: { readonly kind: Kind; readonly id: string; readonly path: string },
  document: unknown,
): Promise<Response> {
  const checked = checkAddressed(address.kind, address.id, document);
  if (!checked.ok) return refuse(c, checked.refusal);
  const stored = await replaceDraft(callerOf(c), checked.value, c.header('if-match'));
  return stored.ok ? storedAnswer(c, stored.value, address.path) : refuse(c, stored.refusal);
}
