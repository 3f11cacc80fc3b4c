/** Consent pending or denied, with every part loaded and used: nothing is written anywhere, and no request names anybody. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from './browser.ts';
import { shippedModel } from './model-answers.ts';
import { NOTHING_STORED, type Opened, stored } from './page.ts';
import { usePages } from './pages.ts';
import { callsOf, PARTS } from './parts.ts';

const { double, open } = await usePages();

let opened: Opened;

/** All that is not about this visitor's consent itself. */
const LOAD = callsOf(PARTS, {
  events: "{ dwell: [1], scroll: true, forms: { form: 'signup' }, clicks: { '#button': 'signup' } }",
  goal: "'purchase', { value: 3, orderId: 'ORDER' }",
  identity: "'CUSTOMER', () => '9.PROOF'",
  placements: "[{ id: 'side', selector: '#side' }]",
  purposes: '{ functional: true, analytics: true, ads: true }',
});

/** Counts every way to write, before any other script runs. Property names of storage have no setter that could be watched: the object itself is. */
const SPY = `<script>
  window.touched = [];
  const spy = (object, name) => { const own = object[name]; if (own) object[name] = function (...args) { touched.push(name); return own.apply(this, args) } };
  for (const name of ['setItem', 'getItem', 'removeItem', 'clear']) spy(Storage.prototype, name);
  for (const name of ['open', 'deleteDatabase']) spy(IDBFactory.prototype, name);
  for (const name of ['open', 'delete']) spy(CacheStorage.prototype, name);
  for (const name of ['put', 'add', 'addAll']) spy(Cache.prototype, name);
  spy(BroadcastChannel.prototype, 'postMessage');
  if (window.CookieStore) { spy(CookieStore.prototype, 'set'); spy(CookieStore.prototype, 'get') }
  if (navigator.storage) spy(StorageManager.prototype, 'getDirectory');
  for (const name of ['localStorage', 'sessionStorage']) {
    const own = Object.getOwnPropertyDescriptor(window, name);
    Object.defineProperty(window, name, { configurable: true, get() { touched.push(name); return own.get.call(window) } });
  }
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(document, 'cookie', { get() { touched.push('read cookie'); return cookie.get.call(document) }, set(text) { touched.push('cookie'); cookie.set.call(document, text) } });
</script>`;
const BODY = `<div data-hyperedge="hero" style="height:100px">own</div><div id="side" style="height:100px">own</div>
  <button id="button">b</button><form onsubmit="return false"><input name="mail" value="VALUE"><button id="send">s</button></form><p style="height:3000px"></p>`;
/** What an API that has lost its mind may answer: ids and tokens that nobody asked for. */
const ANSWER = JSON.stringify({
  requestId: 'r',
  customer: { anonymousId: 'a1.k1.SECRET.s' },
  decisions: ['hero', 'side'].map((placement) => ({
    placement,
    outcome: 'campaign',
    campaign: 'c',
    arm: 'a',
    decisionId: 'SECRET',
    token: 'ht1.SECRET',
    content: { text: 'shown' },
  })),
});
/** What the page decides itself, from its second question on: the first goes out before the part is here. */
const HERE = { hero: { text: 'decided here' } };
const decidesHere = (page: Page) =>
  page.waitForFunction(() => document.querySelector('div')?.textContent === 'decided here');
const TOOLS =
  'window.told = []; window.dataLayer = []; window.gtag = window.tell = (...values) => told.push(values); window.analytics = { track: tell }; window.posthog = { capture: tell };';
const KNOWN = "hyperedge('identify', 'CUSTOMER', '9.PROOF'); hyperedge('convert', 'signup', { orderId: 'ORDER' });";

interface Sent {
  url: string;
  text: string;
}
/** Everything that leaves the page from now on, with its headers. */
const listen = (page: Page): Sent[] => {
  const sent: Sent[] = [];
  page.on('request', (request) =>
    sent.push({
      url: request.url(),
      text: `${request.url()} ${request.postData() ?? ''} ${JSON.stringify(request.headers())}`,
    }),
  );
  return sent;
};

