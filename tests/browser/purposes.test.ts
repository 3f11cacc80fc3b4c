/** Consent by purpose: what is stored, sent and shown for each, who wins, and what the server hears of a change of mind. */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { IN_FIREFOX, until } from './browser.ts';
import { NOTHING_STORED, stored } from './page.ts';
import { usePages } from './pages.ts';

const { bodies, double, open } = await usePages();

beforeEach(() => {
  double.decisions = { hero: { outcome: 'campaign', campaign: 'spring', arm: 'short', content: { text: 'shown' } } };
});

const BODY = '<div data-hyperedge="hero" style="height:100px">own</div>';
const visit = async (before: string, script = ''): Promise<Page> => {
  const { page } = await open({
    body: BODY,
    before: `addEventListener('hyperedge:purposes', (e) => (window.said ??= []).push(e.detail));${before}`,
    script,
  });
  await until(() => bodies('optimize').length > 0);
  return page;
};
/** The latest of `hyperedge:purposes`. */
const said = (page: Page) => page.evaluate(() => (window as unknown as { said?: object[] }).said?.at(-1));
const saying = (page: Page, wanted: object) =>
  page.waitForFunction(
    (text) => JSON.stringify((window as unknown as { said?: object[] }).said?.at(-1)) === text,
    JSON.stringify(wanted),
  );
const of = (functional: boolean, personalization: boolean, analytics: boolean, ads: boolean) => ({
  functional,
  personalization,
  analytics,
  ads,
});
const ALL = of(true, true, true, true);
const granted = () => until(() => bodies('optimize').some(({ consent }) => consent === 'granted'));

describe('purposes', () => {
  test('personalization alone: remembered, exposures reported, and every request says what is refused; no behaviour', async () => {
    const page = await visit(
      "hyperedge('purposes', { functional: true, personalization: true, analytics: false, ads: false })",
    );
    await granted();
    const purposes = { analytics: false, ads: false };
    expect(bodies('optimize').at(-1)).toMatchObject({ consent: 'granted', purposes });
    expect(await until(() => bodies('feedback').length)).toBe(1);
    expect(bodies('feedback')[0]).toMatchObject({ purposes });
    expect(Object.keys((await stored(page)).local as object)).toEqual(['hyperedge']);
    await page.evaluate(() => hyperedge('convert', 'signup'));
    await until(() => bodies('events').length > 0);
    expect(bodies('events')).toMatchObject([{ purposes, events: [{ kind: 'goal', goal: 'signup' }] }]);
  });

  test('no beacon passes by what is refused, wherever the page’s policy would let one: the end of a page tells no behaviour', async () => {
    double.html['/next'] = 'next';
    const page = await visit(
      "hyperedge('purposes', { functional: true, personalization: true, analytics: false, ads: false })",
    );
    await granted();
    await page.evaluate(() => {
      navigator.sendBeacon = (url, body) => localStorage.setItem('beacon', `${url} ${body}`) ?? true;
      (hyperedge as (...values: unknown[]) => void)('events', { beacon: true, scroll: [25], seenMs: 50 });
      document.body.style.height = '5000px';
    });
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => /events\.js/.test(name)),
    );
    await page.waitForTimeout(100);
    await page.evaluate(() => {
      hyperedge('goal', 'bought');
      scrollTo(0, 3000);
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
    await page.goto(`${double.pages}/next`);
    await until(() => bodies('events').length > 0);
    expect(bodies('events')).toMatchObject([{ purposes: { analytics: false }, events: [{ goal: 'bought' }] }]);
    expect(await page.evaluate(() => localStorage.beacon)).toBeUndefined();
  });

  test('all given: requests are those of a client that knows one word', async () => {
    await visit("hyperedge('purposes', { functional: true, personalization: true, analytics: true, ads: true })");
    await granted();
    expect(bodies('optimize').at(-1).purposes).toBeUndefined();
    expect(bodies('consent')).toEqual([]);
  });

  test('without personalization, whatever else is given: nothing stored, nothing named, nothing reported', async () => {
    const page = await visit("hyperedge('purposes', { personalization: false, analytics: true, ads: true })");
    await until(() => said(page));
    await page.waitForTimeout(1_700);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(double.received.map(({ endpoint, body }) => [endpoint, body.consent, body.purposes, body.customer])).toEqual(
      [['optimize', 'pending', undefined, undefined]],
    );
  });

  test('a word among the settings is no way round the no of another source, and a no there clears what is stored', async () => {
    const page = await visit(
      "hyperedge('purposes', { functional: false, personalization: false, analytics: false, ads: false }, 'banner')",
    );
    await page.evaluate(() => hyperedge('init', { consent: 'granted', attributes: {} }));
    await page.evaluate(() => new Promise((done) => hyperedge('get', 'late', done)));
    expect(bodies('optimize').map(({ consent }) => consent)).not.toContain('granted');
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
    await page.evaluate(() => {
      const all = { functional: true, personalization: true, analytics: true, ads: true };
      (hyperedge as (...values: unknown[]) => void)('purposes', all, 'banner');
    });
    await page.waitForFunction(() => localStorage.hyperedge);
    await page.evaluate(() => hyperedge('init', { consent: 'denied' }));
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
  });

  test('one word is for all of them, and a no of another source outlasts it', async () => {
    const page = await visit("hyperedge('purposes'); hyperedge('gpc')");
    await page.evaluate(() => hyperedge('consent', 'granted'));
    await saying(page, ALL);
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
      hyperedge('gpc');
    });
    await saying(page, of(true, true, true, false));
    await page.evaluate(() => hyperedge('purposes', { ads: true }));
    await page.evaluate(() => hyperedge('consent', 'granted'));
    await page.waitForTimeout(100);
    expect(await said(page)).toEqual(of(true, true, true, false));
    // What ads would have been shown is decided anew.
    await until(() => bodies('optimize').at(-1).purposes);
    expect(bodies('optimize').at(-1)).toMatchObject({ consent: 'granted', purposes: { ads: false } });
    expect(bodies('consent').map(({ purposes }) => purposes)).toEqual([{ ads: false }]);
  });
});

