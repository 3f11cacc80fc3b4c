/** The demo shop's own code: what every page does, and what a page does once it is there. */
import { showAccount, startAccount } from './account.js';
import { add, order, showBasket } from './basket.js';
import { choose, repeatChoice, showConsent } from './consent.js';
import { one } from './dom.js';
import { showFinder, startFinder } from './finder.js';
import { chooseEngine, lookAtBasket, lookAtPage, startIntent } from './intent.js';
import { go, startNavigation } from './navigate.js';
import { clearPanel, log, startPanel } from './panel.js';
import { startParts } from './parts.js';
import { closeLetter } from './places.js';

/** A page is in place: the first, or one that came by a link. */
function arrive() {
  showBasket();
  showAccount();
  void showFinder();
  lookAtPage();
}

const actions = {
  '[data-buy]': ({ dataset }) => {
    add(dataset.buy);
    openBasket();
  },
  '[data-open-basket]': () => openBasket(),
  '[data-checkout]': () => order(),
  // In the drawer it closes the dialog; on the basket's own page there is none to close.
  '.checkout [data-thanks] button': () => go(new URL('/demo/gear/', location.href).href),
  '[data-consent-choice]': ({ dataset }) => choose(dataset.consentChoice),
  '[data-allow]': () => choose('granted'),
  '[data-withdraw]': () => choose('denied'),
  '[data-engine]': ({ dataset }) => chooseEngine(dataset.engine),
  '[data-hyperedge-dismiss]': () => closeLetter(),
  '[data-new-visitor]': () => {
    hyperedge('reset');
    location.reload();
  },
};

function openBasket() {
  lookAtBasket();
  showBasket(); // an order's thanks are for once
  one('[data-basket]').showModal();
}

document.addEventListener('click', ({ target }) => {
  if (target === one('[data-basket]')) target.close(); // the backdrop
  for (const [selector, act] of Object.entries(actions)) {
    const element = target.closest(selector);
    if (element) act(element);
  }
});

// The end of the page stays reachable above the dock and the question, however high they are.
const [dock, bar] = [one('[data-dock]'), one('[data-consent-bar]')];
const room = new ResizeObserver(() => {
  document.body.style.paddingBottom = `${dock.offsetHeight + bar.offsetHeight}px`;
});
room.observe(dock);
room.observe(bar);

startPanel();
showConsent();
repeatChoice();
startAccount();
startFinder();
startIntent();
startNavigation(() => {
  clearPanel();
  arrive();
});
startParts();
arrive();
addEventListener('hyperedge:click', (event) => log(`Click in ${event.detail.placement} reported`));
