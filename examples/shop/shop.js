/** The demo shop's own code: products, basket, consent, and the panel that shows what was decided. */
const CONSENT_KEY = 'northlight-consent';
const MAX_LOG_LINES = 3; // the panel stays low enough to leave the page above it its words

const products = [
  ['dawn-shell', 'Dawn shell', 'Three layers, 340 grams', 219, 'peach'],
  ['loom-base', 'Loom base layer', 'Merino, 180 g/m²', 79, 'sage'],
  ['hollow-fleece', 'Hollow fleece', 'Recycled, brushed inside', 119, 'sand'],
  ['scree-pack', 'Scree pack 28', 'Carries a long weekend', 139, 'mist'],
  ['ridge-lamp', 'Ridge headlamp', '420 lumens, 48 hours', 59, 'peach'],
  ['tarn-flask', 'Tarn flask', '750 ml, hot for a day', 34, 'mist'],
  ['fell-gloves', 'Fell gloves', 'Merino palms', 45, 'sand'],
  ['peat-socks', 'Peat socks', 'Cushioned, no seams', 19, 'sage'],
].map(([id, name, note, price, tint]) => ({ id, name, note, price, tint }));

const one = (selector, root = document) => root.querySelector(selector);
const euro = (amount) => `${amount} €`;

/** An element with a class, text and children. */
function make(tag, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** A drawing of the page's own sheet. */
function drawing(id) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 160 120');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#${id}`);
  svg.append(use);
  return svg;
}

/* Products and basket */

const basket = new Map();

function productCard({ id, name, note, price, tint }) {
  const button = make('button', {
    type: 'button',
    className: 'add',
    text: 'Add',
    ariaLabel: `Add ${name} to the basket`,
  });
  button.dataset.buy = id;
  return make('li', {
    children: [
      make('div', { className: `art ${tint}`, children: [drawing(id)] }),
      make('h3', { text: name }),
      make('p', { text: note }),
      make('p', { className: 'buy', children: [make('b', { text: euro(price) }), button] }),
    ],
  });
}

const total = () => products.reduce((sum, { id, price }) => sum + price * (basket.get(id) ?? 0), 0);

function showBasket() {
  const lines = products.filter(({ id }) => basket.has(id));
  one('[data-lines]').replaceChildren(
    ...lines.map(({ id, name, price, tint }) =>
      make('li', {
        children: [
          make('div', { className: `art ${tint}`, children: [drawing(id)] }),
          make('span', { text: `${basket.get(id)} × ${name}` }),
          make('b', { text: euro(price * basket.get(id)) }),
        ],
      }),
    ),
  );
  one('[data-count]').textContent = String([...basket.values()].reduce((sum, count) => sum + count, 0));
  one('[data-total]').textContent = euro(total());
  one('[data-purchase]').hidden = lines.length === 0;
  const note = one('[data-thanks]');
  if (lines.length === 0) note.replaceChildren(...emptyNote());
  else note.replaceChildren();
}

const emptyNote = () => [
  drawing('scree-pack'),
  make('h3', { text: 'Nothing in here yet' }),
  make('button', { className: 'button ghost', text: 'See the gear' }), // of a dialog's form: closes it
];

const thanksNote = (orderId, value) => [
  drawing('dawn-shell'),
  make('h3', { text: 'Thank you' }),
  make('p', { text: `Order ${orderId} of ${euro(value)} is on its way to nowhere.` }),
  make('button', { className: 'button', text: 'Back to the shop' }),
];

function order() {
  const value = total();
  const orderId = `N-${Date.now().toString(36).toUpperCase()}`;
  hyperedge('convert', 'purchase', { value, orderId });
  log(
    consent() === 'granted'
      ? `Purchase of ${euro(value)} reported`
      : `Purchase of ${euro(value)}: not reported, no consent`,
  );
  basket.clear();
  showBasket();
  one('[data-thanks]').replaceChildren(...thanksNote(orderId, value));
}

/* Consent: nothing is stored until it is given */

let choice;
function consent() {
  try {
    choice ??= localStorage.getItem(CONSENT_KEY) ?? undefined;
  } catch {}
  return choice ?? 'pending';
}

function choose(given) {
  choice = given;
  changed = [];
  try {
    if (given === 'granted') localStorage.setItem(CONSENT_KEY, given);
    else localStorage.removeItem(CONSENT_KEY);
  } catch {}
  hyperedge('consent', given);
  log(given === 'granted' ? 'Consent given: decided anew' : 'No consent: nothing is stored or reported');
  showConsent();
}

