/**
 * `hyperedge('purposes', { functional, personalization, analytics, ads })`: consent by purpose. The site, banners and the browser each have a word of their
 * own, and a no wins. Personalization decides what `consent` says; what else is refused is told with every request, and what is taken back to the
 * server.
 */
import type { Core } from '../lib/core.ts';
import { narrowRequests } from './purposes/requests.ts';
import { all, PURPOSES, type Purpose, type Purposes, read, together } from './purposes/words.ts';

const words = new Map<string, Purposes>();
let said: Purposes = {};
/** Purposes that were refused while this page was open: taking that back is a decision, too. */
const refusedHere = new Set<Purpose>();
/** What the server will hear when it is known of whom: a refusal has the page forget who its visitor is. */
let owed: Purposes = {};
let core: Core | undefined;
let following = false;

/** What there is consent beside, and nobody's yes. */
const refused = (): Purposes =>
  core?.$settings.consent === 'granted'
    ? Object.fromEntries((['analytics', 'ads'] as const).filter((name) => !said[name]).map((name) => [name, false]))
    : {};

/** One request that outlives the page, and an ordinary one if it fails. Nothing may be kept to try it later. */
const tell = ({ $settings }: Core, customer: object | undefined): void => {
  if (!customer || !Object.keys(owed).length) return;
  const options = { method: 'POST', body: JSON.stringify({ key: $settings.key, customer, purposes: owed }) };
  owed = {};
  const url = new URL('/v1/consent', $settings.api);
  const send = $settings.fetch ?? fetch;
  send(url, { ...options, keepalive: true })
    .then(({ status }) => status < 500 || Promise.reject())
    .catch(() => send(url, options))
    .catch(() => {});
};

/** What changed for the server: what was given and is refused, and what was refused here and is given. */
const owe = (before: Purposes): void => {
  for (const purpose of PURPOSES) {
    const is = said[purpose];
    if (is === false) refusedHere.add(purpose);
    if (is === false ? before[purpose] : is && refusedHere.delete(purpose)) owed[purpose] = is === true;
  }
};

/** Does what follows from the words as they stand now. */
const follow = (page: Core): void => {
  const { $settings, $commands } = page;
  const before = said;
  said = together(words.values());
  if (JSON.stringify(before) === JSON.stringify(said)) return;
  const { personalization } = said;
  const given = personalization === undefined ? 'pending' : personalization ? 'granted' : 'denied';
  const customer = page.$customer();
  $settings.purposes = said;
  owe(before);
  following = true;
  try {
    if (given !== $settings.consent) $commands.consent?.(given as never);
    else if (given === 'granted' && !before.ads !== !said.ads) {
      page.$restart();
      page.$plan();
    }
  } catch {} // where storage is forbidden it throws when all is done
  following = false;
  tell(page, customer ?? page.$customer());
  // Nobody was known, and nobody is to be told of.
  if (given !== 'granted') owed = {};
  dispatchEvent(new CustomEvent('hyperedge:purposes', { detail: { ...said } }));
};

/** From here on `consent` with one word is the site's for all purposes, and who is named hears what is owed. */
const begin = (page: Core): void => {
  const { $commands, $settings } = page;
  const { consent, identify, init } = $commands as Record<string, (...values: unknown[]) => void>;
  const given = $settings.consent;
  if (given !== 'pending') words.set('site', all(given === 'granted'));
  said = together(words.values());
  $settings.purposes = said;
  $commands.consent = (word: string) => {
    // Other parts may stand before this one and must see what is done: so what follows from the words comes through the same door.
    if (following) return consent?.(word);
    if (word === 'pending') words.delete('site');
    else words.set('site', all(word === 'granted'));
    follow(page);
  };
  // A word among the settings is no way round a no.
  $commands.init = ({ consent: word, ...options }: { consent?: string }) => {
    init?.(options);
    if (word) $commands.consent?.(word as never);
  };
  $commands.identify = (...values: unknown[]) => {
    identify?.(...values);
    tell(page, page.$customer());
  };
  narrowRequests($settings, refused);
};

/**
 * Says something of purposes.
 *
 * @param source whose word it is; the site's own unless told. What a source said before of purposes that it does not name stays.
 */
export const start = (page: Core, purposes?: unknown, source = 'site'): void => {
  if (!core) begin(page);
  core = page;
  words.set(source, { ...words.get(source), ...read(purposes) });
  follow(page);
};
