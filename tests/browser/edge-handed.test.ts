/** Pages with a block of decisions of the test's own making: what of it the page takes over, and what it asks for itself. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { browser, double } = await usePages();

let context: BrowserContext;
let errors: string[];
beforeEach(async () => {
  errors = [];
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

async function visit(): Promise<Page> {
  const opened = await context.newPage();
  opened.on('pageerror', (error) => errors.push(error.message));
  await opened.goto(double.pages);
  return opened;
}

const hero = (opened: Page) => opened.locator('[data-hyperedge=edge-hero]');

/** A page as the worker would send it, with a block of its own making. */
const handed = (element: string, block: object, before = '', consent = ''): string =>
  `<!doctype html><html><head><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };${before}</script>
<script async src="${double.api}/edge.js" data-key="pk_test" ${consent} data-timeout-ms="5000"></script></head>
<body>${element}<script type="application/json" id="hyperedge-decisions">${JSON.stringify(block)}</script></body></html>`;
const decision = {
  placement: 'edge-hero',
  outcome: 'campaign',
  campaign: 'c',
  content: { text: 'New', href: '/safe' },
};
const FILLED = '<b data-hyperedge="edge-hero">New<template data-hyperedge-own>own</template></b>';

test('an own address that visitors made up becomes no link when it is given back', async () => {
  double.decisions = { 'edge-hero': { outcome: 'holdout', content: null } };
  const code = ['javascript:hit=1', ' JaVa&#9;script:hit=1', 'data:text/html,x', 'https://[', 'products/1'];
  const links = code.map(
    (own) =>
      `<a data-hyperedge="edge-hero" data-hyperedge-own="href" data-hyperedge-own-href="${own}" href="/safe">x</a>`,
  );
  const block = { consent: 'pending', decisions: [decision] };
  double.html = { '/': handed(links.join(''), block) };
  const opened = await visit();
  await until(async () => (await hero(opened).first().textContent()) === 'New');
  await opened.evaluate(() => hyperedge('consent', 'granted'));
  await until(async () => (await hero(opened).first().textContent()) === 'x');
  const hrefs = await hero(opened).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  expect(hrefs).toEqual([null, null, null, null, 'products/1']);
});

test.each([
  ['has forgotten its visitor', 'reset'],
  ['knows another', 'a1.k1.local.s'],
])('a page that %s asks for itself: the cookie’s visitor is not handed over', async (_, id) => {
  const block = { consent: 'granted', anonymousId: 'a1.k1.cookie.s', decisions: [decision] };
  double.html = { '/': handed(FILLED, block, `localStorage.hyperedge = '${id}';`, 'data-consent="granted"') };
  await visit();
  await until(() => double.received.length > 0);
  expect(double.received[0]).toMatchObject({ endpoint: 'optimize', body: { customer: { anonymousId: id } } });
});

test('what the browser refuses is not stepped over by what the cookie says', async () => {
  const block = { consent: 'granted', anonymousId: 'a1.k1.cookie.s', decisions: [decision] };
  // The document is read when the parts have come.
  const wait = '<script src="/slow.js"></script>';
  double.html = { '/': handed(FILLED + wait, block, "hyperedge('purposes', { ads: false });") };
  double.slowScripts = { '/slow.js': 500 };
  await visit();
  await until(() => double.received.length > 0);
  expect(double.received[0]).toMatchObject({ endpoint: 'optimize', body: { consent: 'pending' } });
});

test.each([
  ['a no', '{ ads: false }', 'own'],
  ['a yes', '{ functional: true, personalization: true, analytics: true, ads: true }', 'New'],
])(
  '%s said before the script is waited for, also where its part comes later than the document',
  async (_, said, shown) => {
    const block = { consent: 'granted', anonymousId: 'a1.k1.cookie.s', decisions: [decision] };
    double.html = { '/': handed(FILLED, block, `hyperedge('purposes', ${said});`) };
    await context.route('**/purposes.js', async (route) => {
      await until(() => double.received.length > 0); // the document is read by then, and asked about
      await route.continue();
    });
    const opened = await visit();
    expect(await until(async () => (await hero(opened).textContent()) === shown)).toBe(true);
    // A yes is answered by what the page came with: nothing is asked twice.
    expect(double.received.map(({ endpoint, body }) => [endpoint, body.consent])).toEqual([['optimize', 'pending']]);
    expect(double.received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);
  },
);
