/** Where this worker may fetch from: the internet, and nothing that only it can reach. */
import { ipBytes, isPublicIp } from '../http/ip.ts';

/** Ends of names that only mean something inside of a machine or a network (RFC 6761, 6762, 8375, and what is in use). */
const INSIDE = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private', 'home.arpa'];

/** Whether a host is a public address, or a name that somebody could have bought. */
function isOutside(host: string): boolean {
  if (host.startsWith('[')) {
    const bytes = ipBytes(host.slice(1, -1));
    return bytes !== undefined && isPublicIp(bytes);
  }
  const bytes = ipBytes(host);
  if (bytes) return isPublicIp(bytes);
  const name = host.replace(/\.$/, '');
  return name.includes('.') && !INSIDE.some((end) => name === end || name.endsWith(`.${end}`));
}

/**
 * Whether an address may be fetched: HTTP, no user's name in it, a host on the internet. Addresses are compared as the platform reads them, so other ways
 * to write an IP (octal, one number, IPv4 in IPv6) are the same. What a name leads to is not looked at: from Cloudflare nothing private can be reached by one.
 */
export function mayFetch(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.username === '' && url.password === '' && isOutside(url.hostname);
}

/** Whether this deployment is one on a laptop, whose sites are on it, too: its variable EDGE_LOCAL_ORIGINS is `1`. */
export function mayFetchInside(env: object): boolean {
  return (env as { readonly EDGE_LOCAL_ORIGINS?: unknown }).EDGE_LOCAL_ORIGINS === '1';
}
