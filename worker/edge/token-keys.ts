/** The keys that sign what the edge hands out: the first signs, all of them verify, so that one can be replaced without a break. */

/** One signing key; `secret` stays as it stands in the configuration (hex text). */
export interface TokenKey {
  readonly kid: string;
  readonly secret: string;
}

/** Keys at a time: the current one, the one before, and room for an emergency. */
const MAX_KEYS = 8;
/** 32 bytes as hex: as strong as the HMAC it feeds. */
const ENTRY = /^([a-z0-9]{1,8}):([0-9a-f]{64,128})$/;

/** The last text and what it says: it only changes with a deployment. */
let parsed: { readonly text: string; readonly keys: readonly TokenKey[] } | undefined;

/** Keys of `kid:hex,kid2:hex`, the signing one first. Throws when there is none or one is malformed: a deployment must not serve then. */
export function tokenKeys(text: string): readonly TokenKey[] {
  if (parsed?.text === text) return parsed.keys;
  const keys = text.split(',').map((entry) => {
    const match = ENTRY.exec(entry.trim());
    if (!match) throw new Error('TOKEN_KEYS must be "kid:hex,…" with 32 bytes or more each');
    return { kid: match[1] as string, secret: match[2] as string };
  });
  if (keys.length > MAX_KEYS) throw new Error(`TOKEN_KEYS holds more than ${MAX_KEYS} keys`);
  parsed = { text, keys };
  return keys;
}

/** The key that signs. */
export function signingKey(text: string): TokenKey {
  return tokenKeys(text)[0] as TokenKey;
}

/** The key of a given id, undefined when it has been withdrawn. */
export function tokenKey(text: string, kid: string): TokenKey | undefined {
  return tokenKeys(text).find((key) => key.kid === kid);
}
