/** A small application of React's that shows decisions: rendered on a server, hydrated in a browser. */
import { createElement, type ReactElement, StrictMode } from 'react';
import {
  HyperedgeProvider,
  type HyperedgeProviderProps,
  Placement,
  PlacementPart,
} from '../../client-snippet/react/index.ts';

/** Draws a placement by itself: names come as `data`. */
const names = (content: unknown): string => (Array.isArray(content) ? content.join(', ') : 'own names');

/** One placement is there twice, as in a header and a menu. */
export function App(options: HyperedgeProviderProps): ReactElement {
  const hero = { id: 'hero', as: 'a', href: '/own', className: 'hero', style: { display: 'block', height: 100 } };
  return createElement(
    StrictMode,
    null,
    createElement(
      HyperedgeProvider,
      options,
      createElement(Placement, hero, 'own hero'),
      createElement(
        Placement,
        { id: 'banner', as: 'section', title: 'own title' },
        createElement(PlacementPart, { name: 'text', as: 'p' }, 'own text'),
        createElement(PlacementPart, { name: 'action', as: 'a', href: '/own' }, 'own action'),
        createElement(PlacementPart, { name: 'constructor' }, 'own last'),
      ),
      createElement(Placement, { id: 'names', as: 'p', children: names }),
      createElement(Placement, { ...hero, className: 'menu' }, 'own hero'),
    ),
  );
}
