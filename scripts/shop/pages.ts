/** The demo shop's pages: words of `examples/shop/pages/` in the frame that all share, one page for each kind of gear and each product. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Product {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly price: number;
  readonly tint: string;
  readonly kind: string;
  readonly text: string;
  readonly facts: readonly (readonly [string, string])[];
}

const KINDS: Readonly<Record<string, readonly [title: string, text: string]>> = {
  '': ['All gear', 'Eight things, each the best we know how to make.'],
  shells: ['Shells', 'For weather that has not made up its mind.'],
  layers: ['Layers', 'What you feel first in the morning.'],
  carry: ['Carry and light', 'What goes along.'],
};

/** The kind whose link a campaign may move to the front. */
const FAVOURITE = 'layers';

/** Its link moves others, so the whole row is hidden until that is decided: nobody sees them jump. */
const ROW = ' data-hide=".kinds,[data-hyperedge]"';

/** Products beside one another on a product's page. */
const BESIDE = 3;

const NONCE_BYTES = 18;
/** Filled in by each run of the shop, see scripts/start/assets.ts. */
const KEY = '{{PUBLISHABLE_KEY}}';

type Values = Readonly<Record<string, string>>;
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
const filled = (template: string, values: Values): string =>
  template.replace(/\{\{([A-Z_]+)\}\}/g, (all, name: string) => values[name] ?? all);

const drawing = (id: string): string =>
  `<svg viewBox="0 0 160 120" aria-hidden="true"><use href="/demo/drawings.svg#${id}"/></svg>`;

const card = ({ id, name, note, price, tint }: Product): string => `
  <li><div class="art ${tint}">${drawing(id)}</div><h3><a href="/demo/gear/${id}/">${escaped(name)}</a></h3><p>${escaped(note)}</p>
    <p class="buy"><b>${price} €</b><button class="add" type="button" data-buy="${id}" aria-label="Add ${escaped(name)} to the basket">Add</button></p></li>`;

const kindLinks = (current: string): string =>
  Object.entries(KINDS)
    .map(([kind, [title]]) => {
      const here = kind === current ? ' aria-current="page"' : '';
      const placement = kind === FAVOURITE && !here ? ' data-hyperedge="favourite"' : '';
      return `<a href="/demo/gear/${kind && `${kind}/`}"${here}${placement}>${title}</a>`;
    })
    .join('');

/** @param folder `examples/shop` @param guard the inline queue and flicker guard @returns HTML by path below `demo/`, such as `gear/index.html` */
export function shopPages(folder: string, guard: string): Map<string, string> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const products = JSON.parse(read('products.json')) as Product[];
  const layout = read('layout.html');
  const pages = new Map<string, string>();
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const guarded = (hide = ''): string => `<script nonce="${nonce}"${hide} data-hide-ms="300">${guard}</script>`;
  const frame = { NONCE: nonce, GUARD: guarded() };
  const add = (path: string, file: string, values: Values = {}): void => {
    const [head = '', ...lines] = filled(read(`pages/${file}`), values).split('\n');
    const title = /title: (.*) -->/.exec(head)?.[1] ?? 'Northlight';
    pages.set(
      `${path}index.html`,
      filled(layout, {
        ...frame,
        GUARD: values.GUARD ?? frame.GUARD,
        TITLE: title,
        KEY: values.KEY ?? KEY,
        MAIN: lines.join('\n').trim(),
      }),
    );
  };
  const cards = (some: readonly Product[]): string => some.map(card).join('');
  add('', 'home.html', { CARDS: cards(products) });
  for (const [kind, [title, text]] of Object.entries(KINDS)) {
    const some = products.filter((product) => !kind || product.kind === kind);
    const values = {
      KIND_TITLE: title,
      KIND_TEXT: text,
      KINDS: kindLinks(kind),
      CARDS: cards(some),
      GUARD: guarded(ROW),
    };
    add(`gear/${kind && `${kind}/`}`, 'gear.html', values);
  }
  for (const product of products) add(`gear/${product.id}/`, 'product.html', productValues(product, products, cards));
  for (const page of ['basket', 'account', 'welcome']) add(`${page}/`, `${page}.html`);
  // The part `device` is given the key there: nothing is asked before it is.
  add('finder/', 'finder.html', { KEY: '' });
  return pages;
}

function productValues(
  product: Product,
  products: readonly Product[],
  cards: (some: readonly Product[]) => string,
): Values {
  const others = products.filter(({ id }) => id !== product.id);
  const near = [...others.filter(({ kind }) => kind === product.kind), ...others].slice(0, BESIDE);
  return {
    ID: product.id,
    NAME: escaped(product.name),
    NOTE: escaped(product.note),
    TEXT: escaped(product.text),
    PRICE: String(product.price),
    TINT: product.tint,
    KIND: product.kind,
    KIND_TITLE: KINDS[product.kind]?.[0] ?? '',
    FACTS: product.facts.map(([name, fact]) => `<dt>${escaped(name)}</dt><dd>${escaped(fact)}</dd>`).join(''),
    CARDS: cards([...new Set(near)]),
  };
}
