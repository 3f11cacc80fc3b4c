/** Keys that no document may have: they change an object's behaviour where it is copied, and the server refuses every body with one. */
import { FORBIDDEN_NAMES } from '../../decisioning/segments/paths.ts';

/** What is wrong with a key; undefined when it is one like any other. */
export function unsafeKeyProblem(key: unknown): string | undefined {
  if (typeof key !== 'string' || !FORBIDDEN_NAMES.has(key)) return undefined;
  return `a field must not be called "${key}": no document may have such a key`;
}
