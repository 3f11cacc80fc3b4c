/** The page's end, and times without a network: what leaves first, what waits, for how long and on whose behalf. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_KEPT, MAX_KEPT_CHARS, MAX_KEPT_MS } from '../../client-snippet/parts/offline/keep.ts';
import { until } from './browser.ts';
import { NOTHING_STORED, type Opened, type OpenOptions, stored } from './page.ts';
import { usePages } from './pages.ts';

const { browser, double, of, open } = await usePages();

let opened: Opened;
let context: BrowserContext;

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 800, height: 600 } });
});
afterEach(async () => {
  await context.close();
});

const show = async (options: Partial<OpenOptions> = {}, before = "hyperedge('offline');"): Promise<Page> => {
  const asked = of('optimize').length;
  opened = await open({
    body: '<h1 data-hyperedge="hero">own</h1>',
    script: 'data-consent="granted"',
    context,
    ...options,
    before: `hyperedge('events', { seenMs: 50 }); ${before}`,
  });
  await until(() => of('optimize').length > asked);
  await opened.page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/events.js')),
  );
  await opened.page.waitForTimeout(100);
  return opened.page;
};
const goals = () => of('events').flatMap(({ body }) => body.events.map(({ goal }: { goal: string }) => goal));
const waiting = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('hyperedge-offline:')).length);
const goal = (page: Page, ...names: string[]) =>
  page.evaluate((all) => {
    for (const name of all) hyperedge('goal', name);
  }, names);

describe('the end of a page', () => {
  const leave = (page: Page) =>
    page.evaluate(() => {
      location.href = '/next';
    });

  test('sends everything at once, exposures first, 60 KB at most; what does not fit waits for the next page', async () => {
    double.html['/next'] = 'next';
    const ids = Array.from({ length: 120 }, (_, i) => `p${i}`);
    const tail = 'x'.repeat(700);
    for (const id of ids) double.decisions[id] = { outcome: 'campaign', content: null };
    double.tokenTail = tail;
    double.failures = { feedback: { delayMs: 2_000 } };
    const body = ids.map((id) => `<i data-hyperedge="${id}" style="display:block;height:4px"></i>`).join('');
    const count = "addEventListener('hyperedge:exposure', () => { window.seen = (window.seen ?? 0) + 1 });";
    const page = await show({ body }, `hyperedge('offline');${count}`);
    await page.waitForFunction(() => (window as unknown as { seen: number }).seen === 120);
    // One is under way, the others wait for its answer.
    await until(() => of('feedback').length === 1);
    double.failures = {};
    await goal(page, 'bought');
    const before = double.received.length;
    await leave(page);
    await page.waitForURL('**/next');
    await until(() => goals().length > 0 || of('feedback').length > 4);
    await page.waitForTimeout(300);
    const bytes = double.received.slice(before).reduce((sum, { body }) => sum + JSON.stringify(body).length, 0);
    expect(bytes).toBeLessThanOrEqual(61_440);
    expect(bytes).toBeGreaterThan(40_000);
    const sent = of('feedback').flatMap(({ body }) => body.events).length;
    expect(await waiting(page)).toBe(120 - sent + (goals().length === 0 ? 1 : 0));
    // The next page sends the rest.
    await show();
    await until(() => of('feedback').flatMap(({ body }) => body.events).length >= 120);
    const tokens = of('feedback').flatMap(({ body }) => body.events.map(({ token }: { token: string }) => token));
    expect(new Set(tokens.filter((token) => !token.includes('hero'))).size).toBe(120);
    await until(() => goals().length > 0);
    expect(goals()).toEqual(['bought']);
  });

  test.each([
    ['a beacon where the page’s policy names its origin', '<meta name="referrer" content="strict-origin">', 'no-cors'],
    ['a keepalive request where nobody said so', '', 'cors'],
    ['a keepalive request where the policy hides it', '<meta name="referrer" content="no-referrer">', 'cors'],
  ])('by %s', async (_name, head, mode) => {
    double.html['/next'] = 'next';
    const page = await show({ head });
    await goal(page, 'bought');
    await leave(page);
    await page.waitForURL('**/next');
    await until(() => goals().length > 0);
    expect(goals()).toEqual(['bought']);
    expect(of('events')[0]?.origin).toBe(double.pages);
    expect(of('events')[0]?.mode).toBe(mode);
  });
});

