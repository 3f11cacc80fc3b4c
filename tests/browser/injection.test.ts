/** Content that tries to be more than text, links and images: nothing of it runs, loads or leaves the site. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADDRESSES, ATTRIBUTES, MARKUP } from './attacks.ts';
import type { Opened } from './page.ts';
import { usePages } from './pages.ts';

// An id that the contract refuses is asked for on purpose.
const { browser, double, open } = await usePages({ requests: false });

let opened: Opened;
let elsewhere: string[];

beforeEach(() => {
  elsewhere = [];
});
afterEach(async () => {
  expect(await opened.page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
  expect(elsewhere).toEqual([]);
});

/** Opens a page whose requests to anywhere but the two servers are noted. */
async function show(body: string): Promise<Page> {
  const context = await browser.newContext();
  context.on('request', (request) => {
    if (![double.pages, double.api].some((origin) => request.url().startsWith(origin))) elsewhere.push(request.url());
  });
  opened = await open({ body: `${body}<p data-hyperedge="last">own</p>`, context });
  await opened.page.waitForFunction(() => document.querySelector('p:last-of-type')?.textContent === 'shown');
  return opened.page;
}

/** Answers one decision per value, in chunks that one request takes, and a last one to wait for. */
function decide(contents: readonly object[]): void {
  double.decisions = Object.fromEntries(contents.map((content, i) => [`p${i}`, { outcome: 'campaign', content }]));
  double.decisions.last = { outcome: 'campaign', content: { text: 'shown' } };
}

test(`${MARKUP.length} kinds of markup as text stay text, in every kind of element`, async () => {
  decide(MARKUP.map((text) => ({ text, parts: { t: { text } } })));
  const tags = ['div', 'a', 'button', 'span', 'textarea', 'h1'];
  const page = await show(
    MARKUP.map((_, i) => `<${tags[i % tags.length]} data-hyperedge="p${i}">own</${tags[i % tags.length]}>`).join(''),
  );
  const shown = await page
    .locator('[data-hyperedge^=p]')
    .evaluateAll((all) => all.map((one) => [one.textContent, one.childElementCount]));
  expect(shown).toEqual(MARKUP.map((text) => [text, 0]));
});

test(`${ADDRESSES.length} addresses become neither a link nor an image, in the placement or its parts`, async () => {
  decide(ADDRESSES.flatMap((url) => [{ href: url }, { src: url }, { parts: { t: { href: url, src: url } } }]));
  const page = await show(
    ADDRESSES.map(
      (_, i) => `<a data-hyperedge="p${3 * i}" href="#own">a</a><img data-hyperedge="p${3 * i + 1}" src="/own.png">
        <div data-hyperedge="p${3 * i + 2}"><a data-hyperedge-part="t" href="#own">b</a><img data-hyperedge-part="t" src="/own.png"></div>`,
    ).join(''),
  );
  const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const images = await page.locator('img').evaluateAll((all) => all.map((one) => one.getAttribute('src')));
  expect(new Set(links)).toEqual(new Set(['#own']));
  expect(new Set(images)).toEqual(new Set(['/own.png']));
  await page.evaluate(() => {
    for (const link of document.querySelectorAll('a')) link.click();
  });
});

test('addresses, even good ones, reach links and images only: nothing that loads code or moves the page', async () => {
  const hosts = [
    'script',
    'iframe',
    'embed',
    'object',
    'link',
    'base',
    'form',
    'video',
    'audio',
    'source',
    'input',
    'div',
    'button',
  ];
  decide(
    hosts.map(() => ({
      href: `${double.pages}/evil`,
      src: `${double.pages}/evil`,
      attributes: { href: '/evil', src: '/evil' },
    })),
  );
  const page = await show(hosts.map((tag, i) => `<${tag} data-hyperedge="p${i}"></${tag}>`).join(''));
  const html = await page.content();
  expect(html).not.toContain('evil');
});

test('the text of scripts and styles, in HTML and SVG, is left alone', async () => {
  decide(Array(3).fill({ text: 'window.hit=1' }));
  const page = await show(
    '<script data-hyperedge="p0"></script><style data-hyperedge="p1"></style><svg><script data-hyperedge="p2"></script></svg>',
  );
  expect(await page.locator('[data-hyperedge^=p]').allTextContents()).toEqual(['', '', '']);
});

test(`${ATTRIBUTES.length} attributes are not set, and harmless ones beside them are`, async () => {
  decide(
    ATTRIBUTES.map(([name, value]) => ({
      attributes: JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)},"title":"ok"}`),
    })),
  );
  const page = await show(ATTRIBUTES.map((_, i) => `<div data-hyperedge="p${i}">own</div>`).join(''));
  const shown = await page.locator('[data-hyperedge^=p]').evaluateAll((all) => all.map((one) => one.outerHTML));
  expect(shown).toEqual(ATTRIBUTES.map((_, i) => `<div data-hyperedge="p${i}" title="ok">own</div>`));
});

test('names from the prototype are no parts, placements or commands', async () => {
  double.failures = {
    optimize: {
      text: '{"customer":{},"decisions":[{"placement":"__proto__","content":{"text":"x"}},{"placement":"hero","outcome":"campaign","content":{"text":"own","__proto__":{"text":"x"},"parts":{"__proto__":{"text":"x"},"constructor":{"text":"x"}}}},{"placement":"last","outcome":"campaign","content":{"text":"shown"}}]}',
    },
  };
  const page = await show(
    '<div data-hyperedge="hero">own</div><div data-hyperedge="constructor"><b data-hyperedge-part="toString">own</b></div>',
  );
  await page.evaluate(() => (hyperedge as unknown as (...call: unknown[]) => void)('__proto__', { hit: 1 }));
  expect(await page.locator('div').allTextContents()).toEqual(['own', 'own']);
  expect(await page.evaluate(() => ({}) as { text?: string }).then(({ text }) => text)).toBeUndefined();
});

test.each([
  ['an image', (at: string) => `<img name="currentScript" src="${at}/x.png" data-api="${at}">`],
  ['a form', (at: string) => `<form name="currentScript" data-api="${at}" data-consent="granted"></form>`],
])('%s of visitors that calls itself the current script loads nothing, and answers nothing', async (_name, named) => {
  decide([]);
  const at = 'https://elsewhere.example';
  double.html['/named'] = `<!doctype html><script>(window.hyperedge = (...call) => hyperedge.q.push(call)).q = [];
    hyperedge('goal')</script>${named(at)}<p data-hyperedge="last">own</p>
    <script defer src="${double.api}/hyperedge.js" data-key="pk_test"></script>`;
  const context = await browser.newContext();
  const page = await context.newPage();
  opened = { page, context, errors: [] };
  page.on('request', (request) => {
    // The image itself is the visitor's own.
    if (request.url().startsWith(at) && !request.url().endsWith('.png')) elsewhere.push(request.url());
  });
  await page.goto(`${double.pages}/named`);
  await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
});

test('a form that calls itself the queue, or the script that is loaded, stops nothing', async () => {
  decide([]);
  double.html['/named'] = `<!doctype html><form id="hyperedge"><input name="q"><input name="loaded"></form>
    <p data-hyperedge="last">own</p><script defer src="${double.api}/hyperedge.js" data-key="pk_test"></script>`;
  const context = await browser.newContext();
  const page = await context.newPage();
  opened = { page, context, errors: [] };
  page.on('pageerror', ({ message }) => elsewhere.push(message));
  await page.goto(`${double.pages}/named`);
  await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
});
