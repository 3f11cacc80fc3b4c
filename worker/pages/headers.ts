/** Headers of a page that is made for one visitor. */

/** They tell of the page's bytes, or of how long others may keep it. */
const OF_THE_BASE = [
  'etag',
  'last-modified',
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'accept-ranges',
  'age',
  'expires',
  'pragma',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'surrogate-control',
];

/**
 * The origin's headers without what is true of the page as it is only: no cache between here and the visitor may keep it, and nobody is told that
 * they have it already. `no-store` stays what it is; otherwise going back may show the page again, whose decisions are asked for anew when they are old.
 *
 * @param cookie `Set-Cookie` of the visitor's id, where there is one
 */
export function filledHeaders(base: Headers, cookie: string | undefined): Headers {
  const headers = new Headers(base);
  const noStore = /\bno-store\b/i.test(base.get('cache-control') ?? '');
  for (const name of OF_THE_BASE) headers.delete(name);
  headers.set('cache-control', noStore ? 'private, no-store' : 'private, no-cache');
  if (!/(^|,)\s*(\*|cookie)\s*(,|$)/i.test(base.get('vary') ?? '')) headers.append('vary', 'Cookie');
  if (cookie !== undefined) headers.append('set-cookie', cookie);
  return headers;
}
