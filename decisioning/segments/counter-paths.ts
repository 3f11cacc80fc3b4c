/** The first names of a path that belong to counters; no attribute may be called so. */
export const COUNTER_ROOTS = ['touches', 'outcomes', 'behaviour', 'exposures'] as const;
export type CounterRoot = (typeof COUNTER_ROOTS)[number];
export type CounterMeasure = 'count' | 'value' | 'hoursSinceLast';

/** A parsed counter path. `name` is null for `all`; `windowMs` is 0 for `hoursSinceLast`, which looks back without end. */
export interface Counter {
  readonly root: CounterRoot;
  readonly name: string | null;
  readonly measure: CounterMeasure;
  readonly windowMs: number;
}

export type CounterProblem =
  | 'not_a_counter'
  | 'bad_shape'
  | 'bad_name'
  | 'bad_measure'
  | 'bad_window'
  | 'window_too_long';
export type CounterPathResult =
  | { readonly ok: true; readonly counter: Counter }
  | { readonly ok: false; readonly reason: CounterProblem };

/** Longest window. The customer's history is kept this long. */
export const MAX_COUNTER_WINDOW_MS = 90 * 86_400_000;
/** Longest channel, goal, event or campaign name in a path; ids of the contract are shorter. */
const MAX_NAME_LENGTH = 64;
/** Digits of a window: 90 days are 129,600 minutes, six digits. */
const MAX_WINDOW_DIGITS = 6;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Which measures a root knows. Touches and exposures carry no value; exposures exist per campaign. */
const MEASURES: Readonly<Record<CounterRoot, readonly CounterMeasure[]>> = {
  touches: ['count', 'hoursSinceLast'],
  outcomes: ['count', 'value', 'hoursSinceLast'],
  behaviour: ['count', 'value', 'hoursSinceLast'],
  exposures: ['count'],
};

/** True when the path begins with a counter's root and therefore never names an attribute. */
export function isCounterPath(path: string): boolean {
  const dot = path.indexOf('.');
  return isRoot(dot === -1 ? path : path.slice(0, dot));
}

/**
 * Read a counter path. The grammar:
 *
 * - `touches.<channel|all>.count.<window>`, `touches.<channel|all>.hoursSinceLast`
 * - `outcomes.<goal|all>.count.<window>`, `outcomes.<goal|all>.value.<window>`, `outcomes.<goal|all>.hoursSinceLast`
 * - `behaviour.<event|all>.count.<window>`, `behaviour.<event|all>.value.<window>`, `behaviour.<event|all>.hoursSinceLast`
 * - `exposures.<campaignId>.count.<window>`: touches of that campaign
 *
 * `<window>` is `<n>m`, `<n>h` or `<n>d`, from one minute to 90 days. Names hold only `a-z 0-9 _ -` (campaign ids also
 * `A-Z`), at most 64 characters; `all` is reserved. Values are minor units, hours are fractional.
 *
 * @returns the counter, or why the path is none: `not_a_counter` when it begins with another name
 */
export function parseCounterPath(path: string): CounterPathResult {
  // Five parts are one too many already; the limit keeps a hostile path from being cut into thousands.
  const parts = path.split('.', 5);
  const [root, name, measure, window] = parts;
  if (root === undefined || !isRoot(root)) return { ok: false, reason: 'not_a_counter' };
  if (name === undefined || measure === undefined || parts.length > 4) return { ok: false, reason: 'bad_shape' };
  if (!isName(name, root === 'exposures')) return { ok: false, reason: 'bad_name' };
  if (root === 'exposures' && name === 'all') return { ok: false, reason: 'bad_name' };
  const known = MEASURES[root].find((candidate) => candidate === measure);
  if (known === undefined) return { ok: false, reason: 'bad_measure' };
  const target = name === 'all' ? null : name;
  if (known === 'hoursSinceLast') {
    if (window !== undefined) return { ok: false, reason: 'bad_shape' };
    return { ok: true, counter: { root, name: target, measure: known, windowMs: 0 } };
  }
  if (window === undefined) return { ok: false, reason: 'bad_shape' };
  const windowMs = parseWindow(window);
  if (windowMs === undefined) return { ok: false, reason: 'bad_window' };
  if (windowMs > MAX_COUNTER_WINDOW_MS) return { ok: false, reason: 'window_too_long' };
  return { ok: true, counter: { root, name: target, measure: known, windowMs } };
}

function isRoot(name: string): name is CounterRoot {
  return (COUNTER_ROOTS as readonly string[]).includes(name);
}

function isName(name: string, upperCaseToo: boolean): boolean {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) return false;
  return upperCaseToo ? /^[A-Za-z0-9_-]+$/.test(name) : /^[a-z0-9_-]+$/.test(name);
}

function parseWindow(window: string): number | undefined {
  const digits = window.slice(0, -1);
  const unitMs = UNIT_MS[window.slice(-1)];
  if (unitMs === undefined || digits.length > MAX_WINDOW_DIGITS || !/^[1-9][0-9]*$/.test(digits)) return undefined;
  return Number(digits) * unitMs;
}
