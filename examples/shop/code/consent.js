/** The shop's own consent banner. Nothing is stored until it is given, not even that it was refused. */
import { one } from './dom.js';
import { forgetChanges, log } from './panel.js';

const CONSENT_KEY = 'northlight-consent';

let choice;
export function consent() {
  try {
    choice ??= localStorage.getItem(CONSENT_KEY) ?? undefined;
  } catch {}
  return choice ?? 'pending';
}

export function choose(given) {
  choice = given;
  forgetChanges();
  try {
    if (given === 'granted') localStorage.setItem(CONSENT_KEY, given);
    else localStorage.removeItem(CONSENT_KEY);
  } catch {}
  hyperedge('consent', given);
  log(given === 'granted' ? 'Consent given: decided anew' : 'No consent: nothing is stored or reported');
  showConsent();
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
