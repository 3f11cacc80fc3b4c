/** ETags of drafts and the headers that carry them (RFC 9110, section 13.1). */
import { ABSENT } from '../../db/queries/write-draft.ts';
import { type Checked, refused } from '../http/problem.ts';

/** The `If-Match` header of a change, undefined when it was not sent. */
export type Precondition = string | undefined;

/** Longest header that is looked at: a list of some tags. */
const MAX_HEADER_LENGTH = 500;

/** The ETag of a version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Whether a header of one or more ETags, or `*`, names this version. `weak` takes `W/"3"` for `"3"`. */
export function namesVersion(header: string, version: number, weak: boolean): boolean {
  if (header.length > MAX_HEADER_LENGTH) return false;
  if (header.trim() === '*') return version !== ABSENT;
  return header
    .split(',')
    .map((tag) => (weak ? tag.trim().replace(/^W\//, '') : tag.trim()))
    .includes(etagOf(version));
}

/**
 * Whether a change may go on from `version` ({@link ABSENT}: there is nothing). `required`: a change of what is there needs the header.
 * That nobody is faster is for the statement that writes.
 */
export function seenVersion(
  precondition: Precondition,
  version: number,
  need: 'required' | 'optional',
): Checked<undefined> {
  if (precondition === undefined) {
    if (version === ABSENT || need === 'optional') return { ok: true, value: undefined };
    return refused('precondition_required', `Send If-Match: ${etagOf(version)} if that is the version you read`);
  }
  if (namesVersion(precondition, version, false)) return { ok: true, value: undefined };
  const detail = version === ABSENT ? 'It does not exist' : `Its ETag is ${etagOf(version)} now`;
  return refused('precondition_failed', detail);
}
