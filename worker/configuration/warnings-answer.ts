import type { ProblemError } from '../../contract/problem.ts';
import type { CatalogProblem } from '../../decisioning/catalog/problems.ts';

/** Warnings as an answer has them: nothing at all when there are none. */
export function warningsAnswer(warnings: readonly CatalogProblem[] = []): { readonly warnings?: ProblemError[] } {
  return warnings.length > 0 ? { warnings: warnings.map(({ path, detail }) => ({ field: path, detail })) } : {};
}
