/** The way to the site's own server, and what of its answer may be changed. */
import { log } from '../http/log.ts';
import { mayFetch, mayFetchInside } from './outgoing.ts';
import type { EdgeSite } from './sites.ts';

/** Names the hosts for which a request went through here: the way to another of our hosts is no circle. */
const MARK = 'hyperedge-pages';
/** How often a request may come by for one host, and for all: anybody may claim to have been here, and then has the page as it is. */
const MAX_TIMES_HERE = 3;
const MAX_TIMES = 12;
/** RFC 9110, 7.6.1: between two hops only. */
const HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'proxy-authorization',
];
/** Would be answered by "not modified" of the page as it is without us. */
const CONDITIONS = ['if-none-match', 'if-modified-since'];
/** What is decoded on the way. */
const DECODED = ['gzip', 'br'];

const plain = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });

/** Whether a request wants a page to look at: what scripts, images and frames of a page fetch is the site's own business. */
export function wantsPage(request: Request): boolean {
  const { method, headers } = request;
  if ((method !== 'GET' && method !== 'HEAD') || headers.has('upgrade')) return false;
  const destination = headers.get('sec-fetch-dest');
  if (destination !== null) return destination === 'document' || destination === 'iframe';
  const accept = headers.get('accept');
  return accept === null || accept.includes('text/html') || accept.includes('*/*');
}

/** Encodings that the client takes and we can read. */
function readable(accepted: string | null): string {
  const asked = (accepted ?? '').toLowerCase().split(',');
  const known = asked.map((one) => one.trim()).filter((one) => /^(gzip|br)\b/.test(one) && !/;q=0(\.0*)?$/.test(one));
  return known.join(', ') || 'identity';
}

/** What a browser fetches before anybody goes there: whether it is ever looked at, nobody knows. */
export function isAhead({ headers }: Request): boolean {
  const purpose = `${headers.get('sec-purpose')} ${headers.get('purpose')} ${headers.get('x-moz')}`;
  return /\b(prefetch|prerender)\b/i.test(purpose);
}

/** Whether a request brings cookies besides those named: somebody may be signed in by one. */
function bringsOthers(headers: Headers, known: readonly (string | undefined)[]): boolean {
  const names = (headers.get('cookie') ?? '').split(';').map((pair) => pair.split('=')[0]!.trim());
  return names.some((name) => name !== '' && !known.includes(name));
}

/**
 * The request as the origin gets it: its body streams through, addresses of the client stay as the platform tells them.
 *
 * @param page whether its answer is to be filled @param conditional whether the client may be told that it has the page already
 */
export function originRequest(
  request: Request,
  site: EdgeSite | undefined,
  page: boolean,
  conditional: boolean,
): Request {
  const url = new URL(request.url);
  const publicHost = url.host;
  const publicScheme = url.protocol.slice(0, -1);
  const headers = new Headers(request.headers);
  for (const name of HOP) headers.delete(name);
  headers.append(MARK, publicHost);
  if (site?.origin !== undefined) {
    const { protocol, host } = new URL(site.origin);
    url.protocol = protocol;
    url.host = host;
    // A host without a port would keep the one of the address it is put into.
    if (!host.includes(':')) url.port = '';
    headers.set('x-forwarded-host', publicHost);
    headers.set('x-forwarded-proto', publicScheme);
  }
  if (page) {
    if (!conditional) for (const name of CONDITIONS) headers.delete(name);
    headers.set('accept-encoding', readable(headers.get('accept-encoding')));
  }
  // What somebody signed in to sees must never be kept for others. Of cookies those of consent and the visitor's id are known to make no other page.
  const known = [site?.consentCookie?.name, '__Host-hyperedge', 'hyperedge'];
  const keep = site?.cache === true && page && !headers.has('authorization') && !bringsOthers(headers, known);
  return new Request(new Request(url, request), {
    headers,
    redirect: 'manual',
    ...(keep && { cf: { cacheEverything: true } }),
  });
}

/** How often a request says that it was here, and anywhere of ours. */
function times(request: Request): { readonly here: number; readonly anywhere: number } {
  const hosts = (request.headers.get(MARK) ?? '').split(',').map((host) => host.trim());
  const { host } = new URL(request.url);
  return { here: hosts.filter((one) => one === host).length, anywhere: hosts.length };
}

/** Whether a request comes back from here, or says so. */
export function hasBeenHere(request: Request): boolean {
  return times(request).here > 0;
}

/**
 * The origin's answer as it is, its redirects among them: they are the browser's to follow. When there is none, 502 in words, also of an origin
 * that is not on the internet; 508 for a request that goes in circles.
 */
export async function askOrigin(env: object, request: Request, toOrigin: Request): Promise<Response> {
  if (!mayFetch(toOrigin.url) && !mayFetchInside(env)) {
    log({ level: 'error', setting: 'EDGE_SITES origin', flaw: 'malformed' });
    return plain(502, 'The server of this site cannot be reached from here.');
  }
  const { here, anywhere } = times(request);
  if (here >= MAX_TIMES_HERE || anywhere > MAX_TIMES)
    return plain(508, 'This request has been here before: the origin of this site leads back to it.');
  try {
    return await fetch(toOrigin);
  } catch {
    return plain(502, 'The server of this site did not answer.');
  }
}

/** A redirect that names the origin's own host leads to the public one; everything else passes as it is. */
export function publicLocation(response: Response, site: EdgeSite | undefined, request: Request): Response {
  const location = response.headers.get('location');
  if (location === null || site?.origin === undefined || !`${location}/`.startsWith(`${site.origin}/`)) return response;
  const moved = new Response(response.body, response);
  moved.headers.set('location', new URL(request.url).origin + location.slice(site.origin.length));
  return moved;
}

/** Of encodings, those in which markup is ASCII and every other byte is text. */
const CHARSET = /^(utf-?8|us-ascii|iso-8859-\d{1,2}|windows-\d{3,4})$/;

/** Whether an answer is a whole HTML page that its origin allows to be changed. */
export function mayFill({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  if (status !== 200 || type.trim() !== 'text/html') return false;
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find((one) => one);
  if (charset !== undefined && !CHARSET.test(charset)) return false;
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && !DECODED.includes(encoding)) return false;
  if (/^\s*attachment\b/i.test(headers.get('content-disposition') ?? '')) return false;
  return !/\bno-transform\b/i.test(headers.get('cache-control') ?? '');
}
