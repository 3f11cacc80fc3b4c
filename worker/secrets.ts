/** The deployment's secrets, looked at before anything is done with them. */
import { tokenKeys } from './edge/token-keys.ts';
import { Unavailable } from './http/unavailable.ts';

type Secrets = Pick<Env, 'NAMING_SECRET' | 'TOKEN_KEYS' | 'SITE_SECRET_ROOT'>;

/** 32 bytes as hex, or more: as strong as the HMAC it feeds. */
const SECRET_HEX = /^[0-9a-f]{64,512}$/i;

/** What was found in order last: it only changes with a deployment. */
let sound: Secrets | undefined;

function isSound({ NAMING_SECRET, TOKEN_KEYS, SITE_SECRET_ROOT }: Secrets): boolean {
  // Bindings that are missing are undefined whatever their type says.
  if (![NAMING_SECRET, TOKEN_KEYS, SITE_SECRET_ROOT].every((value: unknown) => typeof value === 'string')) return false;
  if (!SECRET_HEX.test(NAMING_SECRET) || !SECRET_HEX.test(SITE_SECRET_ROOT)) return false;
  try {
    return tokenKeys(TOKEN_KEYS).length > 0;
  } catch {
    return false;
  }
}

/**
 * Refuses to work with secrets that are missing, cut short or no secrets at all: with a wrong naming secret every customer would be somebody
 * new, and what was known of them out of reach.
 *
 * @throws Unavailable
 */
export function requireSecrets(env: Env): void {
  const { NAMING_SECRET, TOKEN_KEYS, SITE_SECRET_ROOT } = env;
  const seen =
    sound?.NAMING_SECRET === NAMING_SECRET &&
    sound.TOKEN_KEYS === TOKEN_KEYS &&
    sound.SITE_SECRET_ROOT === SITE_SECRET_ROOT;
  if (seen) return;
  const secrets = { NAMING_SECRET, TOKEN_KEYS, SITE_SECRET_ROOT };
  if (!isSound(secrets)) throw new Unavailable('secret');
  sound = secrets;
}
