/** Turns what zod found into one entry per field that its sender can act upon. */
import type * as z from 'zod';
import type { ProblemError } from '../../contract/problem.ts';
import { pointer } from './json.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Entries in one problem: enough to mend a document, not a copy of it. */
export const MAX_ERRORS = 50;
const MAX_DETAIL_LENGTH = 300;

/** Zod does not hand out inputs, which is as it should be; its message tells what was not there. */
function isMissing(issue: Issue): issue is Extract<Issue, { code: 'invalid_type' }> {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

/** How far a union's branch is from the input; the nearest is the one the sender meant. */
function distance(issues: readonly Issue[]): number {
  let sum = 0;
  for (const issue of issues) {
    // Another type altogether: this branch was not meant.
    if (issue.path.length === 0 && issue.code === 'invalid_type') sum += 1_000;
    // A literal such as `kind` names the branch.
    else if (issue.code === 'invalid_value' && issue.values.length === 1) sum += 100;
    else if (issue.code === 'unrecognized_keys') sum += 10 * issue.keys.length;
    else if (isMissing(issue)) sum += 10;
    else sum += 1;
  }
  return sum;
}

function typesOf(branches: readonly (readonly Issue[])[]): string | undefined {
  const types = new Set<string>();
  for (const issues of branches) {
    const first = issues[0];
    if (issues.length !== 1 || first?.code !== 'invalid_type' || first.path.length > 0) return undefined;
    types.add(first.expected);
  }
  return types.size > 0 ? [...types].join(', ') : undefined;
}

function describe(issue: Issue): string {
  const text = isMissing(issue)
    ? `is required (${issue.expected})`
    : issue.message.replace(/^Invalid (input|option): /, '');
  return text.slice(0, MAX_DETAIL_LENGTH);
}

function unionErrors(issue: Extract<Issue, { code: 'invalid_union' }>, at: Path): ProblemError[] {
  const branches = issue.errors;
  const types = typesOf(branches);
  if (types !== undefined) return [{ field: pointer(at), detail: `must be one of: ${types}` }];
  const best = branches.toSorted((a, b) => distance(a) - distance(b))[0];
  if (best && best.length > 0) return best.flatMap((inner) => toErrors(inner, at));
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  const detail =
    options.length > 0 ? `must be one of: ${options.map(String).join(', ')}` : 'is none of the allowed kinds';
  return [{ field: pointer(at), detail }];
}

function toErrors(issue: Issue, base: Path): ProblemError[] {
  const at = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ field: pointer([...at, key]), detail: 'is not a known field' }));
    case 'invalid_union':
      return unionErrors(issue, at);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.length > 0
        ? issue.issues.map((inner) => ({ field: pointer(at), detail: describe(inner) }))
        : [{ field: pointer(at), detail: describe(issue) }];
    default:
      return [{ field: pointer(at), detail: describe(issue) }];
  }
}

/** One entry per field, at most {@link MAX_ERRORS}; `field` is a JSON pointer, or `name` for a path or query parameter. */
export function validationErrors(error: z.ZodError, kind: 'body' | 'parameter' = 'body'): ProblemError[] {
  const errors = error.issues.flatMap((issue) => toErrors(issue, [])).slice(0, MAX_ERRORS);
  if (kind === 'body') return errors;
  return errors.map(({ field, detail }) => ({ field: field.slice(1), detail }));
}
