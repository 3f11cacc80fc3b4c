/** The shop's own consent banner. Nothing is stored until it is given, not even that it was refused. */
import { one } from './dom.js';
import { forgetChanges, log } from './panel.js';

/** A cookie of the shop's own, so that a worker that fills its pages (docs/guides/page/edge.md) knows it, too: names of what was allowed. */
const COOKIE = 'northlight';
const MAX_AGE_SECONDS = 31_536_000;
const PURPOSES = ['personalization', 'analytics', 'ads'];
const everything = Object.fromEntries(PURPOSES.map((name) => [name, true]));

/** Purposes that were allowed; undefined before anybody chose. Kept only when something was. */
let choice;
function read() {
  const kept = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${COOKIE}=`));
  if (kept)
    choice ??= Object.fromEntries(
      kept
        .slice(COOKIE.length + 1)
        .split('.')
        .map((name) => [name, true]),
    );
  return choice;
}

export const allowed = () => read() ?? {};

/** `granted` where the shop may choose for this visitor: what the page script's short form says. */
export function consent() {
  const given = read();
  if (!given) return 'pending';
  return given.personalization ? 'granted' : 'denied';
}

function keep() {
  const names = PURPOSES.filter((name) => choice[name]).join('.');
  if (names || document.cookie.includes(COOKIE))
    // biome-ignore lint/suspicious/noDocumentCookie: nothing in it needs escaping, and Firefox ESR has no other way.
    document.cookie = `${COOKIE}=${names}; Path=/; SameSite=Lax; Max-Age=${names ? MAX_AGE_SECONDS : 0}`;
}

/** What the banner's two buttons say. */
export function choose(given) {
  choice = given === 'granted' ? everything : {};
  keep();
  forgetChanges();
  hyperedge('consent', given);
  log(given === 'granted' ? 'Consent given: decided anew' : 'No consent: nothing is stored or reported');
  showConsent();
}

/** What the account's form says, purpose by purpose. */
export function allow(wanted) {
  choice = wanted;
  keep();
  forgetChanges();
  hyperedge('purposes', { functional: true, ...wanted });
  log(`Allowed: ${PURPOSES.filter((name) => wanted[name]).join(', ') || 'nothing more'}`);
  showConsent();
}

/** On a new page: what was chosen before. */
export function repeatChoice() {
  if (consent() !== 'granted') return;
  if (PURPOSES.every((name) => choice[name])) hyperedge('consent', 'granted');
  else hyperedge('purposes', { functional: true, ...choice });
}

export function showConsent() {
  const state = consent();
  one('[data-consent-bar]').hidden = state !== 'pending';
  one('[data-actions]').hidden = state === 'pending';
  one('[data-allow]').hidden = state !== 'denied';
  for (const button of ['[data-new-visitor]', '[data-withdraw]']) one(button).hidden = state !== 'granted';
  one('[data-consent-state]').textContent = {
    pending: 'Consent is pending: decided from this page alone, nothing stored, nothing learned.',
    granted: 'Consent given: what you see and buy decides what the next visitor gets.',
    denied: 'Without consent: decided from this page alone, nothing stored, nothing learned.',
  }[state];
}
