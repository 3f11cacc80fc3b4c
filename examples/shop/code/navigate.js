/** From page to page without leaving: the next page's words are fetched and put in place, its address is pushed. */
import { state } from './basket.js';
import { one } from './dom.js';

/** A page of this shop, and no other part of the same site. */
const isPage = (link) =>
  link?.origin === location.origin &&
  link.pathname.startsWith('/demo/') &&
  link.pathname.endsWith('/') &&
  !link.target &&
  link.pathname !== location.pathname;

/** Pages of this very shop are taken apart for their words: nothing in them runs. Where Trusted Types are not known there is none to say so to. */
const policy = window.trustedTypes?.createPolicy('northlight', { createHTML: (html) => html });

let arrived = () => {};
/** The latest one wins: an answer that another click overtook is dropped. */
let latest = 0;
/** Path of the page that is in place, or on its way. */
let shown = location.pathname;

async function show(address) {
  latest += 1;
  const mine = latest;
  shown = new URL(address).pathname;
  const response = await fetch(address);
  const html = await response.text();
  const next = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');
  if (mine !== latest) return;
  const main = response.ok && next.querySelector('main');
  if (!main) throw new Error(`${address} is no page of the shop`);
  document.title = next.title;
  one('main').replaceWith(main);
  scrollTo(0, 0);
  // Whoever listens to the page or walks it by keyboard begins at its title.
  const heading = one('h1', main);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  arrived();
}

/** Goes to a page of the shop by its address. */
export async function go(address) {
  try {
    history.pushState(state(), '', address);
    await show(address);
  } catch {
    location.assign(address); // no network for a part of a page: the browser shows what it shows then
  }
}

/** `onArrival` runs for every page that is put in place. */
export function startNavigation(onArrival) {
  arrived = onArrival;
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    const wantsTab = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
    if (wantsTab || event.defaultPrevented || !isPage(link)) return;
    event.preventDefault();
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    void go(link.href);
  });
  addEventListener('popstate', () => {
    if (location.pathname !== shown) void show(location.href).catch(() => location.reload());
  });
}
