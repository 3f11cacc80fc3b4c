/** What a visitor did in this session, in counts and seconds: on this page, and with consent on those before it. Told nobody. */
import { pageFacts } from '../../../decisioning/page-facts.ts';

/** A page as its site calls it. */
export interface PageKind {
  /** `product`, `account`, `info` … */
  kind?: string;
  /** What views of it are worth to the site, in its currency. */
  value?: number;
}

interface Kept {
  visitor?: 'new' | 'returning';
  pages: number;
  /** Pages and seconds by kind; '' has those of no kind. */
  kinds: Record<string, [pages: number, seconds: number]>;
  /** Values of all pages, where one had some. */
  value?: number;
  counts: Record<string, number>;
}

const NAME = 'hyperedge-session';
/** Says that there was a session before. */
const VISITS = 'hyperedge-visits';
/** Kinds and counters by name: a page in a loop does not fill the storage of its visitor. */
const MAX_SESSION_NAMES = 50;
const NAMES = /^[a-z][a-z\d]{0,31}$/i;

const empty = (): Kept => ({ pages: 0, kinds: {}, counts: {} });
let kept = empty();
let kind = '';
/** Since when the page has been seen, by the page's clock; undefined while it is hidden. */
let seenSince: number | undefined;

const room = (record: object, name: string): boolean =>
  Object.hasOwn(record, name) || (NAMES.test(name) && Object.keys(record).length < MAX_SESSION_NAMES);

/** Pages and seconds of the kind that is looked at. */
const current = (): [pages: number, seconds: number] => {
  // A site's word may be the name of what every object inherits.
  const of: [number, number] = (Object.hasOwn(kept.kinds, kind) && kept.kinds[kind]) || [0, 0];
  kept.kinds[kind] = of;
  return of;
};

/** Takes over the seconds since it last did. */
const tick = (): void => {
  const now = performance.now();
  const of = current();
  if (seenSince !== undefined) of[1] += (now - seenSince) / 1000;
  seenSince = document.visibilityState === 'visible' ? now : undefined;
};

/** Reads what earlier pages kept, where that may be. */
export const resume = (mayStore: boolean): void => {
  if (mayStore)
    try {
      kept = { ...empty(), ...JSON.parse(sessionStorage[NAME]) };
    } catch {} // the first page, or nonsense
  tick();
};

/** Keeps it for the next page, where that may be. */
export const save = (mayStore: boolean): void => {
  tick();
  if (mayStore)
    try {
      kept.visitor ??= localStorage[VISITS] ? 'returning' : 'new';
      localStorage[VISITS] = 1;
      sessionStorage[NAME] = JSON.stringify(kept);
    } catch {} // full, or forbidden
};

/** Takes out of storage what is kept there. */
export const clear = (): void => {
  try {
    sessionStorage.removeItem(NAME);
    localStorage.removeItem(VISITS);
  } catch {} // forbidden: then nothing is kept
};

/** Forgets the session, here; storage is cleared by who takes consent. */
export const forgetSession = (): void => {
  kept = empty();
  kind = '';
};

/** Another page is looked at. */
export const look = ({ kind: next = '', value }: PageKind = {}): void => {
  tick();
  kind = room(kept.kinds, next) ? next : '';
  kept.pages++;
  current()[0]++;
  if (Number.isFinite(value)) kept.value = (kept.value ?? 0) + (value as number);
};

/** Something happened `by` more times. */
export const count = (name: string, by = 1): void => {
  if (room(kept.counts, name) && Number.isFinite(by)) kept.counts[name] = (kept.counts[name] ?? 0) + by;
};

const addressOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** Facts by name, without `session.` before it. */
const factOf = (name: string, now: Date): unknown => {
  const { pages, kinds, counts, value, visitor } = kept;
  const [, of = '', what] = /^(.*)(Pages|Seconds)$/.exec(name) ?? [];
  // Where the site says of no page what it is, none is known to be one of these.
  if (what && NAMES.test(of))
    return Object.keys(kinds).some(Boolean) ? (kinds[of]?.[what === 'Pages' ? 0 : 1] ?? 0) : null;
  switch (name) {
    case 'pages':
      return pages;
    case 'seconds':
      return Object.values(kinds).reduce((sum, [, seconds]) => sum + seconds, 0);
    case 'pageValue':
      return value === undefined ? null : value / pages;
    case 'visitor':
      return visitor ?? null;
    case 'month':
      return ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'][now.getMonth()];
    case 'hour':
      return now.getHours();
    default:
      return Object.hasOwn(counts, name) ? counts[name] : null;
  }
};

/**
 * Answers paths of models: `session.…`, `page.…`, and attributes by their whole path; null for all others.
 *
 * @param attributes the site's own, which stay here
 */
export const resolver = (attributes: Readonly<Record<string, unknown>>): ((path: string) => unknown) => {
  tick();
  const now = new Date();
  const facts: Record<string, unknown> = {
    ...pageFacts(addressOf, { url: location.href, referrer: document.referrer }),
  };
  return (path) => {
    if (Object.hasOwn(attributes, path)) return attributes[path];
    const [root, ...rest] = path.split('.');
    const name = rest.join('.');
    if (root === 'session') return factOf(name, now);
    return root === 'page' && Object.hasOwn(facts, name) ? facts[name] : null;
  };
};
