/**
 * The way out for reports. While a page lives they are requests like others; when it is left they go all at once, the weightiest first,
 * by what outlives the page: a beacon or a keepalive request, 60 KB in all, since browsers drop what is beyond 64.
 */
import { options, page } from './options.ts';
import { lapsed } from './seen.ts';

/** Keeps a request's events for a later time; false when it may not. `only`: indexes of those that are meant. */
export type Keep = (path: string, body: string, only?: number[]) => boolean;

interface Leaving {
  url: URL;
  init: RequestInit;
  path: string;
  body: string;
  done: (response: Response | Promise<Response>) => void;
}

let inner: typeof fetch | undefined;
let keep: Keep | undefined;
const leaving: Leaving[] = [];
let isLeaving = false;
let bytesOut = 0;
let requestsOut = 0;

/** The answer to a report that is on its way where no answer comes from, or waits for another time. */
const kept = (): Response => new Response(null, { status: 202 });
const send = (url: URL, init: RequestInit): Promise<Response> => (inner ?? fetch)(url, init);

/** Lets a queue take what cannot be sent now. */
export const keepWith = (keeper: Keep): void => {
  keep = keeper;
};

/** Exposures before goals before behaviour: the first two cannot be had again. */
const weight = ({ body }: Leaving): number =>
  body.includes('"exposure"') ? 0 : body.includes('"token"') ? 1 : body.includes('"goal"') ? 2 : 3;

/**
 * Whether a beacon would name the page's origin, without which the API refuses a web site's reports. A `Referrer-Policy` header cannot
 * be read by a page: where neither the site nor a meta element says so, keepalive is used, which names it under every policy.
 */
const isBeaconNamed = (): boolean => {
  if (!('keepalive' in Request.prototype)) return options.beacon !== false; // nothing else outlives the page here
  const policy = document.querySelector<HTMLMetaElement>('meta[name=referrer]')?.content ?? '';
  return (
    options.beacon ??
    /^(origin|unsafe-url|no-referrer-when-downgrade|(strict-)?origin(-when-cross-origin)?)$/.test(policy)
  );
};

const bytesOf = (body: string): number => new Blob([body]).size;

const alive = async (url: URL, init: RequestInit, bytes: number): Promise<Response> => {
  bytesOut += bytes;
  requestsOut += 1;
  try {
    return await send(url, init);
  } finally {
    if (!isLeaving) {
      bytesOut -= bytes;
      requestsOut -= 1;
    }
  }
};

/** Sends what the last moment of a page has gathered. */
const leave = (): void => {
  const maxBytes = 61_440;
  const maxRequests = 8; // Chromium refuses the tenth of a page
  for (const { url, init, path, body, done } of leaving.splice(0).sort((a, b) => weight(a) - weight(b))) {
    const bytes = bytesOf(body);
    if (bytesOut + bytes > maxBytes || requestsOut >= maxRequests)
      done(keep?.(path, body) ? kept() : send(url, { ...init, keepalive: false }));
    // A beacon would pass by whatever stands between this part and the network: what is refused there must not go out, nor names for tokens.
    else if (!inner && isBeaconNamed() && navigator.sendBeacon?.(url, body)) done(kept());
    else done(alive(url, init, bytes));
  }
};

/** What the API could not take although it answered: nothing of it is lost when it is sent again. */
const keepRefused = async (response: Response, path: string, body: string): Promise<void> => {
  if (response.status >= 500 || response.status === 429) return void keep?.(path, body);
  const { results } = await response.clone().json();
  const only = results
    ?.filter(({ reason }: { reason?: string }) => reason === 'unavailable')
    .map(({ index }: { index: number }) => index);
  if (only?.length) keep?.(path, body, only);
};

const report = async (url: URL, init: RequestInit, path: string): Promise<Response> => {
  const body = init.body as string;
  if (!navigator.onLine && keep?.(path, body)) return kept();
  try {
    const response = await (init.keepalive ? alive(url, init, bytesOf(body)) : send(url, init));
    if (keep) await keepRefused(response, path, body).catch(() => {});
    return response;
  } catch (error) {
    // To a page that is left browsers say that what was under way has failed; it goes on, and needs no second attempt.
    if (init.keepalive && isLeaving) return kept();
    // A keepalive request that fails is followed by an ordinary one: that is the last attempt.
    if (init.keepalive || !keep?.(path, body)) throw error;
    return kept();
  }
};

/**
 * A question whose placements show something that has lapsed. No answer must not leave that in place: it becomes the page's own content.
 */
const askAgain = async (url: URL, init: RequestInit): Promise<Response> => {
  const { placements = [] } = JSON.parse(init.body as string) as { placements?: string[] };
  const mine = placements.filter((id) => lapsed.delete(id));
  try {
    const response = await send(url, init);
    const answer = await response.clone().json();
    if (!mine.length || (response.ok && Array.isArray(answer.decisions))) return response;
  } catch (error) {
    if (!mine.length) throw error;
  }
  return Response.json({ decisions: mine.map((placement) => ({ placement, outcome: 'default', content: null })) });
};

/** Puts itself between the page's requests and whatever carried them before. */
export const watchOutbound = (): void => {
  const { $settings } = page.core;
  inner = $settings.fetch;
  addEventListener(
    'pagehide',
    () => {
      isLeaving = true;
    },
    true,
  );
  addEventListener(
    'pageshow',
    () => {
      isLeaving = false;
      bytesOut = requestsOut = 0;
    },
    true,
  );
  $settings.fetch = (input, init = {}) => {
    const url = new URL(`${input}`);
    const path = url.pathname.replace(/.*\//, '');
    if (path === 'optimize' && lapsed.size) return askAgain(url, init);
    if (!/^(feedback|events)$/.test(path)) return send(url, init);
    if (!init.keepalive || !(isLeaving || document.hidden)) return report(url, init, path);
    if (!leaving.length) queueMicrotask(leave); // the entry hands over all it has in one go
    return new Promise((done) => leaving.push({ url, init, path, body: init.body as string, done }));
  };
};
