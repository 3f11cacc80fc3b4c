/** Which paths conditions may read: those the runtime provides, and those of declared attributes. */

import { didYouMean, nearestName } from '../did-you-mean.ts';
import { REQUEST_PATHS, REQUEST_ROOTS } from '../request-attributes.ts';
import { MODELS_ROOT, modelPath } from '../scoring/paths.ts';
import type { Clause, Condition } from '../segments/ast.ts';
import { COUNTER_ROOTS } from '../segments/index.ts';

/** First names of paths that the runtime provides: they need no declaration and cannot be declared. */
export const RESERVED_ROOTS: readonly string[] = [...REQUEST_ROOTS, ...COUNTER_ROOTS, MODELS_ROOT];

const reserved: ReadonlySet<string> = new Set(RESERVED_ROOTS);
const requestRoots: ReadonlySet<string> = new Set(REQUEST_ROOTS);
const requestPaths: ReadonlySet<string> = new Set(REQUEST_PATHS);

/** The first name of a path. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.');
  return dot === -1 ? path : path.slice(0, dot);
}

/** Whether a path begins with a name that belongs to the runtime. */
export function isReservedPath(path: string): boolean {
  return reserved.has(rootOf(path));
}

/**
 * What is wrong with a path that begins like the runtime's facts and is none of them: it would never have a value. Reads on after the
 * path; undefined for all others.
 *
 * @example is not known of a request: did you mean "device.type"?
 */
export function unknownFact(path: string): string | undefined {
  if (rootOf(path) === MODELS_ROOT && (!modelPath(path) || modelPath(path)?.arm))
    return 'names no score: say models.<model id>.<output>, as in "models.churn.probability"';
  const root = rootOf(path);
  if (!requestRoots.has(root) || requestPaths.has(path)) return undefined;
  const facts = REQUEST_PATHS.filter((known) => rootOf(known) === root);
  return `is not known of a request${didYouMean(path, facts)}`;
}

/** Whether a path is a fact or counter of the runtime's, a declared attribute, or leads into one (`tags.0` of `tags`). */
export function isKnownPath(path: string, declared: ReadonlySet<string>): boolean {
  if (isReservedPath(path)) return unknownFact(path) === undefined;
  if (declared.has(path)) return true;
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    if (declared.has(path.slice(0, dot))) return true;
  }
  return false;
}

/** The path that was meant by one that is not known: the same name under the runtime's facts, else the closest. */
export function nearestPath(path: string, declared: ReadonlySet<string>): string | undefined {
  const fact = REQUEST_PATHS.find((known) => known.endsWith(`.${path}`));
  return fact ?? nearestName(path, [...declared, ...REQUEST_PATHS]);
}

/** A path that a condition reads, and the steps that lead to it in the condition. */
export interface Read {
  readonly path: string;
  readonly at: readonly (string | number)[];
}

function readsOfClause(clause: Clause, at: Read['at']): readonly Read[] {
  switch (clause.kind) {
    case 'path':
      // What is asked inside (`$elemMatch`) is relative to the value found here.
      return [{ path: clause.path, at: [...at, clause.path] }];
    case 'and':
    case 'or':
    case 'nor':
      return clause.conditions.flatMap((condition, i) => readsOf(condition, [...at, `$${clause.kind}`, i]));
    case 'not':
      return readsOf(clause.condition, [...at, '$not']);
    default:
      return [];
  }
}

/** What a condition reads from the customer or the request, in its order, repeated paths repeated. @param at where the condition stands */
export function readsOf(condition: Condition, at: Read['at'] = []): readonly Read[] {
  return condition.clauses.flatMap((clause) => readsOfClause(clause, at));
}

/** The paths of {@link readsOf}. */
export function pathsOf(condition: Condition): readonly string[] {
  return readsOf(condition).map(({ path }) => path);
}
