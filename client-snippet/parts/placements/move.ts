/** Puts an element somewhere else on the page, and back. */
import type { Undo } from './content.ts';

const METHODS = {
  before: 'before',
  after: 'after',
  prepend: 'prepend',
  append: 'append',
  replace: 'replaceWith',
} as const;

/** Where an element would not be shown, or would be read as something else. */
const NO_PLACE = /^(html|head|script|style|title|template|iframe|object|textarea|select|svg|math|meta|link|base)$/;

/**
 * Moves an element to the first that matches `to`; does nothing where there is none, or none that takes it. A comment keeps its
 * place. On the way back it returns there unless somebody has moved it since; when its place is gone, so is the element.
 */
export const move = (element: Element, wish: unknown, undo: Undo): void => {
  const { to, place } = (wish ?? {}) as { to?: unknown; place?: unknown };
  if (typeof to !== 'string' || to.length > 200 || !Object.hasOwn(METHODS, place as string)) return;
  const method = METHODS[place as keyof typeof METHODS];
  let target: Element | null = null;
  try {
    target = document.querySelector(to);
  } catch {} // not a selector
  if (!target || !element.parentNode || element.contains(target) || NO_PLACE.test(target.localName)) return;
  const isInside = /pend$/.test(method);
  if (!isInside && (target === document.body || target.parentElement === document.head)) return;
  if (method === 'replaceWith' && target.contains(element)) return;
  const marker = document.createComment('');
  element.before(marker);
  target[method](element);
  const parent = element.parentNode;
  undo.push(() => {
    if (element.parentNode === parent) {
      if (method === 'replaceWith' && !target.parentNode) element.replaceWith(target);
      if (marker.isConnected) marker.replaceWith(element);
      else element.remove();
    }
    marker.remove();
  });
};
