/** What surrounds every request: its time, CORS, security headers, Server-Timing, a log line. */
import type { Context, MiddlewareHandler } from 'hono';
import { cookieFor } from '../edge/cookie.ts';
import type { AppEnv } from './app-env.ts';
import { log } from './log.ts';
import { standsFor } from './sampled.ts';
import { Timing } from './timing.ts';

/** Browsers cap what they remember of a preflight themselves; a day is the most that any of them honours. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;
/** How long a browser that was here asks by HTTPS alone: a year, as the static pages say. */
const HTTPS_ONLY_SECONDS = 31_536_000;
const METHODS = 'GET, POST, PUT, DELETE';

/**
 * Any page may read any answer: what it may do is decided by the key and the site's origins, not by the browser. With its cookie a page may send a
 * request only where the site keeps one, and the origin is one of the site's.
 */
function setCors(headers: Headers, c: Context<AppEnv>): void {
  const origin = c.req.header('origin');
  if (origin === undefined) return;
  headers.set('access-control-allow-origin', origin);
  if (cookieFor(c.get('auth'), c.req.raw)) headers.set('access-control-allow-credentials', 'true');
  headers.set('access-control-expose-headers', 'ETag, Server-Timing, Location, Retry-After');
}

function setSecurity(headers: Headers): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('strict-transport-security', `max-age=${HTTPS_ONLY_SECONDS}`);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
}

function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      allow: METHODS,
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': 'authorization, content-type, if-match, if-none-match',
      'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
    },
  });
}

/** Each refusal, each error, each call of an administrator; of ordinary decisions and feedback one in many. */
function logRequest(c: Context<AppEnv>, status: number): void {
  const isOrdinary = c.get('isFrequent') && status < 400 && !c.get('problem');
  const standing = isOrdinary ? standsFor(c.env) : 1;
  if (standing === 0) return;
  log({
    level: status >= 500 ? 'error' : 'info',
    method: c.req.method,
    route: c.get('route'),
    status,
    ms: Math.round(c.get('timing').totalMs()),
    workspace: c.get('auth')?.workspaceId,
    problem: c.get('problem'),
    refusals: c.get('refusals'),
    ...(standing > 1 && { standsFor: standing }),
  });
}

/**
 * The answer, with headers that may be set. Those of fetch and of objects may not be: they are copied. No other is, for a copy's body is a stream, which costs
 * as much as everything else around a request.
 */
function writable(c: Context<AppEnv>): Response {
  try {
    c.res.headers.append('vary', 'Origin');
  } catch {
    c.res = new Response(c.res.body, c.res);
    c.res.headers.append('vary', 'Origin');
  }
  return c.res;
}

/** The outermost middleware; it sees errors, 404 and 405 too, since those are answers by then. */
export const envelope: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set('receivedAtMs', Date.now());
  c.set('timing', new Timing());
  if (c.req.method === 'OPTIONS') c.res = preflight();
  else await next();
  const { headers, status } = writable(c);
  setCors(headers, c);
  setSecurity(headers);
  headers.set('server-timing', c.get('timing').header());
  logRequest(c, status);
};
