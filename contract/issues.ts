/**
 * What is wrong with a value that does not follow a schema, in plain words: one finding per field, unions told by the branch that was
 * meant. The library's own messages ("Too big: expected array to have <=50 items") never get through.
 */
import type * as z from 'zod';
import { wordsOfFields } from './meant.ts';

type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue['code']> = Extract<Issue, { code: C }>;
type Path = readonly (string | number)[];

/** One thing that is wrong. */
export interface Finding {
  /** Where, from the value that was checked; ends with the key itself when that is what is wrong. */
  readonly path: Path;
  /** The key is wrong (unknown, misspelt), not what stands under it. */
  readonly isKey: boolean;
  /** Reads on after the field's name: `must be a number`. */
  readonly detail: string;
}

/** Longest detail: a list of a dozen ids. */
const MAX_DETAIL_LENGTH = 300;

/** How the library begins its own messages; all others were written for the contract. */
const LIBRARY_MESSAGE = /^(Invalid|Too (big|small)|Unrecognized)/;

/** Types as the library names them → as a sender knows them. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  nonoptional: 'given',
};

/** Formats that have no message of their own in the contract → what to write instead. */
const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be a time in UTC such as "2026-11-27T09:00:00Z"',
  date: 'must be a date such as "2026-11-27"',
  time: 'must be a time of day such as "09:00:00"',
  url: 'must be a web address',
  email: 'must be an e-mail address',
  uuid: 'must be a UUID',
  safeint: 'must be a whole number',
};

/** Zod does not hand out inputs, which is as it should be; its message tells what was not there. */
function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function count(number: number | bigint, one: string): string {
  return `${number} ${one}${Number(number) === 1 ? '' : 's'}`;
}

/** What a length is counted in; undefined for plain numbers. */
function unitOf(origin: string): string | undefined {
  if (origin === 'string') return 'character';
  if (origin === 'array' || origin === 'set') return 'item';
  if (origin === 'object' || origin === 'record' || origin === 'map') return 'field';
  return undefined;
}

function tooBig({ origin, maximum, inclusive, exact }: IssueOf<'too_big'>): string {
  const unit = unitOf(origin);
  if (unit) return `must have ${exact ? 'exactly' : 'at most'} ${count(maximum, unit)}`;
  return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`;
}

function tooSmall({ origin, minimum, inclusive, exact }: IssueOf<'too_small'>): string {
  const unit = unitOf(origin);
  if (unit && Number(minimum) === 1 && !exact) return 'must not be empty';
  if (unit) return `must have ${exact ? 'exactly' : 'at least'} ${count(minimum, unit)}`;
  return inclusive === false ? `must be greater than ${minimum}` : `must be at least ${minimum}`;
}

function oneOf(values: readonly unknown[]): string {
  if (values.length === 1) return `must be ${JSON.stringify(values[0])}`;
  return `must be one of: ${values.map(String).join(', ')}`;
}

function type(expected: string): string {
  return TYPES[expected] ?? `a ${expected}`;
}

function ownWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue) ? `is required (${issue.expected})` : `must be ${type(issue.expected)}`;
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return 'is none of the allowed kinds';
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'is not allowed';
  }
}

/** An issue as words that read on after the field's name. What the contract itself says is kept. */
function describe(issue: Issue, maxLength = MAX_DETAIL_LENGTH): string {
  const words = LIBRARY_MESSAGE.test(issue.message) ? ownWords(issue) : issue.message;
  return words.slice(0, maxLength);
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

/** The types of a union whose branches only differ in type. */
function typesOf(branches: readonly (readonly Issue[])[]): string | undefined {
  const types = new Set<string>();
  for (const issues of branches) {
    const first = issues[0];
    if (issues.length !== 1 || first?.code !== 'invalid_type' || first.path.length > 0) return undefined;
    types.add(first.expected);
  }
  return types.size > 0 ? [...types].join(', ') : undefined;
}

function unionFindings(issue: IssueOf<'invalid_union'>, path: Path): Finding[] {
  const found = (detail: string): Finding[] => [{ path, isKey: false, detail }];
  const types = typesOf(issue.errors);
  if (types !== undefined) return found(`must be one of: ${types}`);
  const best = issue.errors.toSorted((a, b) => distance(a) - distance(b))[0];
  if (best && best.length > 0) return findings(best, path);
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  const isOurs = !LIBRARY_MESSAGE.test(issue.message);
  return found(options.length > 0 && !isOurs ? oneOf(options) : describe(issue));
}

/**
 * Everything that is wrong, in the order in which it was found.
 *
 * @param issues of a zod error
 * @param base path of the value that was checked, put before the findings' own
 */
export function findings(issues: readonly Issue[], base: Path = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    switch (issue.code) {
      case 'unrecognized_keys': {
        const words = wordsOfFields(describe(issue, Number.POSITIVE_INFINITY));
        return issue.keys.map((key, i) => {
          const detail = (words[i] ?? ownWords(issue)).slice(0, MAX_DETAIL_LENGTH);
          return { path: [...path, key], isKey: true, detail };
        });
      }
      case 'invalid_union':
        return unionFindings(issue, path);
      case 'invalid_key':
        return issue.issues.map((inner) => ({ path, isKey: true, detail: describe(inner) }));
      case 'invalid_element':
        return findings(issue.issues, path);
      default:
        return [{ path, isKey: false, detail: describe(issue) }];
    }
  });
}
