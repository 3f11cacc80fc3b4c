/**
 * `hyperedge('gpc', { refuse })`: what the visitor's browser says for them, by Global Privacy Control (https://www.w3.org/TR/gpc/): no to ads, unless the site
 * reads more in it. Where it says nothing, nothing is said.
 */
import type { Core } from '../lib/core.ts';
import { speak } from './purposes/speak.ts';
import type { Purpose } from './purposes/words.ts';

/** Asks the browser; called again with more to refuse, that counts. */
export const start = (core: Core, { refuse = ['ads'] }: { refuse?: Purpose[] } = {}): void => {
  if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl !== true) return;
  speak(core, 'gpc', Object.fromEntries(refuse.map((purpose) => [purpose, false])));
};
