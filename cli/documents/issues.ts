/** What is wrong with a document, as single sentences at single paths, in the words of the server. */
import type * as z from 'zod';
import { findings } from '../../contract/issues.ts';
import type { Path } from './source.ts';

export interface FlatIssue {
  readonly path: Path;
  /** The key at `path` that is meant, for fields that should not be there. */
  readonly key?: string;
  readonly message: string;
}

/** Zod's issues as sentences that name their field. */
export function flattenIssues(issues: readonly z.core.$ZodIssue[]): FlatIssue[] {
  return findings(issues).map(({ path, isKey, detail }): FlatIssue => {
    if (!isKey) return { path, message: `${path.length === 0 ? 'the document' : `"${path.join('.')}"`} ${detail}` };
    const key = String(path.at(-1));
    return { path: path.slice(0, -1), key, message: `"${key}" ${detail}` };
  });
}
