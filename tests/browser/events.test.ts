/** What the part `events` reports, under which name, and how often. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import type { Opened, OpenOptions } from './page.ts';
import { eventsAreThere, usePages } from './pages.ts';

const { double, of, open, reported } = await usePages();

let opened: Opened | undefined;

/** Longer than half a second of gathering and an answer. */
const GATHERED_MS = 700;

const show = async (options: OpenOptions, events: object = {}): Promise<Page> => {
  opened = await open({
    script: 'data-consent="granted" data-timeout-ms="9000"',
    ...options,
    before: `hyperedge('events', ${JSON.stringify(events)}); ${options.before ?? ''}`,
  });
  await until(() => of('optimize').length > 0);
  await eventsAreThere(opened.page);
  return opened.page;
};
const told = () =>
  of('events').flatMap(({ body }) =>
    body.events.map((event: { name?: string; goal?: string }) => event.name ?? `goal ${event.goal}`),
  );
const box = (id: string, style = 'height:100px', inside = 'own') =>
  `<div data-hyperedge="${id}" style="${style}">${inside}</div>`;

describe('seen', () => {
  test('by page and by placement: how much, and how long', async () => {
    const body = box('quick') + box('slow') + box('whole', 'height:100px;position:absolute;top:540px');
    await show({ body }, { seenMs: 200, placements: { slow: { seenMs: 1_500 }, whole: { seenShare: 1 } } });
    expect(await until(() => reported()[0])).toBe('quick exposure');
    await opened?.page.waitForTimeout(400);
    expect(reported()).toEqual(['quick exposure']);
    expect(await until(() => reported()[1])).toBe('slow exposure');
    await opened?.page.setViewportSize({ width: 800, height: 700 });
    expect(await until(() => reported()[2])).toBe('whole exposure');
  });

  test('numbers that are none leave the rule as it is', async () => {
    await show({ body: box('hero') }, { seenShare: 7, seenMs: -1, placements: { hero: { seenShare: 'x' } } });
    await opened?.page.waitForTimeout(600);
    expect(reported()).toEqual([]);
    expect(await until(() => reported()[0])).toBe('hero exposure');
  });
});

describe('behaviour', () => {
  test('scrolling: each mark once a view, from the first scrolling on; a new address is a new view', async () => {
    const page = await show({ body: `<div style="height:6000px"></div>${box('hero')}` }, { scroll: true });
    await page.waitForTimeout(GATHERED_MS);
    expect(told()).toEqual([]);
    for (const y of [2_000, 100, 2_000, 3_000]) {
      await page.evaluate((top) => scrollTo(0, top), y);
      await page.waitForTimeout(150);
    }
    await until(() => told().length > 1);
    expect(told()).toEqual(['scroll-25', 'scroll-50']);
    await page.evaluate(() => scrollTo(0, 6_000));
    await until(() => told().length > 4);
    expect(told().slice(2)).toEqual(['scroll-75', 'scroll-90', 'scroll-100']);
    await page.evaluate(() => {
      history.pushState(null, '', '/other');
      scrollTo(0, 1_000);
    });
    await page.waitForTimeout(150);
    await page.evaluate(() => scrollTo(0, 1_100));
    await until(() => told().length > 5);
    expect(told().slice(5)).toEqual(['scroll-25']);
    const ids = of('events').flatMap(({ body }) => body.events.map(({ eventId }: { eventId: string }) => eventId));
    expect(new Set(ids).size).toBe(6);
  });

  test('where a router, or Back, puts a page is not how far somebody came; from there on it is, also upwards by hand', async () => {
    const page = await show({ body: `<div style="height:1400px"></div>${box('hero')}` }, { scroll: [25, 50] });
    const settled = () => page.waitForTimeout(GATHERED_MS);
    await page.evaluate(() => scrollTo(0, 600));
    await until(() => told().length > 1);
    await page.evaluate(() => {
      history.pushState(null, '', '/other');
      scrollTo(0, 0);
    });
    await settled();
    expect(told()).toEqual(['scroll-25', 'scroll-50']);
    await page.evaluate(() => history.back()); // Firefox's driver waits for ever where the document stays the same
    await page.waitForFunction(() => location.pathname !== '/other');
    await page.evaluate(() => scrollTo(0, 300)); // as a router that keeps places does
    await settled();
    await page.evaluate(() => history.pushState(null, '', '/third'));
    await page.mouse.wheel(0, -50);
    await until(() => told().length > 2);
    expect(told().slice(2)).toEqual(['scroll-25', 'scroll-50']);
  });

  test('time: seconds in a visible tab, as behaviour or as the goal that the site has for it', async () => {
    const page = await show({ body: box('hero') }, { dwell: [1, 2, 3], goals: { 'dwell-2': 'engaged' } });
    await until(() => told().length > 0);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    await page.waitForTimeout(1_500);
    expect(told()).toEqual(['dwell-1']);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    await until(() => told().length > 1);
    expect(told()).toEqual(['dwell-1', 'goal engaged']);
  });

  test('nothing of it unless chosen, and nothing without consent', async () => {
    const page = await show({ body: `<div style="height:3000px"></div>${box('hero')}` });
    await page.evaluate(() => scrollTo(0, 3_000));
    await page.waitForTimeout(1_200);
    expect(told()).toEqual([]);
    await page.evaluate(() => hyperedge('events', { scroll: true, dwell: [1] }));
    await page.evaluate(() => hyperedge('consent', 'denied'));
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(1_700);
    expect(told()).toEqual([]);
  });
});

