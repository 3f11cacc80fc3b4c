/** What is tried on every way in which content reaches a page: one attack in every field there is, and looks at what came of it. */
import type { BrowserContext, Page } from 'playwright-core';
import { ADDRESSES, ATTRIBUTES, MARKUP } from './attacks.ts';
import { MORE_MARKUP, NAMES } from './attacks-markup.ts';
import type { Double } from './double.ts';

/** Whole addresses of images and links elsewhere are content, and no attack. */
const isPlain = (value: string): boolean => /^https:\/\/evil\.example\/x( 1x)?$/.test(value);
/** Every payload once. */
export const VALUES = [
  ...new Set(
    [...MARKUP, ...MORE_MARKUP, ...ADDRESSES, ...NAMES, ...ATTRIBUTES.map(([, value]) => value)].filter(
      (value) => !isPlain(value),
    ),
  ),
];
const NAMES_OF_ATTRIBUTES = [...new Set(ATTRIBUTES.map(([name]) => name)), ...MARKUP.slice(0, 5), ...NAMES];

/** One value in every field there is. */
export function everywhere(value: string): object {
  const part = {
    href: value,
    src: value,
    srcset: value,
    alt: value,
    attributes: Object.fromEntries(
      [...NAMES_OF_ATTRIBUTES, 'title', 'class', 'data-x', 'aria-label', 'role'].map((name) => [name, value]),
    ),
    classes: { add: [value, { toString: value }], remove: [value] },
    onclick: value,
    style: value,
    innerHTML: value,
    srcdoc: value,
  };
  return {
    ...part, // no text or markup, which would take the place of the slots
    parts: { text: { ...part, text: value }, html: { ...part, html: value }, link: part, image: part, [value]: part },
    move: { to: value, place: 'after' },
    redirect: value,
    data: value,
  };
}

/** The slots and roots that a value is put into. */
export const targetOf = (i: number, tag: string): string =>
  tag === 'img'
    ? `<img data-hyperedge="p${i}" src="/own.png">`
    : `<${tag} data-hyperedge="p${i}"><i data-hyperedge-part="text"></i><div data-hyperedge-part="html"></div><a data-hyperedge-part="link" href="#own">x</a><img data-hyperedge-part="image" src="/own.png"></${tag}>`;

/** Notes requests to elsewhere, dialogs, further pages and navigations of a context. */
export function troubleIn(context: BrowserContext, double: Double): string[] {
  const trouble: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(double.pages) && !url.startsWith(double.api) && !url.startsWith('about:'))
      trouble.push(`asked ${url}`);
  });
  context.on('dialog', (dialog) => {
    trouble.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('page', (page) => {
    page.on('framenavigated', (frame) => {
      if (frame.url() !== `${double.pages}/` && frame.url() !== 'about:blank')
        trouble.push(`navigated to ${frame.url()}`);
    });
  });
  return trouble;
}

/** Waits until everything has been decided, wakes every handler there could be, and reads what came of it. */
export async function provoke(page: Page, count: number, where = 'body *'): Promise<object> {
  await page.waitForFunction((all) => {
    const { decided_ = 0 } = window as unknown as { decided_?: number };
    // Markup is shown once its sanitiser is there; the value of an attack that needs none is empty.
    const slots = [...document.querySelectorAll('[data-hyperedge-part=text]')];
    return decided_ >= all && slots.filter(({ textContent }) => !textContent).length <= 1;
  }, count);
  return page.evaluate(async (selector) => {
    const types =
      'click mouseover focus blur error load toggle animationstart transitionend submit input pointerdown keydown'.split(
        ' ',
      );
    addEventListener('click', (event) => event.preventDefault()); // links are looked at below
    const all = [...document.querySelectorAll(selector)];
    for (const element of all)
      for (const type of types) element.dispatchEvent(new Event(type, { cancelable: true, bubbles: true }));
    for (const link of document.querySelectorAll('a')) link.click();
    await new Promise((done) => setTimeout(done, 200));
    const attributes = all.flatMap((element) =>
      [...element.attributes].map(({ name, value }) => ({ name, value, tag: element.localName })),
    );
    // An address that says where it leads is one; another that leads elsewhere, or nowhere on the web, is not.
    const isBadAddress = (value: string) => {
      const { protocol, origin } = new URL(value, location.href);
      return !/^(https?|mailto|tel):$/.test(protocol) || (!/^[a-z]+:/i.test(value) && origin !== location.origin);
    };
    const isBad = ({ name, value }: { name: string; value: string }) =>
      /^(on|style$|srcdoc$|formaction$|action$|ping$|background$|is$|id$|name$|target$|http-equiv$)|:/.test(name) ||
      (name === 'srcset' && /javascript:|data:|evil/.test(value)) ||
      (/^(href|src)$/.test(name) && isBadAddress(value));
    return {
      hit: (window as unknown as { hit?: unknown }).hit,
      attributes: attributes.filter(isBad),
      elements: all
        .map(({ localName }) => localName)
        .filter((name) =>
          /script|style|frame|object|embed|svg|math|form|input|base|meta|link|template|video|audio/.test(name),
        ),
    };
  }, where);
}

/** For a script before all others: counts decisions. */
export const COUNTING =
  "addEventListener('hyperedge:decision', () => { window.decided_ = (window.decided_ || 0) + 1 });";
/** What `provoke` reads from a page that no attack has got into. */
export const QUIET = { hit: undefined, attributes: [], elements: [] };
