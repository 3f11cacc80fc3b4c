/** Attacks on a page that is built with the npm client, and on one of React's: the same elements as on the page of a script. */
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from '../../client-snippet/npm/index.ts';
import { HyperedgeProvider, Placement, PlacementPart } from '../../client-snippet/react/index.ts';

interface Given {
  readonly api: string;
  readonly kind: 'npm' | 'react';
  readonly tags: readonly string[];
  readonly count: number;
}

const { api, kind, tags, count }: Given = JSON.parse(document.getElementById('given')?.textContent ?? '{}');
const options = { api, timeoutMs: 5_000 };

/** As `targetOf` writes it into a page. */
const part = (name: string, as: string, more: object = {}) =>
  createElement(PlacementPart, { key: name, name, as, 'data-hyperedge-part': name, ...more } as never);
const parts = () => [
  part('text', 'i'),
  part('html', 'div'),
  part('link', 'a', { href: '#own' }),
  part('image', 'img', { src: '/own.png' }),
];
const placement = (_: unknown, i: number) => {
  const as = tags[i % tags.length] as string;
  return createElement(Placement, { key: i, id: `p${i}`, as }, as === 'img' ? undefined : parts());
};

if (kind === 'npm') start({ key: 'pk_test', ...options });
else
  createRoot(document.getElementById('root') as HTMLElement).render(
    createElement(
      HyperedgeProvider,
      { publishableKey: 'pk_test', ...options } as never,
      Array.from({ length: count }, placement),
    ),
  );
