/** Which ordinary answers are logged, and which of those to who asks too often, or for what is not there: one of many, since a line costs as much as a choice, and is paid for by the line. */

/** Of the ordinary answers of decisions and feedback one in so many is logged: a million decisions are 10,000 lines, enough to see rates and times. */
export const LOG_ONE_IN = 100;
/** Most that the variable `LOG_ONE_IN` may ask for: an isolate answers some million requests in its life. */
const MAX_LOG_ONE_IN = 1_000_000;

/**
 * What there may be many of: answers as they should be, refusals of who asks too often, and answers where no endpoint is (404, 405, OPTIONS), which ask for no
 * key. The number of those is the asker's to choose.
 */
export type Many = 'answers' | 'tooMany' | 'nowhere';

const counts: Record<Many, number> = { answers: 0, tooMany: 0, nowhere: 0 };

/** Forgets what was counted, as a new isolate would have it. */
export function forgetSampled(): void {
  counts.answers = 0;
  counts.tooMany = 0;
  counts.nowhere = 0;
}

function oneIn(env: object): number {
  const told = Number((env as { readonly LOG_ONE_IN?: unknown }).LOG_ONE_IN);
  return Number.isInteger(told) && told >= 1 && told <= MAX_LOG_ONE_IN ? told : LOG_ONE_IN;
}

/**
 * Whether this answer is logged: the first of an isolate, then one in {@link LOG_ONE_IN}, or as the variable of that name says.
 *
 * @returns for how many answers it stands; 0 when it is not logged
 */
export function standsFor(env: object, many: Many = 'answers'): number {
  const every = oneIn(env);
  const isLogged = counts[many] % every === 0;
  counts[many] += 1;
  return isLogged ? every : 0;
}
