/** Attacks through every kind of content, attribute and address, markup included: nothing runs, asks elsewhere or leaves the page. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { content } from '../../contract/configuration/content.ts';
import { ADDRESSES, ATTRIBUTES, MARKUP } from './attacks.ts';
import { MORE_MARKUP, NAMES } from './attacks-markup.ts';
import type { Opened } from './page.ts';
import { usePages } from './pages.ts';

const { browser, double, open } = await usePages();

/** Whole addresses of images and links elsewhere are content, and no attack. */
const isPlain = (value: string): boolean => /^https:\/\/evil\.example\/x( 1x)?$/.test(value);
const VALUES = [
  ...new Set(
    [...MARKUP, ...MORE_MARKUP, ...ADDRESSES, ...NAMES, ...ATTRIBUTES.map(([, value]) => value)].filter(
      (value) => !isPlain(value),
    ),
  ),
];
const NAMES_OF_ATTRIBUTES = [...new Set(ATTRIBUTES.map(([name]) => name)), ...MARKUP.slice(0, 5), ...NAMES];

/** One value in every field there is. */
function everywhere(value: string): object {
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
const targetOf = (i: number, tag: string): string =>
  tag === 'img'
    ? `<img data-hyperedge="p${i}" src="/own.png">`
    : `<${tag} data-hyperedge="p${i}"><i data-hyperedge-part="text"></i><div data-hyperedge-part="html"></div><a data-hyperedge-part="link" href="#own">x</a><img data-hyperedge-part="image" src="/own.png"></${tag}>`;

interface Watched extends Opened {
  readonly trouble: string[];
}

/** Shows one content per element, and notes requests to elsewhere, dialogs, further pages and navigations. */
async function show(
  contents: readonly object[],
  tags: readonly string[],
  headers: Record<string, string>,
  without = '',
): Promise<Watched> {
  double.reset();
  double.headers = headers;
  double.decisions = Object.fromEntries(
    contents.map((one, i) => [`p${i}`, { outcome: 'campaign', content: one as never }]),
  );
  const trouble: string[] = [];
  const context = await browser.newContext();
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
  const opened = await open({
    context,
    body: contents.map((_, i) => targetOf(i, tags[i % tags.length] as string)).join(''),
    before: `${without}hyperedge('placements', [], { html: true })`,
    path: '/',
    script: 'data-timeout-ms="2000"',
  });
  return { ...opened, trouble };
}

/** Waits until everything has been decided, wakes every handler there could be, and reads what came of it. */
async function provoke(page: Page, count: number): Promise<object> {
  await page.waitForFunction((all) => {
    const { decided_ = 0 } = window as unknown as { decided_?: number };
    // Markup is shown once its sanitiser is there; the value of an attack that needs none is empty.
    const slots = [...document.querySelectorAll('[data-hyperedge-part=text]')];
    return decided_ >= all && slots.filter(({ textContent }) => !textContent).length <= 1;
  }, count);
  return page.evaluate(async () => {
    const types =
      'click mouseover focus blur error load toggle animationstart transitionend submit input pointerdown keydown'.split(
        ' ',
      );
    addEventListener('click', (event) => event.preventDefault()); // links are looked at below
    const all = [...document.body.querySelectorAll('*')];
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
  });
}

const COUNTING = "addEventListener('hyperedge:decision', () => { window.decided_ = (window.decided_ || 0) + 1 });";
const QUIET = { hit: undefined, attributes: [], elements: [] };
const TRUSTED = {
  'content-security-policy':
    "script-src 'unsafe-inline' http://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types hyperedge",
};

test.each([
  ['without any policy of the page', {}, ['div', 'a', 'img']],
  ['with Trusted Types enforced', TRUSTED, ['section', 'p', 'a']],
])(`${VALUES.length} payloads in every field, of three kinds of elements in turn, %s`, async (_, headers, tags) => {
  expect(VALUES.length).toBeGreaterThanOrEqual(200);
  const contents = VALUES.map(everywhere);
  const { page, context, trouble, errors } = await show(contents, tags, headers, COUNTING);
  expect(await provoke(page, contents.length)).toEqual(QUIET);
  expect(trouble).toEqual([]);
  expect(errors).toEqual([]);
  // It did show what may be shown: otherwise nothing was proved.
  const shown = await page.locator('[data-hyperedge-part=text]').allTextContents();
  expect(shown.filter((text) => text.includes('hit')).length).toBeGreaterThan(100);
  expect(await page.locator('[data-hyperedge-part=html] b, [data-hyperedge-part=html] img').count()).toBeGreaterThan(
    20,
  );
  await context.close();
});

test('every one of them is refused at publish, where it would be more than text', () => {
  const isTaken = (field: object) => content.safeParse(field).success;
  // Entities in a title are its text.
  expect([...MARKUP, ...MORE_MARKUP].filter((html) => /</.test(html) && isTaken({ html }))).toEqual([
    '<b title="&quot;&gt;&lt;img src=x onerror=window.hit=1&gt;">x</b>',
  ]);
  for (const field of ['href', 'src', 'redirect', 'srcset'])
    expect([...ADDRESSES, ...MARKUP].filter((value) => isTaken({ [field]: value }))).toEqual([]);
  const isKept = (name: string, value: string) =>
    Object.hasOwn(content.safeParse({ attributes: { [name]: value } }).data?.attributes ?? {}, name);
  expect(ATTRIBUTES.filter(([name, value]) => isKept(name, value))).toEqual([]);
});
