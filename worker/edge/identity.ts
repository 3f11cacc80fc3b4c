/** Who a customer is: proofs of known ids, and anonymous ids as only this API can make them. */
import { base64Url, fromBase64Url, hexOf, hmac, hmacOf, randomText } from '../../durable-objects/shared/naming.ts';
import { equalInConstantTime, mac } from './mac.ts';
import { signingKey, tokenKey } from './token-keys.ts';

/** The secrets that identities are made from; part of `Env`. */
export interface IdentitySecrets {
  readonly TOKEN_KEYS: string;
  readonly SITE_SECRET_ROOT: string;
}

/** Longest life of a proof: what a page may leak stops working within the hour. */
export const MAX_PROOF_LIFE_SECONDS = 3_600;
/** Signer and reader may disagree about the time by this much before a fresh proof of a full hour is refused. */
const CLOCK_SKEW_SECONDS = 60;

/** The secret with which a site's server signs proofs, hex. A new `version` withdraws the ones before. */
export function siteSecret(secrets: IdentitySecrets, workspaceId: string, siteId: string, version = 1): string {
  return hexOf(hmac(secrets.SITE_SECRET_ROOT, 'site-secret', workspaceId, siteId, String(version)));
}

/** A proof as a site's server makes it: `<exp>.<base64url HMAC-SHA256(site secret, id + "\n" + exp)>`. */
export function makeProof(secret: string, customerId: string, expSeconds: number): string {
  return `${expSeconds}.${base64Url(hmacOf(secret, `${customerId}\n${expSeconds}`))}`;
}

/** Whether a proof is of this customer, signed with this secret, not past and at most an hour ahead. */
export function verifyProof(secret: string, customerId: string, proof: string, nowMs: number): boolean {
  const match = /^(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(proof);
  if (!match) return false;
  const exp = Number(match[1]);
  const nowSeconds = nowMs / 1_000;
  if (exp <= nowSeconds || exp > nowSeconds + MAX_PROOF_LIFE_SECONDS + CLOCK_SKEW_SECONDS) return false;
  const signature = fromBase64Url(match[2] as string);
  if (!signature) return false;
  // Spelled anew: the last letter has two bits that say nothing, and signers may leave anything in them.
  return equalInConstantTime(base64Url(signature), base64Url(hmacOf(secret, `${customerId}\n${match[1]}`)));
}

/** `a1.<kid>.<random>.<mac>`, about 50 characters. */
function signAnonymous(secrets: IdentitySecrets, workspaceId: string, random: string): string {
  const { kid, secret } = signingKey(secrets.TOKEN_KEYS);
  // In one piece, as a decision's id.
  return ['a1', kid, random, mac(secret, 'anonymous', workspaceId, random)].join('.');
}

/** A new anonymous id. */
export function mintAnonymousId(secrets: IdentitySecrets, workspaceId: string): string {
  return signAnonymous(secrets, workspaceId, randomText());
}

/**
 * The anonymous id of a visitor's first request: derived from its `requestId`, so that a retry of it gets the same id. Whoever sends the
 * same requestId is the same visitor: clients must draw it at random.
 */
export function mintAnonymousIdFor(
  secrets: IdentitySecrets,
  workspaceId: string,
  siteId: string,
  requestId: string,
): string {
  const { secret } = signingKey(secrets.TOKEN_KEYS);
  return signAnonymous(secrets, workspaceId, mac(secret, 'anonymous-request', workspaceId, siteId, requestId));
}

/**
 * The anonymous id that follows another: the one a device has once the customer of this object `name` was proved on it, or a stranger's. The same whenever
 * and however often it is made; nobody who has the one before can tell it.
 */
export function anonymousIdAfter(
  secrets: IdentitySecrets & { readonly NAMING_SECRET: string },
  workspaceId: string,
  verifiedId: string,
  name: string,
): string {
  const random = mac(secrets.NAMING_SECRET, 'anonymous-after', workspaceId, verifiedId.split('.')[2] ?? '', name);
  return signAnonymous(secrets, workspaceId, random);
}

/** A verified id under the key that signs now: the visitor stays the same when keys rotate. */
export function resignAnonymousId(secrets: IdentitySecrets, workspaceId: string, verifiedId: string): string {
  const [, kid, random] = verifiedId.split('.');
  return kid === signingKey(secrets.TOKEN_KEYS).kid
    ? verifiedId
    : signAnonymous(secrets, workspaceId, random as string);
}

/** Whether an anonymous id was minted here, for this workspace, with a key that still counts. */
export function verifyAnonymousId(secrets: IdentitySecrets, workspaceId: string, anonymousId: string): boolean {
  const match = /^a1\.([a-z0-9]{1,8})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})$/.exec(anonymousId);
  if (!match) return false;
  const [, kid = '', random = '', given = ''] = match;
  const key = tokenKey(secrets.TOKEN_KEYS, kid);
  if (!key) return false;
  return equalInConstantTime(given, mac(key.secret, 'anonymous', workspaceId, random));
}
