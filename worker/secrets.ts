/** The deployment's secrets, looked at before anything is done with them. */
import { tokenKeys } from './edge/token-keys.ts';
import { log } from './http/log.ts';
import { Unavailable } from './http/unavailable.ts';

type Secrets = Pick<Env, 'NAMING_SECRET' | 'TOKEN_KEYS' | 'SITE_SECRET_ROOT'>;

/** 32 bytes as hex, or more: as strong as the HMAC it feeds. */
const SECRET_HEX = /^[0-9a-f]{64,512}$/i;

/** What was found in order last: it only changes with a deployment. */
let sound: Secrets | undefined;

const FORMATS: Readonly<Record<keyof Secrets, (value: string) => boolean>> = {
  NAMING_SECRET: (value) => SECRET_HEX.test(value),
  TOKEN_KEYS: areKeys,
  SITE_SECRET_ROOT: (value) => SECRET_HEX.test(value),
};

function areKeys(value: string): boolean {
  try {
    return tokenKeys(value).length > 0;
  } catch {
    return false;
  }
}

/** The first secret that is no good, and what is wrong with it; undefined when all are sound. */
function flawOf(secrets: Secrets): { readonly secret: string; readonly flaw: 'missing' | 'malformed' } | undefined {
  for (const [secret, isSound] of Object.entries(FORMATS)) {
    // Bindings that are missing are undefined whatever their type says.
    const value: unknown = secrets[secret as keyof Secrets];
    if (typeof value !== 'string' || value === '') return { secret, flaw: 'missing' };
    if (!isSound(value)) return { secret, flaw: 'malformed' };
  }
  return undefined;
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
    sound !== undefined &&
    sound.NAMING_SECRET === NAMING_SECRET &&
    sound.TOKEN_KEYS === TOKEN_KEYS &&
    sound.SITE_SECRET_ROOT === SITE_SECRET_ROOT;
  if (seen) return;
  const secrets = { NAMING_SECRET, TOKEN_KEYS, SITE_SECRET_ROOT };
  const flaw = flawOf(secrets);
  if (flaw) {
    // By its name, never its value: whoever deployed it has to know which.
    log({ level: 'error', ...flaw });
    throw new Unavailable('secret');
  }
  sound = secrets;
}
