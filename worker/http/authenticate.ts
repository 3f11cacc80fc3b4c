/** Who calls: the key of a request, checked. */
import { findKey } from '../edge/keys.ts';
import { siteFacts } from '../edge/site-facts.ts';
import { checkOrigin, checkSecretKeyOrigin } from '../edge/sites.ts';
import type { Auth } from './auth.ts';
import type { Call } from './call.ts';
import { isLater } from './later.ts';
import { type Checked, refused } from './problem.ts';
import { admitKey, admitLookUp, admitNetwork } from './rate.ts';

/** Longest Authorization header that is looked at; a key has about 40 characters. */
const MAX_HEADER_LENGTH = 200;

/** The key in the Authorization header: undefined when there is no such header, a refusal when it is not a bearer key. */
export function headerKey(header: string | undefined): Checked<string | undefined> {
  if (header === undefined) return { ok: true, value: undefined };
  const match = header.length <= MAX_HEADER_LENGTH ? /^Bearer +(\S+)$/i.exec(header) : null;
  const key = match?.[1];
  if (key === undefined) return refused('missing_key', 'The Authorization header must be "Bearer <key>"');
  return { ok: true, value: key };
}

/** Browsers name no origin where a page gets something of its own; they say that it is its own, which no page can say for itself. */
function originOf(c: Call): string | undefined {
  const isOwn = c.method === 'GET' && c.header('sec-fetch-site') === 'same-origin';
  return c.origin ?? (isOwn ? new URL(c.request.url).origin : undefined);
}

/**
 * Checks a key and, for publishable ones, the origin. `need` is what the endpoint takes: any key, or secret ones only. Throws
 * `Unavailable` when the database does not answer and the key is not remembered.
 */
export async function authenticate(c: Call, key: string | undefined, need: 'any' | 'secret'): Promise<Checked<Auth>> {
  const nowMs = c.receivedAtMs;
  const counting = admitNetwork(c.env, c, key, nowMs);
  const network = isLater(counting) ? await counting : counting;
  if (!network.ok) return network;
  if (key === undefined) return refused('missing_key', 'Send "Authorization: Bearer <key>"');
  const done = c.timing.start('key');
  const mayLookUp = () => admitLookUp(c.env, c, nowMs);
  const finding = findKey(c.env.DB, key, nowMs, c.deadline, mayLookUp);
  const facts = isLater(finding) ? await finding : finding;
  done();
  if (!facts) {
    // What only looks like a secret key has not been counted yet.
    const counted = key.startsWith('sk_') ? await admitNetwork(c.env, c, undefined, nowMs) : network;
    return counted.ok ? refused('unknown_key') : counted;
  }
  if (need === 'secret' && facts.type !== 'secret') return refused('secret_key_required');
  const admitted = admitKey(c.env, { keyId: facts.id, keyType: facts.type }, nowMs);
  if (!admitted.ok) return admitted;
  const origin = originOf(c);
  const ofSite = need === 'any' ? siteFacts(c.env, c.ctx, facts, c.receivedAtMs, c.deadline) : undefined;
  const site = isLater(ofSite) ? await ofSite : ofSite;
  const allowed = facts.type === 'secret' ? checkSecretKeyOrigin(origin, c.request.url) : checkOrigin(site, origin);
  if (!allowed.ok) return allowed;
  return {
    ok: true,
    value: { workspaceId: facts.workspaceId, siteId: facts.siteId, keyId: facts.id, keyType: facts.type, site },
  };
}
