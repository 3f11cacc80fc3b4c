/** What conditions see of a request: the customer's traits, the request's facts above them, and the clock. */
import { localClock } from './time-zone.ts';

export interface RequestFacts {
  readonly traits: Readonly<Record<string, unknown>>;
  /** `geo`, `device`, `page` and declared attributes; an attribute of the request hides the trait of the same name. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
  /** The customer's zone; `time.*` is UTC without one, and `time.zoneKnown` says so. */
  readonly timeZone: string | undefined;
  readonly anonymous: boolean;
}

/** First names of paths that belong to the runtime; no declared attribute may be called so. */
export const REQUEST_ROOTS = ['geo', 'device', 'page', 'time', 'customer'] as const;

/**
 * The attributes object: `time.day` (1 Monday … 7 Sunday), `time.hour` (0 … 23), `time.minute` (of the day), `time.zoneKnown`, `time.zone`,
 * `customer.anonymous`, and whatever traits and request bring. Dotted names (`account.tier`) become nested objects.
 */
export function conditionAttributes(facts: RequestFacts): Record<string, unknown> {
  const { day, minute } = localClock(facts.nowMs, facts.timeZone ?? 'UTC');
  return {
    ...nested({ ...facts.traits, ...facts.request }),
    // Last and whole, so that no attribute called `time.hour` gets in.
    time: { day, hour: Math.floor(minute / 60), minute, zoneKnown: facts.timeZone !== undefined, zone: facts.timeZone },
    customer: { anonymous: facts.anonymous },
  };
}

/** Expands dotted names; own, plain objects only. */
export function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const parts = name.split('.');
    let at = out;
    for (const part of parts.slice(0, -1)) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      const object = typeof next === 'object' && next !== null && !Array.isArray(next) ? { ...next } : {};
      at[part] = object;
      at = object as Record<string, unknown>;
    }
    at[parts.at(-1) as string] = value;
  }
  return out;
}