/** What a visitor does of whom nothing may be kept: looks, clicks, types, scrolls, goes offline, and leaves. */
const use = async (page: Page): Promise<void> => {
  await page.setViewportSize({ width: 1_600, height: 1_000 }); // room beside the overlay of `debug`
  await page.click('div', { position: { x: 10, y: 10 } });
  await page.click('#button');
  await page.click('#send');
  await page.evaluate(() => scrollTo(0, 2_000));
  await page.waitForTimeout(1_700);
  await opened.context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await opened.context.setOffline(false);
  await page.evaluate(() => {
    dispatchEvent(new Event('pageshow'));
    history.pushState(null, '', '/next');
  });
  await page.waitForTimeout(700);
};
/** What lands in either storage from now on, as the browser itself tells it: entries written as properties, too. */
const writes = async (page: Page): Promise<unknown[]> => {
  const cdp = await opened.context.newCDPSession(page);
  const written: unknown[] = [];
  cdp.on('DOMStorage.domStorageItemAdded', (event) => written.push(event));
  cdp.on('DOMStorage.domStorageItemUpdated', (event) => written.push(event));
  await cdp.send('DOMStorage.enable');
  return written;
};
/** Forgetting what may be left of an earlier visit is no write; looking for it is none either. */
const HARMLESS = /^(localStorage|sessionStorage|getItem|removeItem)$/;
const touched = (page: Page) => page.evaluate(() => (window as unknown as { touched: string[] }).touched);
/** What a page may ask of which nobody is named. */
const QUESTION = /^(optimize|device\/bundle|models\/purchase-intent\/(device|files\/\w+)\?key=pk_test)$/;
const requestsToApi = (sent: Sent[]) =>
  sent.filter(({ url }) => url.includes('/v1/')).map(({ url }) => url.replace(/.*\/v1\//, ''));

test.each(['', 'data-consent="denied"'])('%j: no write anywhere, no id in any request, no report', async (script) => {
  double.failures = { optimize: { text: ANSWER } };
  double.onDevice = HERE;
  double.models = { 'purchase-intent': shippedModel('purchase-intent') };
  opened = await open({ head: SPY, body: '<p>empty</p>', path: '/warm', before: '' });
  const { page } = opened;
  const [sent, written] = [listen(page), await writes(page)];
  double.html['/'] = (double.html['/warm'] as string)
    .replace('<p>empty</p>', BODY)
    .replace('data-key="pk_test"', `data-key="pk_test" ${script}`)
    .replace('</script>\n<script async', `${TOOLS}${KNOWN}${LOAD}</script>\n<script async`);
  await page.goto(`${double.pages}/`);
  await until(() => PARTS.every((name) => sent.some(({ url }) => url.endsWith(`/${name}.js`))));
  await page.waitForFunction(() => document.querySelector('div')?.textContent === 'shown');
  await use(page);
  await decidesHere(page);
  expect((await touched(page)).filter((name) => !HARMLESS.test(name))).toEqual([]);
  expect(written).toEqual([]);
  expect(await stored(page)).toEqual(NOTHING_STORED);
  expect(
    sent.map(({ text }) => text).filter((text) => /SECRET|CUSTOMER|PROOF|ORDER|VALUE|"cookie"/.test(text)),
  ).toEqual([]);
  expect(requestsToApi(sent).filter((path) => !QUESTION.test(path))).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as { told: unknown[] }).told)).toEqual([]);
  expect(opened.errors).toEqual([]);
});

test('denied later: what was written is gone, nothing is written from then on, and only the refusal itself names the visitor', async () => {
  double.onDevice = HERE;
  opened = await open({
    head: SPY,
    body: BODY,
    script: 'data-consent="granted"',
    before: TOOLS + LOAD,
  });
  const { page } = opened;
  await until(() => page.evaluate(() => localStorage.hyperedge));
  await page.waitForTimeout(500); // every part has begun
  await page.evaluate(() => history.pushState(null, '', '/asked-again'));
  await decidesHere(page);
  expect(await page.evaluate(() => sessionStorage['hyperedge-device'])).toContain('nonce');
  const written = await writes(page);
  const sent = listen(page);
  await page.evaluate(() => {
    (window as unknown as { told: unknown[] }).told = [];
    hyperedge('consent', 'denied');
  });
  await until(() => requestsToApi(sent).includes('consent'));
  sent.length = 0;
  await use(page);
  await decidesHere(page);
  expect(written).toEqual([]);
  expect(await stored(page)).toEqual(NOTHING_STORED);
  expect(sent.map(({ text }) => text).filter((text) => /a1\.k1|ht1\.|VALUE|"cookie"/.test(text))).toEqual([]);
  expect(requestsToApi(sent).filter((path) => !QUESTION.test(path))).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as { told: unknown[] }).told)).toEqual([]);
});
