/** What conditions see of a request: the customer's traits, the request's facts above them, and the clock. */
import { nested } from './nested.ts';
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

/** Everything the runtime itself tells conditions of a request, by its first name. There is nothing else under these names. */
export const REQUEST_FACTS = {
  geo: ['country', 'region', 'city', 'continent', 'timeZone'],
  device: ['type', 'os', 'browser'],
  page: ['host', 'path', 'utm_source', 'utm_medium', 'utm_campaign', 'referrerHost', 'language'],
  time: ['day', 'hour', 'minute', 'zoneKnown', 'zone'],
  customer: ['anonymous'],
} as const;

export type RequestRoot = keyof typeof REQUEST_FACTS;

/** The facts under one first name; a fact that is not known is left out. */
export type FactsOf<Root extends RequestRoot, Value> = {
  readonly [Name in (typeof REQUEST_FACTS)[Root][number]]?: Value;
};

/** First names of paths that belong to the runtime; no declared attribute may be called so. */
export const REQUEST_ROOTS = Object.keys(REQUEST_FACTS) as readonly RequestRoot[];

/** Paths of all {@link REQUEST_FACTS}: `geo.country`. */
export const REQUEST_PATHS: readonly string[] = REQUEST_ROOTS.flatMap((root) =>
  REQUEST_FACTS[root].map((name) => `${root}.${name}`),
);

/** What the runtime always knows. */
type Everything<Root extends RequestRoot> = { readonly [Name in (typeof REQUEST_FACTS)[Root][number]]: unknown };

/**
 * The attributes object: `time.day` (1 Monday … 7 Sunday), `time.hour` (0 … 23), `time.minute` (of the day), `time.zoneKnown`, `time.zone`,
 * `customer.anonymous`, and whatever traits and request bring. Dotted names (`account.tier`) become nested objects.
 */
export function conditionAttributes(facts: RequestFacts): Record<string, unknown> {
  const { day, minute } = localClock(facts.nowMs, facts.timeZone ?? 'UTC');
  const zone = facts.timeZone;
  return {
    ...nested({ ...facts.traits, ...facts.request }),
    // Last and whole, so that no attribute called `time.hour` gets in.
    time: {
      day,
      hour: Math.floor(minute / 60),
      minute,
      zoneKnown: zone !== undefined,
      zone,
    } satisfies Everything<'time'>,
    customer: { anonymous: facts.anonymous } satisfies Everything<'customer'>,
  };
}