function showConsent() {
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

/* The panel */

const decisions = new Map();
const seen = new Set();

function log(text) {
  const list = one('[data-log]');
  const time = make('time', { text: new Date().toLocaleTimeString('en-GB') });
  const line = make('span', { text });
  list.prepend(make('li', { children: [time, line] }));
  while (list.children.length > MAX_LOG_LINES) list.lastElementChild.remove();
  return line;
}

const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

const WHY_DEFAULT = { recommendation: 'for returning visitors, at most six times a day' };

/** What was decided in a headline, and why or how likely below it. */
function words({ outcome, campaign, arm, propensity, sticky, placement }) {
  if (outcome === 'default')
    return ['The page’s own content', WHY_DEFAULT[placement] ?? 'no campaign wanted this place'];
  if (outcome === 'holdout')
    return [`Held out${campaign ? ` of ${campaign}` : ''}`, 'keeps the page’s own content, to measure the lift'];
  const odds = propensity && `propensity ${percent(propensity.campaign)}\u202f×\u202f${percent(propensity.arm)}`;
  return [`${campaign} · ${arm}`, [odds, sticky && 'kept from before'].filter(Boolean).join(', ')];
}

function stateOf({ token, placement }) {
  if (seen.has(placement)) return make('span', { text: 'seen', className: 'seen' });
  return make('span', { text: token ? 'not seen yet' : 'not counted' });
}

function showDecisions() {
  const rows = [...decisions.values()].map((decision) => {
    const [headline, detail] = words(decision);
    const explained = decision.propensity ? { title: 'P(campaign) × P(arm given campaign)' } : {};
    return make('li', {
      children: [
        make('span', { text: decision.placement }),
        stateOf(decision),
        make('strong', { text: headline }),
        make('span', { text: detail, ...explained }),
      ],
    });
  });
  one('[data-decisions]').replaceChildren(...rows);
  one('[data-status]').textContent = `${decisions.size} made · ${seen.size} seen`;
}

/** Placements whose content consent changed, and the line that tells it. */
let changed = [];
let changedLine;

/** Nothing is stored before consent: neither the draw nor whose it was. So the first one with consent may differ. */
function tellChange(placement) {
  changed.push(placement);
  if (changed.length === 1) changedLine = log('');
  changedLine.textContent = `New draw for ${changed.join(', ')}: without consent it was nobody’s`;
}

function takeDecision(decision) {
  const { placement, arm, campaign } = decision;
  const before = decisions.get(placement);
  if (before?.arm && `${campaign}/${arm}` !== `${before.campaign}/${before.arm}`) tellChange(placement);
  decisions.set(placement, decision);
  seen.delete(placement);
  showDecisions();
}

function takeExposure({ placement }) {
  seen.add(placement);
  showDecisions();
}

/* The recommendation, drawn by the page from the decision's data */

const defaults = Object.fromEntries(
  [...document.querySelectorAll('[data-pick]')].map((element) => [element.dataset.pick, element.textContent]),
);

function showPick(pick) {
  const product = products.find(({ id }) => id === pick?.product);
  const shown = product
    ? {
        ...defaults,
        title: pick.title ?? product.name,
        text: pick.text ?? product.note,
        badge: pick.badge ?? 'Picked for you',
        price: euro(product.price),
      }
    : defaults;
  const id = product?.id ?? 'loom-base';
  for (const name of ['title', 'text', 'badge', 'price']) one(`[data-pick=${name}]`).textContent = shown[name];
  one('[data-pick=art]').setAttribute('href', `#${id}`);
  one('[data-pick=buy]').dataset.buy = id;
}

/* Everything together */

// The end of the page stays reachable above the dock, however high it is.
new ResizeObserver(([{ borderBoxSize }]) => {
  document.body.style.paddingBottom = `${borderBoxSize[0].blockSize}px`;
}).observe(one('[data-dock]'));

one('[data-products]').append(...products.map(productCard));
showBasket();
showConsent();
addEventListener('hyperedge:decision', (event) => takeDecision(event.detail));
addEventListener('hyperedge:exposure', (event) => takeExposure(event.detail));
addEventListener('hyperedge:click', (event) => log(`Click in ${event.detail.placement} reported`));
if (consent() === 'granted') hyperedge('consent', 'granted');
hyperedge('get', 'recommendation', showPick);

document.addEventListener('click', ({ target }) => {
  const buy = target.closest('[data-buy]');
  if (buy) {
    basket.set(buy.dataset.buy, (basket.get(buy.dataset.buy) ?? 0) + 1);
  }
  if (buy || target.closest('[data-open-basket]')) {
    showBasket(); // an order's thanks are for once
    one('[data-basket]').showModal();
  } else if (target === one('[data-basket]')) target.close(); // the backdrop
  if (target.closest('[data-checkout]')) order();
  const given = target.closest('[data-consent-choice]');
  if (given) choose(given.dataset.consentChoice);
  if (target.closest('[data-allow]')) choose('granted');
  if (target.closest('[data-withdraw]')) choose('denied');
  if (target.closest('[data-new-visitor]')) {
    hyperedge('reset');
    location.reload();
  }
});
