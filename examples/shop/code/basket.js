/**
 * The basket. It lives in the page and in the history's state, which survives a reload and is nothing that a page stores on a device:
 * without consent this shop stores nothing at all.
 */
import products from '../products.json';
import { consent } from './consent.js';
import { all, drawing, euro, make, one } from './dom.js';
import { log } from './panel.js';

let basket = new Map(history.state?.basket ?? []);

const FREE_FROM = 60;
const DELIVERY = 4.9;
const goods = () => products.reduce((sum, { id, price }) => sum + price * (basket.get(id) ?? 0), 0);
const delivery = () => (goods() < FREE_FROM ? DELIVERY : 0);
const total = () => goods() + delivery();

/** What every entry of the history carries. */
export const state = () => ({ basket: [...basket] });

const line = ({ id, name, price, tint }) =>
  make('li', {
    children: [
      make('div', { className: `art ${tint}`, children: [drawing(id)] }),
      make('span', { text: `${basket.get(id)} × ${name}` }),
      make('b', { text: euro(price * basket.get(id)) }),
    ],
  });

/** Shows it wherever the page has a place for it: the drawer, the basket's own page. */
export function showBasket() {
  const lines = products.filter(({ id }) => basket.has(id));
  for (const list of all('[data-lines]')) list.replaceChildren(...lines.map(line));
  for (const sum of all('[data-total]')) sum.textContent = euro(total());
  for (const cost of all('[data-delivery]')) cost.textContent = delivery() ? euro(delivery()) : 'free';
  for (const purchase of all('[data-purchase]')) purchase.hidden = lines.length === 0;
  for (const note of all('[data-thanks]')) note.replaceChildren(...(lines.length === 0 ? emptyNote() : []));
  one('[data-count]').textContent = String([...basket.values()].reduce((sum, count) => sum + count, 0));
}

export function add(id) {
  basket.set(id, (basket.get(id) ?? 0) + 1);
  history.replaceState({ ...history.state, ...state() }, '');
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

export function order() {
  const value = total();
  const orderId = `N-${Date.now().toString(36).toUpperCase()}`;
  hyperedge('convert', 'purchase', { value, orderId });
  log(
    consent() === 'granted'
      ? `Purchase of ${euro(value)} reported`
      : `Purchase of ${euro(value)}: not reported, no consent`,
  );
  basket = new Map();
  history.replaceState({ ...history.state, ...state() }, '');
  showBasket();
  for (const note of all('[data-thanks]')) note.replaceChildren(...thanksNote(orderId, value));
}