describe('acts', () => {
  test('forms: the goal once a view, and nothing that was typed', async () => {
    const form =
      '<form id="mail" onsubmit="event.preventDefault()"><input name="email" value="a@b.example"><button>ok</button></form>';
    const page = await show({ body: box('hero') + form }, { forms: { '#mail': 'signup', 'not a [selector': 'never' } });
    await page.click('button');
    await page.click('button');
    await page.waitForTimeout(GATHERED_MS);
    expect(told()).toEqual(['goal signup']);
    await page.evaluate(() => document.querySelector('form')?.requestSubmit());
    await page.evaluate(() => document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true })));
    await page.waitForTimeout(GATHERED_MS);
    expect(told()).toEqual(['goal signup']);
    expect(JSON.stringify(double.received)).not.toContain('b.example');
  });

  test('clicks: goals by a selector, and by hand only', async () => {
    const page = await show({ body: `${box('hero')}<p class="buy"><b>buy</b></p>` }, { clicks: { '.buy': 'wants' } });
    await page.evaluate(() => document.querySelector('b')?.click());
    await page.click('b');
    expect(await until(() => told()[0])).toBe('goal wants');
    expect(told()).toHaveLength(1);
  });

  test('keys on what looks like a button are clicks, on real ones they are clicks anyway; each decision once', async () => {
    const page = await show({
      body:
        box('hero', 'height:100px', '<span role="button" tabindex="0"><i>go</i></span>') +
        box('real', '', '<button>go</button>'),
    });
    await page.focus('span');
    await page.keyboard.press('x');
    await page.keyboard.press('Enter');
    await page.keyboard.press(' ');
    await page.focus('button');
    await page.keyboard.press('Enter');
    await page.keyboard.press(' ');
    await until(() => reported().filter((one) => one.endsWith('click')).length > 1);
    await page.waitForTimeout(GATHERED_MS);
    expect(
      reported()
        .filter((one) => one.endsWith('click'))
        .sort(),
    ).toEqual(['hero click', 'real click']);
  });

  test('dismissed: gone for the page, whatever is decided later; told once, of its decision where the site has a goal', async () => {
    double.decisions = { bar: { outcome: 'campaign', content: { parts: { text: { text: 'news' } } } } };
    const bar = box(
      'bar',
      'height:50px',
      '<span data-hyperedge-part="text">own</span><button data-hyperedge-dismiss>×</button>',
    );
    const page = await show({ body: bar }, { goals: { dismiss: 'no_thanks' } });
    await page.waitForFunction(() => document.querySelector('span')?.textContent === 'news');
    await page.click('button');
    expect(await page.locator('div').isVisible()).toBe(false);
    expect(await until(() => reported().includes('bar no_thanks'))).toBe(true);
    await page.evaluate(() => {
      hyperedge('consent', 'denied');
      hyperedge('consent', 'granted');
      document.body.append(document.querySelector('div')?.cloneNode(true) as Node);
      document.querySelectorAll('div')[1]?.style.removeProperty('display');
    });
    await until(() => of('optimize').length > 1);
    await page.waitForTimeout(200);
    expect(
      await page.locator('div').evaluateAll((all) => all.map((one) => (one as HTMLElement).style.display)),
    ).toEqual(['none', 'none']);
  });
});

describe('goals', () => {
  test('called before the part is there; with a placement they are of its decision alone, with value, currency and order', async () => {
    double.failures = { optimize: { delayMs: 100 } };
    opened = await open({
      script: 'data-consent="granted" data-timeout-ms="9000"',
      body: box('hero'),
      before: `hyperedge('goal', 'purchase', { value: 9.5, currency: 'EUR', orderId: 7, placement: 'hero' });
        hyperedge('goal', 'signup', { placement: 'none' });
        hyperedge('goal', 'Bad Name'); hyperedge('goal', 'x', { value: NaN }); hyperedge('goal', 'x', { currency: 'euro' });`,
    });
    await until(() => of('feedback').length > 0 && told().length > 0);
    const goal = of('feedback')
      .flatMap(({ body }) => body.events)
      .find(({ kind }) => kind === 'goal');
    expect(goal).toMatchObject({ goal: 'purchase', value: 9.5, currency: 'EUR', orderId: '7' });
    expect(goal.token).toMatch(/^ht1\.hero/);
    expect(told()).toEqual(['goal signup']);
  });

  test('travel together: one request for all of half a second', async () => {
    const page = await show({ body: box('hero') });
    await page.evaluate(() => {
      for (let i = 0; i < 120; i++) hyperedge('goal', `g${i}`);
    });
    await until(() => told().length >= 100);
    await page.waitForTimeout(GATHERED_MS);
    expect(of('events').map(({ body }) => body.events.length)).toEqual([50, 50]);
  });
});
