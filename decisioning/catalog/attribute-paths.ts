/** Which paths conditions may read: those the runtime provides, and those of declared attributes. */

import { REQUEST_ROOTS } from '../request-attributes.ts';
import type { Clause, Condition } from '../segments/ast.ts';
import { COUNTER_ROOTS } from '../segments/index.ts';

/** First names of paths that the runtime provides: they need no declaration and cannot be declared. */
export const RESERVED_ROOTS: readonly string[] = [...REQUEST_ROOTS, ...COUNTER_ROOTS];

const reserved: ReadonlySet<string> = new Set(RESERVED_ROOTS);

/** The first name of a path. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.');
  return dot === -1 ? path : path.slice(0, dot);
}

/** Whether a path is the runtime's, a declared attribute's, or leads into one (`tags.0` of `tags`). */
export function isKnownPath(path: string, declared: ReadonlySet<string>): boolean {
  if (reserved.has(rootOf(path)) || declared.has(path)) return true;
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    if (declared.has(path.slice(0, dot))) return true;
  }
  return false;
}

function pathsOfClause(clause: Clause): readonly string[] {
  switch (clause.kind) {
    case 'path':
      // What is asked inside (`$elemMatch`) is relative to the value found here.
      return [clause.path];
    case 'and':
    case 'or':
    case 'nor':
      return clause.conditions.flatMap(pathsOf);
    case 'not':
      return pathsOf(clause.condition);
    default:
      return [];
  }
}

/** The paths that a condition reads from the customer or the request, repeated ones repeated. */
export function pathsOf(condition: Condition): readonly string[] {
  return condition.clauses.flatMap(pathsOfClause);
}
