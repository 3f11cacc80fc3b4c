/** What people asked of a root: each request does its work once, also when it comes again after what another one asked since. */

/** Requests whose outcome is kept: people ask a few times a day, and a call is late by seconds. */
export const MAX_ASKED_KEPT = 100;
/** A UUID has 36 characters; twice that leaves room. */
const MAX_REQUEST_LENGTH = 72;

/**
 * Does what a request asks, unless it was done before. Runs inside the caller's transaction.
 *
 * @param requestId drawn by the worker, the same in every attempt; absent from workers of the last release, whose requests are done each time they come
 * @param act does it, and returns its outcome
 * @returns the outcome, of then where it was done before
 * @throws RangeError when `requestId` is no name
 */
export function once<T extends string>(sql: SqlStorage, requestId: string | undefined, act: () => T): T {
  if (requestId === undefined) return act();
  if (typeof requestId !== 'string' || requestId.length === 0 || requestId.length > MAX_REQUEST_LENGTH)
    throw new RangeError('campaign root: requestId is no name');
  const known = sql.exec<{ outcome: T }>('SELECT outcome FROM asked WHERE request_id = ?', requestId).toArray()[0];
  if (known) return known.outcome;
  const outcome = act();
  sql.exec('INSERT INTO asked (request_id, outcome) VALUES (?, ?)', requestId, outcome);
  sql.exec('DELETE FROM asked WHERE id <= (SELECT max(id) FROM asked) - ?', MAX_ASKED_KEPT);
  return outcome;
}
