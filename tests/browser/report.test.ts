/** What the page script reports, in which order, and on whose behalf. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import type { Opened, OpenOptions } from './page.ts';
import { usePages } from './pages.ts';

const { bodies, double, of, open, reported } = await usePages();

let opened: Opened | undefined;

/** Longer than the second that counts, its report's half second, and the answer. */
const SEEN_MS = 2_000;

const show = async (options: OpenOptions): Promise<Page> => {
  opened = await open({ script: 'data-consent="granted"', ...options });
  await until(() => of('optimize').length > 0);
  await opened.page.waitForTimeout(100);
  return opened.page;
};
const box = (id: string, style: string) => `<div data-hyperedge="${id}" style="${style}">own</div>`;

describe('exposure', () => {
  test('of what is half visible for a second: once per decision, with holdout and several elements alike, not for the rest', async () => {
    double.decisions = {
      seen: { outcome: 'campaign', content: { text: 'x' } },
      held: { outcome: 'holdout', content: null },
    };
    const page = await show({
      body:
        box('seen', 'height:100px') +
        box('seen', 'height:100px') +
        box('held', 'height:100px') +
        box('empty', 'height:0;overflow:hidden') +
        box('hidden', 'display:none') +
        box('most', 'height:100px;position:absolute;top:540px') +
        box('less', 'height:100px;position:absolute;top:560px') +
        box('below', 'height:100px;position:absolute;top:3000px'),
    });
    await page.waitForTimeout(SEEN_MS);
    expect(reported().sort()).toEqual(['empty exposure', 'held exposure', 'most exposure', 'seen exposure']);
    expect(of('feedback')).toHaveLength(1);
    await page.evaluate(() => scrollTo(0, 2_800));
    await page.waitForTimeout(SEEN_MS);
    expect(reported().slice(4)).toEqual(['below exposure']);
    await page.evaluate(() => scrollTo(0, 20));
    await page.waitForTimeout(SEEN_MS);
    expect(reported().slice(5)).toEqual(['less exposure']);
  });

  test('of something larger than the screen: half of what the screen can hold of it', async () => {
    const page = await show({
      body:
        box('tall', 'height:9000px') + box('column', 'height:9000px;width:100px;position:absolute;right:0;top:9400px'),
    });
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual(['tall exposure']);
    await page.evaluate(() => scrollTo(0, 9_050));
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual(['tall exposure']);
    await page.evaluate(() => scrollTo(0, 9_150));
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual(['tall exposure', 'column exposure']);
  });

  test('needs a second without a break: what scrolls past, or a page in the background, was not seen', async () => {
    const page = await show({ body: `${box('hero', 'height:100px')}<div style="height:3000px"></div>` });
    await page.waitForTimeout(400);
    await page.evaluate(() => scrollTo(0, 2_000));
    await page.waitForTimeout(SEEN_MS);
    const hide = (hidden: boolean) =>
      page.evaluate((isHidden) => {
        Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      }, hidden);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(400);
    await hide(true);
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual([]);
    await hide(false);
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual(['hero exposure']);
  });

  test('of what a renderer of the site returns', async () => {
    double.decisions = { list: { outcome: 'campaign', content: { data: 'x' } } };
    const page = await show({
      body: '<p>own</p>',
      before: `hyperedge('get', 'list', async (data) => { const p = document.querySelector('p'); p.textContent = data; return p });`,
    });
    await page.waitForTimeout(SEEN_MS);
    expect(reported()).toEqual(['list exposure']);
    await page.click('p');
    expect(await until(() => reported()[1])).toBe('list click');
  });

  test('reaches the API though the page is left right after it, and under a policy that hides the referrer', async () => {
    double.headers = { 'referrer-policy': 'no-referrer' };
    double.html['/next'] = 'next';
    const page = await show({ body: box('hero', 'height:100px') });
    await page.waitForTimeout(1_050 - 100);
    await page.goto(`${double.pages}/next`);
    expect(await until(() => reported()[0])).toBe('hero exposure');
    expect(of('feedback')[0]?.origin).toBe(double.pages);
  });
});

describe('clicks', () => {
  test('count as seen and as the goal `click`, once, before the page is left', async () => {
    double.html['/next'] = 'next';
    const page = await show({
      // Below the screen: only the click brings it there.
      body: `<a id="out" href="#x">x</a><div data-hyperedge="hero" style="margin-top:3000px"><a href="/next"><b>go</b></a></div>`,
    });
    await page.evaluate(() =>
      document.querySelector('b')?.addEventListener('click', (event) => event.preventDefault(), { once: true }),
    );
    await page.click('#out');
    await page.evaluate(() =>
      document.querySelector('b')?.dispatchEvent(new MouseEvent('click', { cancelable: true })),
    );
    await page.waitForTimeout(600);
    expect(reported()).toEqual([]);
    await page.evaluate(() =>
      document.querySelector('b')?.addEventListener('click', (event) => event.preventDefault(), { once: true }),
    );
    await page.click('b');
    await page.click('b');
    await page.waitForURL('**/next');
    await page.waitForTimeout(600);
    expect(reported()).toEqual(['hero exposure', 'hero click']);
  });
});

