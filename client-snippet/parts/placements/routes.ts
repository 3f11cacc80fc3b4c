/** Sees that a page which is never left shows another address. */
import { MARK } from './redirect.ts';

/** A fragment is a place on the page, not another page, unless it is written like a path. The mark of a redirect is none of it. */
const address = (): string =>
  location.pathname +
  location.search.replace(new RegExp(`[?&]${MARK}=1`), '') +
  (/^#!?\//.test(location.hash) ? location.hash : '');

/** Calls `changed` at once when the address has become another one: not for the same one again, nor for a jump on the page. */
export const watchRoutes = (changed: () => void): void => {
  let current = address();
  const check = (): void => {
    const before = current;
    current = address();
    if (current !== before) changed();
  };
  const api = (window as { navigation?: EventTarget }).navigation;
  if (api) {
    api.addEventListener('currententrychange', check);
    return;
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const plain = history[name];
    history[name] = function (this: History, ...values) {
      plain.apply(this, values);
      check();
    };
  }
  addEventListener('popstate', check);
  addEventListener('hashchange', check);
};
