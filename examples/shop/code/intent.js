/** Purchase intent: worked out on the page from what is done on it, and told nobody. Who hesitates reads a word beside the price. */
import { one } from './dom.js';
import { log } from './panel.js';

const MODEL = 'purchase-intent';
let engine = 'hyperedge';
/** Whether decisions on the page were told of scores: once is for all pages. */
let decides = false;

/** What a page is, and what views of it are worth: a shop has such figures from its analytics. */
const PAGES = [
  [/\/basket\//, { kind: 'account', value: 20 }],
  [/\/account\//, { kind: 'account', value: 1 }],
  [/\/(finder|welcome)\//, { kind: 'info', value: 0.5 }],
  [/\/gear\/[\w-]+\//, { kind: 'product', value: 1 }],
  [/\/gear\//, { kind: 'product', value: 0.5 }],
];
const pageOf = () => PAGES.find(([path]) => path.test(location.pathname))?.[1] ?? { kind: 'info', value: 0 };

/** Another page is in place. On those with a place for it, decisions on the page begin with the first score. */
export function lookAtPage() {
  const starts = one('[data-nudge]') && !decides;
  if (starts) decides = true;
  // The finder's page has the key at its slider.
  const key = one('[data-key]')?.dataset.key;
  hyperedge('score', { key, models: [MODEL], page: pageOf(), ...(starts && { device: {} }) });
}

/** The basket is opened: a look at what is in it. */
export const lookAtBasket = () => hyperedge('score', { page: { kind: 'account', value: 20 } });

/** The word's place is marked when there is a score to decide it by, and who decides by it. It has a word of its own before. */
function markNudge() {
  const place = one('[data-nudge]');
  if (place) place.dataset.hyperedge = 'nudge';
}

const WORDS = ['only looking', 'hesitant', 'hesitant', 'likely to buy', 'about to buy'];
const of = (count, name) => `${count} ${name}${count === 1 ? '' : 's'}`;

function show({ outputs, bucket, inputs, engine: by, ms }) {
  const share = outputs.probability;
  const text = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const pages = inputs['product-pages'] + inputs['account-pages'] + inputs['info-pages'];
  const seconds = inputs['product-time'] + inputs['account-time'] + inputs['info-time'];
  one('[data-intent]').hidden = false;
  for (const place of ['[data-intent-short]', '[data-intent-score]']) one(place).textContent = text;
  one('[data-intent-bar]').style.width = `${share * 100}%`;
  one('[data-intent-words]').textContent = WORDS[bucket];
  one('[data-intent-from]').textContent =
    `From ${of(pages, 'page')} and ${of(Math.round(seconds), 'second')}, here in ${ms < 1 ? 'less than 1' : Math.round(ms)} ms. Told nobody.`;
  if (by !== engine) return;
  for (const button of document.querySelectorAll('[data-engine]'))
    button.setAttribute('aria-pressed', String(button.dataset.engine === by));
}

/** The same file, the same score: only who works it out changes. */
export function chooseEngine(wanted) {
  engine = wanted;
  log(`Scored by ${wanted === 'hyperedge' ? 'Hyperedge’s evaluator' : 'onnxruntime-web'} from now on`);
  hyperedge('score', { models: [MODEL], engine });
}

export function startIntent() {
  addEventListener('hyperedge:score', ({ detail }) => {
    show(detail);
    if (detail.told) markNudge();
  });
}
