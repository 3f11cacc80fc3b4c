/** What surrounds every request: CORS, Server-Timing, a log line. */
import { cookieFor } from '../edge/cookie.ts';
import { answerWith } from './answers.ts';
import type { Call } from './call.ts';
import { log } from './log.ts';
import { type Many, standsFor } from './sampled.ts';

/** Browsers cap what they remember of a preflight themselves; a day is the most that any of them honours. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;
const METHODS = 'GET, POST, PUT, DELETE';

/**
 * Any page may read any answer: what it may do is decided by the key and the site's origins, not by the browser. With its cookie a page may send a
 * request only where the site keeps one, and the origin is one of the site's.
 */
function setCors(response: Response, c: Call): void {
  if (c.origin === undefined) return;
  const { headers } = response;
  headers.set('access-control-allow-origin', c.origin);
  if (cookieFor(c.auth, c.request)) headers.set('access-control-allow-credentials', 'true');
  headers.set('access-control-expose-headers', 'ETag, Server-Timing, Location, Retry-After');
}

/** The answer to OPTIONS, whatever the path. */
export function preflight(): Response {
  return answerWith(null, 204, {
    allow: METHODS,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': 'authorization, content-type, if-match, if-none-match',
    'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
  });
}

/** Of what an answer is one of many. */
function manyOf(c: Call, status: number): Many | undefined {
  if (c.problem === 'rate_limited') return 'tooMany';
  if (c.route === undefined && status < 500) return 'nowhere';
  return c.isFrequent && status < 400 && !c.problem ? 'answers' : undefined;
}

/** Each refusal, each error, each call of an administrator; one in many of ordinary decisions and feedback, of refusals for asking too often, and where no endpoint is. */
function logRequest(c: Call, status: number): void {
  const many = manyOf(c, status);
  const standing = many ? standsFor(c.env, many) : 1;
  if (standing === 0) return;
  log({
    level: status >= 500 ? 'error' : 'info',
    method: c.method,
    route: c.route,
    status,
    ms: Math.round(c.timing.totalMs()),
    workspace: c.auth?.workspaceId,
    problem: c.problem,
    refusals: c.refusals,
    ...(standing > 1 && { standsFor: standing }),
  });
}

/** What is only known once a request is answered, errors, 404 and 405 too. */
export function finish(c: Call, response: Response): void {
  setCors(response, c);
  if (response !== c.timed) response.headers.set('server-timing', c.timing.header());
  logRequest(c, response.status);
}
