/** Leaves the page for the address that a decision names, after what was decided has been reported. */
import type { Core } from '../../lib/core.ts';
import type { Decision } from '../../lib/wire.ts';

/** On the address of a page that was reached by a redirect: it stores nothing, and reaches other origins. Taken off when it is read. */
export const MARK = 'hyperedge_redirected';
const STORED = 'hyperedge:redirected';

const done = new Set<string>();
const sheet = new CSSStyleSheet();
let isLeaving = false;
let wasRedirected = false;

/** Stays after all: another route was taken, or the page came back. */
export const stay = (): void => {
  isLeaving = false;
  sheet.replaceSync('');
};

/** Reads whether this page was reached by a redirect: it does not redirect itself, so there are no loops. For every address anew. */
export const arrive = (): void => {
  const here = new URL(location.href);
  wasRedirected = here.searchParams.has(MARK);
  if (!wasRedirected) return;
  here.searchParams.delete(MARK);
  history.replaceState(history.state, '', here);
};

/**
 * Whether this page was left for another and is here again: a server answered the redirect with this address, and took the mark off. Such a
 * page is its own referrer; where the site's policy names none, browsers with a Navigation API know what was replaced.
 */
const isSentBack = (): boolean => {
  const { from, navigationType } =
    (window as { navigation?: { activation?: Partial<NavigationActivation> } }).navigation?.activation ?? {};
  const plain = (address?: string | null): string | undefined => address?.replace(/#.*/s, '');
  const here = plain(location.href);
  return here === document.referrer || (navigationType === 'replace' && plain(from?.url) === here);
};

/** Gets ready to hide the page; once. */
export const prepare = (): void => {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  addEventListener('pageshow', stay);
  arrive();
  wasRedirected ||= isSentBack();
};

/**
 * The whole address: what it lacks of query and fragment it takes from this page; on another origin the campaign's names (`utm_…`) alone,
 * since what else an address says may be nobody's there. Undefined when it is no address of this origin or a listed one, or the one we are
 * on. Throws on what is no address at all.
 */
export const targetOf = (redirect: unknown, origins: readonly string[]): URL | undefined => {
  if (typeof redirect !== 'string' || !/^(https?:\/\/|\/(?!\/))[^\s\\]*$/i.test(redirect)) return;
  const target = new URL(redirect, location.origin);
  if (target.username || target.password) return;
  if (target.origin !== location.origin && !origins.includes(target.origin)) return;
  const isOurs = target.origin === location.origin;
  const own = new Set(target.searchParams.keys());
  if (isOurs && own.size === 0) target.search = location.search;
  else
    for (const [name, value] of new URLSearchParams(location.search))
      if (!own.has(name) && (isOurs || name.startsWith('utm_'))) target.searchParams.append(name, value);
  if (isOurs) target.hash ||= location.hash;
  const isHere =
    target.origin + target.pathname + target.search === location.origin + location.pathname + location.search;
  return isHere ? undefined : target;
};

/** Whether this decision has already led away in this session. Stored only where the visitor has consented. */
const isRepeated = ({ decisionId }: Decision, mayStore: boolean): boolean => {
  if (!decisionId) return false;
  const wasDone = done.has(decisionId);
  done.add(decisionId);
  if (!mayStore) return wasDone;
  try {
    const isStored = sessionStorage.getItem(STORED) === decisionId;
    sessionStorage.setItem(STORED, decisionId);
    return wasDone || isStored;
  } catch {
    return wasDone; // where storage is forbidden the page itself remembers
  }
};

const report = async ({ $settings: settings }: Core, decision: Decision): Promise<void> => {
  const { token } = decision;
  if (!token) return; // no consent, or a preview: nothing is reported
  dispatchEvent(new CustomEvent('hyperedge:exposure', { detail: decision }));
  const maxWaitMs = 200; // the visitor waits; the request outlives the page anyway
  const body = JSON.stringify({ key: settings.key, events: [{ token, kind: 'exposure' }] });
  const sent = (settings.fetch ?? fetch)(new URL('/v1/feedback', settings.api), {
    method: 'POST',
    body,
    keepalive: true,
  });
  await Promise.race([sent.catch(() => {}), new Promise((resolve) => setTimeout(resolve, maxWaitMs))]);
};

/**
 * Leaves for the redirect of a decision's content: says whether it does. The page is not to be seen until then, at most a second. The
 * exposure is acknowledged before, or 200 ms have passed. Back leads to the page before this one.
 */
export const redirect = (core: Core, decision: Decision, origins: readonly string[]): boolean => {
  const maxHiddenMs = 1_000; // a server slower than that shows what there is
  const wish = (decision.content as { redirect?: unknown } | null)?.redirect;
  if (wish === undefined) return false;
  if (isLeaving) return true;
  const target = targetOf(wish, origins);
  const { $settings: settings } = core;
  if (!target || wasRedirected || isRepeated(decision, settings.consent === 'granted' && !settings.preview))
    return false;
  isLeaving = true;
  sheet.replaceSync(':root{opacity:0!important}');
  setTimeout(() => sheet.replaceSync(''), maxHiddenMs);
  core.$flush(true);
  report(core, decision).then(() => {
    if (!isLeaving) return;
    target.searchParams.set(MARK, '1');
    location.replace(target);
  });
  return true;
};
