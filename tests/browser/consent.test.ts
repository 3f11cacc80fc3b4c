/** Before consent, and without it: nothing stored anywhere, no id in any request, nothing reported. */
import { expect, test } from 'vitest';
import { until } from './browser.ts';
import { NOTHING_STORED, type Opened, stored } from './page.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

let opened: Opened;

/** Counts every way to write, and every look at what was written. */
const SPY = `<script>
  window.touched = [];
  const spy = (object, name) => { const own = object[name]; object[name] = function (...args) { touched.push(name); return own.apply(this, args) } };
  for (const name of ['setItem', 'getItem', 'removeItem', 'clear']) spy(Storage.prototype, name);
  for (const name of ['open', 'deleteDatabase']) spy(IDBFactory.prototype, name);
  spy(CacheStorage.prototype, 'open');
  for (const name of ['localStorage', 'sessionStorage']) {
    const own = Object.getOwnPropertyDescriptor(window, name);
    Object.defineProperty(window, name, { configurable: true, get() { touched.push(name); return own.get.call(window) } });
  }
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(document, 'cookie', { get() { return cookie.get.call(document) }, set() { touched.push('cookie') } });
</script>`;

const BODY = '<div data-hyperedge="hero" style="height:100px">own</div>';
const shown = () => opened.page.waitForFunction(() => document.querySelector('div')?.textContent === 'shown');

test.each(['', 'data-consent="pending"', 'data-consent="denied"'])(
  'with %j the page is decided from its context alone',
  async (script) => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    opened = await open({
      head: SPY,
      body: BODY,
      script,
      query: '?utm_campaign=spring&email=a%40b.example&gclid=G1&utm_source=mail#token=T1',
      before: "hyperedge('identify', 'crm-1', '9.sig'); hyperedge('convert', 'signup')",
    });
    const { page } = opened;
    await shown();
    await page.evaluate(() => hyperedge('convert', 'purchase', { value: 3, orderId: 'o' }));
    await page.click('div');
    await page.waitForTimeout(2_000);
    await page.evaluate(() => dispatchEvent(new Event('pagehide')));
    expect(await page.evaluate(() => (window as unknown as { touched: string[] }).touched)).toEqual([]);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(double.received).toHaveLength(1);
    const { body } = double.received[0] ?? {};
    expect(Object.keys(body).sort()).toEqual(['consent', 'context', 'key', 'placements']);
    expect(body.context.url).toBe(`${double.pages}/?utm_campaign=spring&&&utm_source=mail`);
    expect(JSON.stringify(body)).not.toMatch(/crm-1|9\.sig|G1|T1|b\.example/);
  },
);

test('an answer that has an id nobody asked for is not kept', async () => {
  double.failures = {
    optimize: {
      text: '{"requestId":"r","customer":{"anonymousId":"a1"},"decisions":[{"placement":"hero","outcome":"campaign","token":"ht1","content":{"text":"shown"}}]}',
    },
  };
  opened = await open({ body: BODY });
  await shown();
  await opened.page.click('div');
  await opened.page.waitForTimeout(1_800);
  expect(await stored(opened.page)).toEqual(NOTHING_STORED);
  expect(double.received).toHaveLength(1);
});

test('granted: asks anew, may store, and reports; granted again changes nothing', async () => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  opened = await open({ body: BODY });
  await shown();
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'for you' } } };
  await opened.page.evaluate(() => hyperedge('consent', 'granted'));
  await opened.page.waitForFunction(() => document.querySelector('div')?.textContent === 'for you');
  await opened.page.evaluate(() => hyperedge('consent', 'granted'));
  expect(await until(() => double.received.some(({ endpoint }) => endpoint === 'feedback'))).toBe(true);
  expect(double.received.map(({ body }) => body.consent)).toEqual(['pending', 'granted', undefined]);
  const id = await opened.page.evaluate(() => localStorage.hyperedge);
  expect(await stored(opened.page)).toEqual({ ...NOTHING_STORED, local: { hyperedge: id } });
});

test('granted while the first answer is under way: only the second answer is shown', async () => {
  double.failures = { optimize: { delayMs: 150 } };
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  opened = await open({
    body: BODY,
    before: "hyperedge('get', 'hero', (c) => (window.got ??= []).push(c))",
  });
  await until(() => double.received.length > 0);
  await opened.page.evaluate(() => hyperedge('consent', 'granted'));
  await shown();
  expect(await opened.page.evaluate(() => (window as unknown as { got: unknown }).got)).toEqual([{ text: 'shown' }]);
  expect(double.received.map(({ body }) => body.consent)).toEqual(['pending', 'granted']);
});

test('said before the script arrives it holds from the first request on', async () => {
  opened = await open({ body: BODY, before: "hyperedge('consent', 'granted')" });
  await until(() => double.received.length > 0);
  await opened.page.waitForTimeout(200);
  expect(double.received.map(({ body }) => body.consent)).toEqual(['granted']);
});

