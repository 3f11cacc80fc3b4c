/** Tells a part that is down for the moment from a bug of ours. */

/** Thrown when a part that is needed (the database, an object) does not answer; becomes 503 `unavailable`. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  /** @param part which part, for the log: `d1`, `publisher`, `customer` … */
  constructor(part: string) {
    super(part);
  }
}

/** Messages of D1 for states that pass; anything else it says is a mistake in our statement. */
const PASSING_D1 =
  /D1_ERROR.*(network|timeout|timed out|reset|overloaded|too many requests|busy|locked|internal error|lost)/i;
/** What the platform says of an object that moved, restarted or was cut off. */
const PASSING_OBJECT =
  /(network connection lost|durable object (reset|storage|is overloaded)|exceeded its .*time|internal error)/i;

/** Whether an error means "try again soon" rather than "this is broken". */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'Unavailable') return true;
  const flags = error as { retryable?: unknown; overloaded?: unknown; durableObjectReset?: unknown };
  if (flags.retryable === true || flags.overloaded === true || flags.durableObjectReset === true) return true;
  return PASSING_D1.test(error.message) || PASSING_OBJECT.test(error.message);
}
