/**
 * Placements that the shop draws by itself from the decision's data: a product, a list of products, a letter. Each function shows what
 * was chosen and returns how to take it back.
 */
import products from '../products.json';
import { all, drawing, euro, make, one } from './dom.js';

/** One product, in the words of the campaign. */
export function showPick(place, { product: id, ...words }) {
  const product = products.find((one) => one.id === id);
  const parts = ['title', 'text', 'badge', 'price'].map((name) => one(`[data-pick=${name}]`, place));
  const [art, buy] = [one('[data-pick=art]', place), one('[data-pick=buy]', place)];
  if (!product) return undefined;
  const own = { texts: parts.map((part) => part.textContent), art: art.getAttribute('href'), buy: buy.dataset.buy };
  const show = ({ texts, art: drawn, buy: bought }) => {
    for (const [i, part] of parts.entries()) part.textContent = texts[i];
    art.setAttribute('href', drawn);
    buy.dataset.buy = bought;
  };
  const texts = [words.title ?? product.name, words.text ?? product.note, words.badge ?? 'Picked for you'];
  show({ texts: [...texts, euro(product.price)], art: `/demo/drawings.svg#${id}`, buy: id });
  return () => show(own);
}

const card = ({ id, name, note, price, tint }) => {
  const link = make('a', { href: `/demo/gear/${id}/`, text: name });
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
      make('h3', { children: [link] }),
      make('p', { text: note }),
      make('p', { className: 'buy', children: [make('b', { text: euro(price) }), button] }),
    ],
  });
};

/** A list inside a page: the same three places, filled with what was chosen. */
export function showList(place, { title, products: ids }) {
  const [heading, list] = [one('h2', place), one('ul', place)];
  const own = [heading.textContent, [...list.children]];
  heading.textContent = title;
  const here = one('[data-product]')?.dataset.product;
  const others = ids.filter((id) => id !== here).flatMap((id) => products.filter((product) => product.id === id));
  others.splice(own[1].length); // as many as stood there
  list.replaceChildren(...others.map(card));
  return () => {
    heading.textContent = own[0];
    list.replaceChildren(...own[1]);
  };
}

const LETTER_AFTER_MS = 2_500; // whoever came for the gear has seen it by then

/** A letter lies over the page: a little later, not over the basket, and not again once it was put away. */
let putAway = false;
export function showLetter(place, words) {
  if (putAway) return undefined;
  for (const part of all('[data-letter-part]', place)) part.textContent = words[part.dataset.letterPart] ?? '';
  const timer = setTimeout(() => one('dialog[open]') || place.showModal(), LETTER_AFTER_MS);
  return () => {
    clearTimeout(timer);
    place.close();
  };
}

export function closeLetter() {
  putAway = true;
  one('[data-hyperedge=letter]')?.close();
}
