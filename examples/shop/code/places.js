/** Placements that the shop draws by itself, from the decision's data: a product, a list of products, a letter. */
import products from '../products.json';
import { all, drawing, euro, make, one } from './dom.js';

const defaults = new Map();

/** The page's own words, kept before the first decision replaces them. */
function ownWords() {
  const words = Object.fromEntries(all('[data-pick]').map((element) => [element.dataset.pick, element.textContent]));
  if (!defaults.has('pick')) defaults.set('pick', words);
  return defaults.get('pick');
}

function showPick(pick) {
  if (!one('[data-pick]')) return;
  const own = ownWords();
  const product = products.find(({ id }) => id === pick?.product);
  const shown = product
    ? {
        ...own,
        title: pick.title ?? product.name,
        text: pick.text ?? product.note,
        badge: pick.badge ?? 'Picked for you',
        price: euro(product.price),
      }
    : own;
  const id = product?.id ?? 'loom-base';
  for (const name of ['title', 'text', 'badge', 'price']) one(`[data-pick=${name}]`).textContent = shown[name];
  one('[data-pick=art]').setAttribute('href', `/demo/drawings.svg#${id}`);
  one('[data-pick=buy]').dataset.buy = id;
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
function showList(list) {
  const place = one('[data-goes-with]');
  const chosen = (list?.products ?? []).flatMap((id) => products.filter((product) => product.id === id));
  if (!place || chosen.length === 0) return place ?? undefined;
  one('h2', place).textContent = list.title;
  one('ul', place).replaceChildren(...chosen.map(card));
  return place;
}

/** A letter lies over the page: only where a campaign wants it, and not again once it was put away. */
let putAway = false;
function showLetter(letter) {
  const place = one('[data-letter]');
  if (!letter || putAway || !one('.kinds')) {
    place.close();
    return undefined;
  }
  for (const part of all('[data-letter-part]', place)) part.textContent = letter[part.dataset.letterPart] ?? '';
  if (!place.open) place.showModal();
  return place;
}

export function closeLetter() {
  putAway = true;
  one('[data-letter]').close();
}

/** Placements by the element that a page has for them, each asked for once; the letter only comes to the gear. */
const places = [
  ['recommendation', '[data-pick]', showPick],
  ['goes-with', '[data-goes-with]', showList],
  ['letter', '.kinds', showLetter],
];

/** Asks for those that the page of now has a place for. */
export function askForPlaces() {
  for (const place of places.filter(([, selector]) => one(selector))) {
    hyperedge('get', place[0], place[2]);
    places.splice(places.indexOf(place), 1);
  }
}