describe('taking it back', () => {
  test('storage is cleared, and the server told once, with the id that is forgotten', async () => {
    const page = await visit(
      "hyperedge('purposes', { functional: true, personalization: true, analytics: true, ads: true })",
    );
    await granted();
    const id = await until(() => page.evaluate(() => localStorage.hyperedge));
    expect(id).toBeTruthy();
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect(await until(() => bodies('consent').length)).toBe(1);
    expect(bodies('consent')).toEqual([
      { key: 'pk_test', customer: { anonymousId: id }, purposes: of(false, false, false, false) },
    ]);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    const before = double.received.length;
    await page.evaluate(() => {
      hyperedge('consent', 'denied');
      hyperedge('convert', 'purchase');
    });
    await page.click('div');
    await page.waitForTimeout(1_200);
    expect(double.received.length).toBe(before);
  });

  // Firefox keeps a request that may outlive its page (keepalive) from the driver: there is no way to lose it.
  test.skipIf(IN_FIREFOX)('told once more when that fails, and no more; the page does not notice', async () => {
    const page = await visit("hyperedge('purposes', { personalization: true, analytics: true, ads: true })");
    await granted();
    await until(() => page.evaluate(() => localStorage.hyperedge));
    const tried: string[] = [];
    await page.route('**/v1/consent', (route) => {
      tried.push(route.request().postData() ?? '');
      return route.abort();
    });
    await page.evaluate(() => hyperedge('purposes', { analytics: false }));
    await until(() => tried.length === 2);
    await page.unroute('**/v1/consent');
    double.failures = { consent: { status: 503 } };
    await page.evaluate(() => hyperedge('purposes', { ads: false }));
    await until(() => bodies('consent').length === 2);
    await page.waitForTimeout(300);
    expect(tried.map((text) => JSON.parse(text).purposes)).toEqual([{ analytics: false }, { analytics: false }]);
    expect(bodies('consent').map(({ purposes }) => purposes)).toEqual([{ ads: false }, { ads: false }]);
  });

  test('given again on the same page, it is told of the customer who is named then; on the next page a yes is no news', async () => {
    const page = await visit(
      "hyperedge('identify', 'ann', '9.sig'); hyperedge('purposes', { personalization: true, analytics: true })",
    );
    await granted();
    await page.evaluate(() => hyperedge('purposes', { personalization: false }));
    await until(() => bodies('consent').length === 1);
    await page.evaluate(() => hyperedge('purposes', { personalization: true }));
    await page.evaluate(() => hyperedge('identify', 'ann', '9.sig'));
    await until(() => bodies('consent').length === 2);
    expect(bodies('consent').map(({ customer, purposes }) => [customer.id, purposes])).toEqual([
      ['ann', { personalization: false }],
      ['ann', { personalization: true }],
    ]);
    await page.reload();
    await granted();
    await page.waitForTimeout(300);
    expect(bodies('consent')).toHaveLength(2);
  });
});
