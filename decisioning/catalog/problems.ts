/** What is wrong with a configuration: collected, so that one publish tells all of it. */

/** One thing to mend. `path` is `/<collection>/<id>/<field …>`, as in `/campaigns/spring/arms/0/costMinor`. */
export interface CatalogProblem {
  readonly path: string;
  readonly detail: string;
}

/** Enough to mend a configuration in one go; a problem document with thousands of entries helps nobody. */
export const MAX_CATALOG_PROBLEMS = 500;

/** Takes problems; those beyond {@link MAX_CATALOG_PROBLEMS} are dropped. */
export type Report = (path: string, detail: string) => void;

/** A list that grows to its limit. */
export function newReport(): { readonly problems: CatalogProblem[]; readonly report: Report } {
  const problems: CatalogProblem[] = [];
  const report: Report = (path, detail) => {
    if (problems.length < MAX_CATALOG_PROBLEMS) problems.push({ path, detail });
  };
  return { problems, report };
}
