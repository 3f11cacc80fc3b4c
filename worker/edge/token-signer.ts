/** Signs and verifies decision tokens with the live keys. */
import type { TokenSigner } from '../../decisioning/token/token.ts';
import { equalInConstantTime, mac } from './mac.ts';
import { signingKey, tokenKey } from './token-keys.ts';

/** A signer over the keys of `TOKEN_KEYS`: the first signs, all verify. */
export function tokenSigner(secrets: { readonly TOKEN_KEYS: string }): TokenSigner {
  const { kid, secret } = signingKey(secrets.TOKEN_KEYS);
  return {
    keyId: kid,
    sign: async (message) => ({ keyId: kid, mac: await mac(secret, 'decision', message) }),
    verify: async (keyId, message, given) => {
      const key = tokenKey(secrets.TOKEN_KEYS, keyId);
      return key !== undefined && equalInConstantTime(given, await mac(key.secret, 'decision', message));
    },
  };
}
