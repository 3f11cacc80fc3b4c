/** Stored documents → the configuration they make up. */
import { assembled, noDocuments } from '../../contract/configuration/assembled.ts';
import { KIND_NAMES, KINDS } from '../../contract/configuration/index.ts';
import type { ProblemError } from '../../contract/problem.ts';
import type { Configuration } from '../../decisioning/catalog/configuration.ts';
import { validationErrors } from '../http/validation.ts';

export type AssembleResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly errors: readonly ProblemError[] };

/**
 * Reads documents as the contract has them today, filling in defaults: a document that was stored under an earlier contract may be
 * refused. Without settings the defaults apply.
 */
export function assemble(
  documents: readonly { readonly kind: string; readonly id: string; readonly body: string }[],
): AssembleResult {
  const parsed = noDocuments();
  const errors: ProblemError[] = [];
  for (const { kind: name, id, body } of documents) {
    const kind = KIND_NAMES.find((candidate) => candidate === name);
    if (!kind) continue; // a kind that a newer version of this worker knows: it has no meaning here
    const { collection, schema } = KINDS[kind];
    const result = schema.safeParse(JSON.parse(body));
    if (result.success) parsed[kind].push(result.data);
    else errors.push(...validationErrors(result.error, 'body', `/${collection}/${id}`));
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, configuration: assembled(parsed) };
}
