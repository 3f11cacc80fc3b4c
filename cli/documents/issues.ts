/** Zod's issues as single sentences at single paths: one per unknown field, unions told by the branch that fits best. */
import type * as z from 'zod';
import type { Path } from './source.ts';

export interface FlatIssue {
  readonly path: Path;
  /** The key at `path` that is meant, for fields that should not be there. */
  readonly key?: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** @param around path of the value that was checked, put before the issues' own. */
export function flattenIssues(issues: readonly Issue[], around: Path = []): FlatIssue[] {
  return issues.flatMap((issue): FlatIssue[] => {
    const path = [...around, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path, key, message: `"${key}" is not a field of ${name(path)}` }));
    }
    if (issue.code === 'invalid_key') {
      const key = String(path.at(-1));
      return issue.issues.map(({ message }) => ({ path: path.slice(0, -1), key, message: `"${key}" ${message}` }));
    }
    if (issue.code === 'invalid_union') {
      const best = bestBranch(issue.errors);
      if (best) return flattenIssues(best, path);
    }
    return [{ path, message: `${name(path)} ${sentence(issue)}` }];
  });
}

/** The branch whose issues lie deepest, then the one with the fewest: the one the author most likely meant. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map((issue) => issue.path.length));
  return branches.filter((issues) => issues.length > 0).sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}

function name(path: Path): string {
  return path.length === 0 ? 'the document' : `"${path.join('.')}"`;
}

/** Zod's messages begin in different ways: after the field's name they should read on. */
function sentence(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return `must be one of ${issue.options.map((option) => `"${String(option)}"`).join(', ')}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return `needs at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `takes at most ${issue.maximum}`;
  if (/^(must|may|is|a |at most)/.test(issue.message)) return issue.message;
  return `is not valid: ${issue.message.replace(/^Invalid (input|option): /, '')}`;
}