test('denied later: storage is cleared, what waits is dropped, the API hears that it is over, and nothing more is sent', async () => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  opened = await open({ body: BODY, script: 'data-consent="granted"' });
  await shown();
  await opened.page.waitForTimeout(1_100); // seen, and not yet sent
  const id = await opened.page.evaluate(() => localStorage.hyperedge);
  await opened.page.evaluate(() => {
    localStorage.own = 'kept';
    hyperedge('consent', 'denied');
    hyperedge('convert', 'purchase');
  });
  await opened.page.click('div');
  await opened.page.waitForTimeout(1_500);
  expect(await stored(opened.page)).toEqual({ ...NOTHING_STORED, local: { own: 'kept' } });
  expect(double.received.map(({ endpoint }) => endpoint)).toEqual(['optimize', 'consent']);
  expect(double.received[1]?.body).toEqual({ key: 'pk_test', customer: { anonymousId: id } });
});

const text = (): Promise<string | null> => opened.page.locator('div').textContent();

test.each(['consent', 'init'])('a no by %s to a page decided from itself changes nothing on it', async (command) => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  opened = await open({ body: BODY });
  await shown();
  await opened.page.evaluate((name) => {
    localStorage.hyperedge = 'a1.of.before';
    if (name === 'init') hyperedge('init', { consent: 'denied' });
    else hyperedge('consent', 'denied');
  }, command);
  await opened.page.waitForTimeout(100);
  expect(await text()).toBe('shown');
  expect(await stored(opened.page)).toEqual(NOTHING_STORED);
  expect(double.received).toHaveLength(1);
});

test.each(['denied', 'reset'])('what was decided for a visitor is taken back at once: %s', async (how) => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  opened = await open({
    body: BODY,
    script: 'data-consent="granted"',
    before: "window.got = []; hyperedge('get', 'hero', (c) => { got.push(c) })",
  });
  await shown();
  await opened.page.evaluate((what) => {
    sessionStorage['hyperedge:redirected'] = 'd';
    localStorage['hyperedge:device'] = '{}';
    if (what === 'reset') hyperedge('reset');
    else hyperedge('consent', 'denied');
  }, how);
  expect(await text()).toBe('own');
  expect(await opened.page.evaluate(() => (window as unknown as { got: unknown }).got)).toEqual([
    { text: 'shown' },
    null,
  ]);
  expect(await stored(opened.page)).toEqual(NOTHING_STORED);
});

test('storage that is full is no consent withdrawn: the id lives as long as the page', async () => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
  const fill = `let size = 1 << 20; for (let n = 0; size >= 1; n++) try { localStorage['own' + n] = 'x'.repeat(size) } catch { size >>= 1 }`;
  opened = await open({ body: BODY, before: fill, script: 'data-consent="granted"' });
  await shown();
  await opened.page.evaluate(() => hyperedge('get', 'more', () => {}));
  expect(await until(() => double.received.filter(({ endpoint }) => endpoint === 'optimize').length === 2)).toBe(true);
  const { body } = double.received.findLast(({ endpoint }) => endpoint === 'optimize')!;
  expect([body.consent, body.customer?.anonymousId]).toEqual(['granted', expect.any(String)]);
});

test('consent withdrawn in another tab is over here: nothing of before is sent, nothing stored again', async () => {
  opened = await open({ body: BODY, script: 'data-consent="granted"' });
  await until(() => opened.page.evaluate(() => localStorage.hyperedge));
  await opened.page.waitForTimeout(1_050); // seen, and not yet sent
  await opened.page.evaluate(() => {
    delete localStorage.hyperedge; // as the other tab does
    hyperedge('get', 'late', () => {});
    hyperedge('convert', 'purchase');
  });
  await until(() => double.received.length > 1);
  await opened.page.waitForTimeout(700);
  expect(double.received.map(({ endpoint, body }) => [endpoint, body.consent, body.customer])).toEqual([
    ['optimize', 'granted', undefined],
    ['optimize', 'pending', undefined],
  ]);
  expect(await stored(opened.page)).toEqual(NOTHING_STORED);
});

test('an id that the API would not take is not kept; nonsense stops no later question; addresses end in no question mark', async () => {
  double.failures = { optimize: { text: '{"decisions":{"at":1,"find":1}}' } };
  opened = await open({ body: BODY, script: 'data-consent="granted"', query: '?email=x' });
  await until(() => double.received.length > 0);
  double.failures = {
    optimize: { text: `{"customer":{"anonymousId":"${'a'.repeat(129)}"},"decisions":[]}` },
  };
  await opened.page.evaluate(() => hyperedge('get', 'late', () => {}));
  await until(() => double.received.length > 1);
  await opened.page.evaluate(() => hyperedge('get', 'later', () => {}));
  await until(() => double.received.length > 2);
  expect(double.received.map(({ body }) => body.customer)).toEqual([undefined, undefined, undefined]);
  expect(double.received[0]?.body.context.url).toBe(`${double.pages}/`);
  expect(await stored(opened.page)).toEqual(NOTHING_STORED);
});

test('content of which nothing fits is not counted as seen', async () => {
  double.decisions = {
    hero: { outcome: 'campaign', content: { html: '<b>x</b>', parts: { nowhere: { text: 'x' } } } as never },
  };
  opened = await open({ body: BODY, script: 'data-consent="granted"' });
  await opened.page.waitForTimeout(1_800);
  await opened.page.click('div');
  expect(double.received.map(({ endpoint }) => endpoint)).toEqual(['optimize']);
});
