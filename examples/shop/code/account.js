/** Signing in and out, and what a customer allows. */

import { allow, allowed, consent } from './consent.js';
import { all, one } from './dom.js';
import { log } from './panel.js';
import { closeLetter } from './places.js';

/** Proofs of the demo's customers, which npm start signs every half hour; a real shop's server signs one a session. */
const people = { ada: 'Ada', ben: 'Ben' };
let signedIn;

const signedInWords = () =>
  consent() === 'granted'
    ? `Signed in as ${people[signedIn]}: what the shop knows follows from device to device.`
    : `Signed in as ${people[signedIn]}. Nobody is told: you have not allowed the shop to choose for you.`;

export function showAccount() {
  one('[data-account]').textContent = signedIn ? people[signedIn] : 'Account';
  const line = one('[data-account-state]');
  if (!line) return;
  for (const box of all('[data-purposes] input[name]')) box.checked = allowed()[box.name] === true;
  line.textContent = signedIn ? signedInWords() : 'You are not signed in.';
  one('[data-sign-out]').hidden = !signedIn;
  for (const button of all('[data-sign-in] [value]:not([data-sign-out])')) button.hidden = !!signedIn;
}

async function proofOf(id) {
  const response = await fetch('/demo/proofs.json', { cache: 'no-store' });
  const proofs = response.ok ? await response.json() : {};
  return proofs[id];
}

async function signIn(id) {
  if (!(await proofOf(id))) return log('This copy of the shop has no proofs');
  signedIn = id;
  hyperedge('identity', id, () => proofOf(id)); // asked again when a proof has ended
  log(`Signed in as ${people[id]}`);
  showAccount();
}

function signOut() {
  signedIn = undefined;
  hyperedge('reset');
  log('Signed out: this device has forgotten you');
  showAccount();
}

export function startAccount() {
  // Signed out in another tab: the part `identity` has forgotten the visitor here, too.
  addEventListener('storage', ({ key, newValue }) => {
    const isForgotten = key === 'hyperedge' && (!newValue || newValue === 'reset');
    if (!isForgotten || !signedIn) return;
    signedIn = undefined;
    log('Signed out in another tab');
    showAccount();
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-sign-in], [data-purposes], [data-letter-form]')) return;
    event.preventDefault();
    if (event.target.matches('[data-sign-in]')) {
      if (event.submitter.value) void signIn(event.submitter.value);
      else signOut();
    }
    if (event.target.matches('[data-purposes]'))
      allow(Object.fromEntries(all('input[name]', event.target).map(({ name, checked }) => [name, checked])));
    if (event.target.matches('[data-letter-form]')) {
      log('Asked for letters');
      closeLetter();
    }
  });
}