describe('without a network', () => {
  test('reports wait with consent, and go when the network is back: once', async () => {
    const page = await show();
    await context.setOffline(true);
    await goal(page, 'a', 'b');
    await page.waitForFunction(() => Object.keys(localStorage).length > 2);
    expect(await waiting(page)).toBeGreaterThanOrEqual(2);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, hyperedge: '' }));
    expect(kept).not.toContain('anonymousId');
    await context.setOffline(false);
    await until(() => goals().length > 1);
    expect(goals().sort()).toEqual(['a', 'b']);
    expect(await until(async () => (await waiting(page)) === 0)).toBe(true);
  });

  test('a next page sends what the last one could not, on behalf of the same visitor', async () => {
    double.failures = { events: 'drop', feedback: { status: 503 } };
    const page = await show();
    await goal(page, 'a');
    await until(async () => (await waiting(page)) > 1);
    const id = await page.evaluate(() => localStorage.hyperedge);
    double.failures = {};
    double.received.length = 0;
    await page.close();
    await show();
    await until(() => goals().length > 0 && of('feedback').length > 0);
    expect(goals()).toEqual(['a']);
    expect(of('events')[0]?.body.customer).toEqual({ anonymousId: id });
  });

  test('two tabs, or the same thing twice, are one entry and one report', async () => {
    const page = await show();
    const other = await show({ path: '/other' });
    await context.setOffline(true);
    await Promise.all([goal(page, 'a'), goal(other, 'b')]);
    await until(async () => (await waiting(page)) >= 2);
    await page.waitForTimeout(700);
    double.received.length = 0;
    await context.setOffline(false);
    await until(() => goals().length > 1);
    await page.waitForTimeout(500);
    expect(goals().sort()).toEqual(['a', 'b']);
  });

  test('what an answer calls unavailable waits, and nothing else of it', async () => {
    double.failures = {
      events: {
        text: '{"results":[{"index":0,"status":"accepted"},{"index":1,"status":"rejected","reason":"unavailable"},{"index":2,"status":"rejected","reason":"unknown_goal"}]}',
      },
    };
    const page = await show();
    await goal(page, 'a', 'b', 'c');
    await until(async () => (await waiting(page)) > 0);
    const [kept] = await page.evaluate(() =>
      Object.entries(localStorage)
        .filter(([name]) => name.startsWith('hyperedge-'))
        .map(([, value]) => JSON.parse(value)),
    );
    expect(await waiting(page)).toBe(1);
    expect(kept.event.goal).toBe('b');
  });

  test(`at most ${MAX_KEPT} wait, in ${MAX_KEPT_CHARS} characters, a day; behaviour goes first`, async () => {
    const page = await show();
    await context.setOffline(true);
    await page.evaluate((old) => {
      const of = localStorage.hyperedge.slice(-12);
      const put = (name: string, at: number, event: object) => {
        localStorage[`hyperedge-offline:${name}`] = JSON.stringify({ at, path: 'events', event, of });
      };
      for (let i = 0; i < 250; i++) put(`b${i}`, Date.now() - i, { kind: 'behaviour', name: 'x' });
      put('old', Date.now() - old - 1_000, { kind: 'goal', goal: 'old' });
      put('big', Date.now(), { kind: 'behaviour', name: 'y'.repeat(66_000) });
      localStorage['hyperedge-offline:broken'] = '{';
    }, MAX_KEPT_MS);
    await goal(page, 'a');
    const isKept = () => page.evaluate(() => Object.values(localStorage).some((value) => value.includes('"goal":"a"')));
    expect(await until(isKept)).toBe(true);
    expect(await waiting(page)).toBeLessThanOrEqual(MAX_KEPT);
    const names = await page.evaluate(() => Object.keys(localStorage).join());
    expect(names).not.toMatch(/old|big|broken/);
    expect(await page.evaluate(() => Object.entries(localStorage).join().length)).toBeLessThan(MAX_KEPT_CHARS + 200);
  });

  test.each(['consent', 'reset'] as const)('%s: what waits is forgotten, also by the other tab', async (how) => {
    const page = await show();
    await context.setOffline(true);
    await goal(page, 'a');
    await until(async () => (await waiting(page)) > 0);
    await page.evaluate((command) => (command === 'reset' ? hyperedge('reset') : hyperedge('consent', 'denied')), how);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await goal(page, 'b');
    await page.waitForTimeout(700);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await context.setOffline(false);
    await page.waitForTimeout(300);
    expect(goals()).toEqual([]);
  });

  test.each([
    ['consent withdrawn', "hyperedge('consent', 'denied')"],
    ['a reset', "hyperedge('reset')"],
  ])(
    '%s ends what is being sent later: what waits behind the request under way stays here, and is erased',
    async (_, word) => {
      double.failures = { feedback: { delayMs: 400 } };
      const page = await show({}, '');
      await page.evaluate(() => {
        const of = localStorage.hyperedge.slice(-12);
        for (let i = 0; i < 60; i++) {
          const kept = { at: Date.now(), path: 'feedback', event: { token: `ht1.kept.${i}.x`, kind: 'exposure' }, of };
          localStorage[`hyperedge-offline:${i}`] = JSON.stringify(kept);
        }
        hyperedge('offline');
      });
      const sent = () => of('feedback').filter(({ body }) => JSON.stringify(body).includes('ht1.kept.'));
      expect(await until(() => sent().length > 0)).toBe(true);
      await page.evaluate((code) => new Function(code)(), word);
      await page.waitForTimeout(1_200); // three answers long
      expect(sent()).toHaveLength(1);
      expect(await waiting(page)).toBe(0);
    },
  );

  test('names that stand for tokens of decisions on another page are not sent', async () => {
    const page = await show({}, '');
    await page.evaluate(() => {
      const of = localStorage.hyperedge.slice(-12);
      for (const token of ['device.nonce.campaign.arm.hero', 'ht1.kept.x.y'])
        localStorage[`hyperedge-offline:${token}`] = JSON.stringify({
          at: Date.now(),
          path: 'feedback',
          event: { token, kind: 'exposure' },
          of,
        });
      hyperedge('offline');
    });
    const text = () => JSON.stringify(of('feedback').map(({ body }) => body));
    expect(await until(() => text().includes('ht1.kept.'))).toBe(true);
    expect(text()).not.toContain('device.');
  });

  test('before consent nothing waits', async () => {
    const page = await show({ script: '' });
    await context.setOffline(true);
    await goal(page, 'a');
    await page.waitForTimeout(700);
    expect(await stored(page)).toEqual(NOTHING_STORED);
  });
});
