/** Which network a request comes from: never stored as it is, never logged. */
import { ipBytes, isPublicIp } from './ip.ts';

/** Bytes of IPv4 that name a network: what one landlord rents out. */
const V4_PREFIX = 3;
/** Of IPv6: a household gets up to a /56, and all of its addresses for nothing. */
const V6_PREFIX = 7;

/**
 * The network as text, a /24 or a /56; undefined where nobody on the internet asks: on a laptop, inside of a network.
 * The address is the platform's word; no client can choose it. Workers of other zones have one in common, `2a06:98c0:3600::103`: a network like any other,
 * for anybody may write such a Worker (developers.cloudflare.com/workers/runtime-apis/headers). One of the same zone chooses it with `x-real-ip`.
 */
export function networkOf(request: Pick<Request, 'headers'>): string | undefined {
  const address = request.headers.get('cf-connecting-ip');
  if (address === null) return undefined;
  const bytes = ipBytes(address);
  // Who has an address that is none shares one network with all others who have.
  if (!bytes) return 'unreadable';
  if (!isPublicIp(bytes)) return undefined;
  return bytes.slice(0, bytes.length === 4 ? V4_PREFIX : V6_PREFIX).join('.');
}
