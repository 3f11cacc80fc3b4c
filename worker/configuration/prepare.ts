/** Everything between stored documents and a catalog that may be published. */

import { MAX_WORKSPACE_DOCUMENTS } from '../../db/queries/drafts.ts';
import { compile } from '../../decisioning/catalog/compile.ts';
import { type Checked, refused } from '../http/problem.ts';
import { assemble } from './assemble.ts';
import { type HashedCatalog, hashCatalog } from './hashed-catalog.ts';

interface Workspace {
  readonly id: string;
  readonly salt: string;
}

/** Checks and compiles documents; refused with `invalid_configuration` and every problem at once. */
export async function prepare(
  workspace: Workspace,
  documents: readonly { readonly kind: string; readonly id: string; readonly body: string }[],
): Promise<Checked<HashedCatalog>> {
  if (documents.length > MAX_WORKSPACE_DOCUMENTS)
    return refused('invalid_configuration', `A workspace has at most ${MAX_WORKSPACE_DOCUMENTS} documents`);
  const assembled = assemble(documents);
  if (!assembled.ok) return refused('invalid_configuration', undefined, assembled.errors);
  const compiled = compile(assembled.configuration, { workspaceId: workspace.id, salt: workspace.salt });
  if (!compiled.ok) {
    const errors = compiled.problems.map(({ path, detail }) => ({ field: path || '/', detail }));
    return refused('invalid_configuration', undefined, errors);
  }
  return { ok: true, value: await hashCatalog(compiled.catalog) };
}
