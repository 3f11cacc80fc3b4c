/**
 * `hyperedge('consent-mode', { map })`: purposes from Google Consent Mode v2, as the page's `dataLayer` has it: what was said before this part came, and
 * what is pushed later (https://developers.google.com/tag-platform/security/guides/consent).
 */
import type { Core } from '../lib/core.ts';
import { speak } from './purposes/speak.ts';
import type { Purpose, Purposes } from './purposes/words.ts';

/** Consent types of Google by purposes of ours; all of them must be granted. */
export type ConsentModeMap = { [name in Purpose]?: string[] };

const MAP: ConsentModeMap = {
  functional: ['functionality_storage'],
  personalization: ['personalization_storage'],
  analytics: ['analytics_storage'],
  ads: ['ad_storage', 'ad_user_data', 'ad_personalization'],
};

interface Type {
  /** Nobody has answered yet. */
  isDefault: boolean;
  isGranted: boolean;
}
const types = new Map<string, Type>();

/** Takes one entry of the data layer; whether it was about consent. */
const take = (entry: unknown): boolean => {
  const [command, action, given] = Array.from((entry ?? []) as ArrayLike<unknown>);
  if (command !== 'consent' || typeof given !== 'object' || !given) return false;
  const isDefault = action === 'default';
  if (!isDefault && action !== 'update') return false;
  for (const [name, state] of Object.entries(given)) {
    if (state !== 'granted' && state !== 'denied') continue;
    const before = types.get(name);
    if (isDefault && before && !before.isDefault) continue; // an answer outlasts defaults
    // A default for a region may be this visitor's or not: it grants nothing, and of several the strictest holds.
    const isStrict = isDefault && (before ? !before.isGranted : 'region' in given);
    types.set(name, { isDefault, isGranted: state === 'granted' && !isStrict });
  }
  return true;
};

/** A default that denies is a question that is still open: nothing is said of it. */
const wordOf = (names: string[]): boolean | undefined => {
  const known = names.map((name) => types.get(name));
  if (known.some((type) => type && !type.isGranted && !type.isDefault)) return false;
  return names.length > 0 && known.every((type) => type?.isGranted) ? true : undefined;
};

let isListening = false;

/** Reads, and listens from then on; called again it changes nothing. */
export const start = (core: Core, options: { map?: ConsentModeMap } = {}): void => {
  if (isListening) return;
  isListening = true;
  const scope = window as unknown as { dataLayer?: unknown[] };
  scope.dataLayer ??= []; // as Google's own snippet begins
  const layer = scope.dataLayer;
  const tell = (): void => {
    const said: Purposes = {};
    for (const [purpose, names] of Object.entries({ ...MAP, ...options.map })) {
      const word = wordOf(names);
      if (word !== undefined) said[purpose as Purpose] = word;
    }
    speak(core, 'consent-mode', said);
  };
  if (layer.map(take).some(Boolean)) tell();
  const push = layer.push;
  layer.push = (...entries) => {
    const length = push.apply(layer, entries);
    if (entries.map(take).some(Boolean)) tell();
    return length;
  };
};