describe('goals', () => {
  test('go out after the exposure that explains them, even while that one is under way', async () => {
    double.failures = { feedback: { delayMs: 400 } };
    const page = await show({ body: box('hero', 'height:100px') });
    await page.waitForTimeout(1_050);
    const started = Date.now();
    await page.evaluate(() => hyperedge('convert', 'purchase', { value: 49.9, orderId: 1001 }));
    await until(() => of('events').length > 0);
    expect(Date.now() - started).toBeGreaterThan(350);
    expect(double.received.map(({ endpoint }) => endpoint)).toEqual(['optimize', 'feedback', 'events']);
    const anonymousId = await page.evaluate(() => localStorage.hyperedge);
    expect(bodies('events')[0]).toMatchObject({
      key: 'pk_test',
      customer: { anonymousId },
      consent: 'granted',
      events: [{ kind: 'goal', goal: 'purchase', value: 49.9, orderId: '1001' }],
    });
  });

  test('wait for nothing when the page is left, where the part is there', async () => {
    double.failures = { feedback: { delayMs: 3_000 } };
    double.html['/next'] = 'next';
    const page = await show({ body: box('hero', 'height:100px'), before: "hyperedge('convert')" });
    await page.waitForTimeout(1_050);
    await page.evaluate(() => {
      hyperedge('convert', 'purchase');
      hyperedge('convert', 'signup');
      location.href = '/next';
    });
    await until(() => of('events').length === 2);
    expect(bodies('events').map(({ events }) => events[0].goal)).toEqual(['purchase', 'signup']);
    expect(new Set(bodies('events').map(({ events }) => events[0].eventId)).size).toBe(2);
  });

  test('of a first visit wait for the id; on a later page they need nothing but it', async () => {
    double.failures = { optimize: { delayMs: 150 } };
    const page = await show({ body: box('hero', 'height:9px'), before: "hyperedge('convert', 'signup')" });
    await until(() => of('events').length > 0);
    const id = bodies('events')[0].customer.anonymousId;
    expect(id).toBe(await page.evaluate(() => localStorage.hyperedge));
    double.failures = { optimize: 'drop' };
    await open({
      path: '/thanks',
      body: box('hero', 'height:9px'),
      script: 'data-consent="granted"',
      before: "hyperedge('convert', 'purchase', { value: 5 })",
      context: (opened as Opened).context,
    });
    await until(() => of('events').length > 1);
    expect(bodies('events')[1].customer).toEqual({ anonymousId: id });
    // The goal needs no answer: it may well arrive before the page has asked.
    await until(() => of('optimize').length > 1);
    expect(bodies('optimize')[1].customer).toEqual({ anonymousId: id });
  });

  test('of nobody are not sent: no decision could be credited', async () => {
    double.failures = { optimize: { status: 500 } };
    const page = await show({ body: box('hero', 'height:9px') });
    await page.evaluate(() => hyperedge('convert', 'purchase'));
    await page.waitForTimeout(300);
    expect(of('events')).toEqual([]);
  });
});

describe('batches', () => {
  test('stay below the size a request may have', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `p${i}`);
    for (const id of ids) double.decisions[id] = { outcome: 'campaign', content: null };
    const page = await show({ body: ids.map((id) => box(id, 'height:10px')).join('') });
    await page.waitForTimeout(SEEN_MS + 500);
    expect(reported().length).toBe(40);
    expect(bodies('feedback').every(({ events }) => events.length <= 9)).toBe(true);
  });
});

describe('who', () => {
  test('identify: with every later request, in memory only; called before the first answer or after it', async () => {
    const page = await show({ body: box('hero', 'height:9px'), before: "hyperedge('identify', 'crm-1', '9.sig')" });
    expect(bodies('optimize')[0].customer).toEqual({ id: 'crm-1', proof: '9.sig' });
    expect(of('events')).toEqual([]);
    await page.evaluate(() => hyperedge('identify', 'crm-2', '9.sig2'));
    await until(() => of('events').length > 0);
    const anonymousId = await page.evaluate(() => localStorage.hyperedge);
    expect(bodies('events')[0]).toMatchObject({ customer: { id: 'crm-2', proof: '9.sig2', anonymousId }, events: [] });
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('crm');
  });

  test('reset: forgets both ids and what was decided; what was seen before is still reported, nothing after', async () => {
    const page = await show({ body: box('hero', 'height:100px'), before: "hyperedge('identify', 'crm-1', '9.sig')" });
    await page.waitForTimeout(1_050);
    await page.evaluate(() => hyperedge('reset'));
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
    await until(() => of('feedback').length > 0);
    await page.evaluate(() => hyperedge('convert', 'purchase'));
    await page.click('div');
    await page.waitForTimeout(700);
    expect(reported()).toEqual(['hero exposure']);
    // Nobody's event: it has the API clear its cookie, where it keeps one.
    expect(bodies('consent')).toEqual([{ key: 'pk_test' }]);
  });

  test('reset while an answer is under way: the answer is not kept', async () => {
    double.failures = { optimize: { delayMs: 200 } };
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'other visitor' } } };
    const page = await show({ body: box('hero', 'height:9px') });
    await page.evaluate(() => hyperedge('reset'));
    await page.waitForTimeout(400);
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
    expect(await page.locator('div').textContent()).toBe('own');
  });
});
