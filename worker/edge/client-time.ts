/** Client time: taken from secret keys only, for the past day. */
import type { Auth } from '../http/auth.ts';
import type { Checked } from '../http/problem.ts';
import { refused } from '../http/problem.ts';

const MAX_AGE_MS = 86_400_000;
/** Clocks of servers disagree by less. */
const MAX_AHEAD_MS = 60_000;

/** Milliseconds of an `at`, undefined when there is none or the key may not name a time (pages' clocks are not believed). */
export function clientTime(
  auth: Pick<Auth, 'keyType'>,
  at: string | undefined,
  nowMs: number,
  field = '/at',
): Checked<number | undefined> {
  if (at === undefined || auth.keyType !== 'secret') return { ok: true, value: undefined };
  const atMs = Date.parse(at);
  if (atMs >= nowMs - MAX_AGE_MS && atMs <= nowMs + MAX_AHEAD_MS) return { ok: true, value: Math.min(atMs, nowMs) };
  return refused('invalid_request', undefined, [{ field, detail: 'must be within the past 24 hours' }]);
}
