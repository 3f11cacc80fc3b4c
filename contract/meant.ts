/** What a sender most likely meant by a field or word that the contract does not know. Heard by every schema, once this is loaded. */
import * as z from 'zod';
import { nearestName } from '../decisioning/did-you-mean.ts';

type RawIssue = z.core.$ZodRawIssue;
type RawIssueOf<C extends RawIssue['code']> = Extract<RawIssue, { code: C }>;

/** Between what is said of several unknown fields; a name may hold commas, but no line of its own. */
const SEPARATOR = '\n';
/** Unknown fields of one object that are compared with those that it has: as many as a problem lists. Whoever sends thousands mistyped none. */
const MAX_MEANT_FIELDS = 50;
/** Percentages: a number above is no share that somebody wrote as one. */
const MAX_PERCENT = 100;

/** Names of the fields that the schema has, which only the schema itself can tell. */
function fieldsOf(issue: RawIssueOf<'unrecognized_keys'>): readonly string[] {
  return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
}

function unknownFields(issue: RawIssueOf<'unrecognized_keys'>): string {
  const fields = fieldsOf(issue);
  return issue.keys
    .map((key, i) => {
      const nearest = i < MAX_MEANT_FIELDS ? nearestName(key, fields) : undefined;
      return `is not a known field${nearest === undefined ? '' : `: did you mean "${nearest}"?`}`;
    })
    .join(SEPARATOR);
}

function unknownWord(word: unknown, words: readonly unknown[]): string | undefined {
  if (typeof word !== 'string' || words.length < 2) return undefined;
  const nearest = nearestName(
    word,
    words.filter((each) => typeof each === 'string'),
  );
  return nearest && `must be one of: ${words.join(', ')}. Did you mean "${nearest}"?`;
}

/** The value that chooses the branch of a union. */
function chosen({ discriminator, input }: RawIssueOf<'invalid_union'>): unknown {
  return typeof input === 'object' &&
    input !== null &&
    discriminator !== undefined &&
    Object.hasOwn(input, discriminator)
    ? (input as Readonly<Record<string, unknown>>)[discriminator]
    : undefined;
}

/** A number beyond a limit of at most 1 was most likely meant in percent. */
function percent({ origin, maximum, input }: RawIssueOf<'too_big'>): string | undefined {
  if (origin !== 'number' || !(Number(maximum) <= 1) || typeof input !== 'number' || input > MAX_PERCENT)
    return undefined;
  // Below two it is a share that is too large, and no percentage.
  return input < 2
    ? undefined
    : `must be at most ${maximum}: ${input} % is ${Number((input / MAX_PERCENT).toPrecision(12))}`;
}

function meant(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownFields(issue);
    case 'invalid_value':
      return unknownWord(issue.input, issue.values);
    case 'invalid_union':
      return unknownWord(chosen(issue), 'options' in issue && Array.isArray(issue.options) ? issue.options : []);
    case 'too_big':
      return percent(issue);
    default:
      return undefined;
  }
}

z.config({ customError: meant });

/** What is said of each unknown field of an issue, in their order. Taken apart once: a body of nothing else has thousands. */
export function wordsOfFields(message: string): readonly string[] {
  return message.split(SEPARATOR);
}
