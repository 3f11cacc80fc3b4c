/**
 * Everything that can go wrong between a page and the API, with every part of the page script in place: the visitor reads the page's own
 * content within 300 ms of the question, and neither an error nor a word in the console tells of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import type { Double, Failure } from './double.ts';
import type { Opened } from './page.ts';
import { NOTE_WAITS, usePages, waitsOf } from './pages.ts';
import { callsOf, PARTS } from './parts.ts';

// What an API that has lost its mind says may be said back to it.
const { browser, double, open } = await usePages({ requests: false });

let opened: Opened | undefined;
let context: BrowserContext;

beforeEach(async () => {
  opened = undefined;
  context = await browser.newContext({ viewport: { width: 800, height: 600 } });
});
afterEach(async () => {
  await context.close();
  expect(opened?.errors ?? []).toEqual([]);
});

const START = callsOf(PARTS);

/** Room for a busy machine beyond the 300 ms that the page allows. */
const SLACK_MS = 250;

/** Notes, by the page's own clock, when the question left and when the answer was given, and tells of rejections nobody handled. */
const CLOCK = `${NOTE_WAITS}
  const own = fetch;
  window.fetch = (input, init) => {
    if (/optimize|bundle/.test(input)) window.askedMs ??= performance.now();
    return own(input, init);
  };
  addEventListener('unhandledrejection', ({ reason }) => console.error('unhandled', reason));
  hyperedge('get', 'hero', (content) => {
    window.content ??= content;
    window.givenMs ??= performance.now();
  });`;

const BODY =
  '<h1 data-hyperedge="hero">own</h1><p id="late">own</p><form onsubmit="return false"><button>ok</button></form><div style="height:3000px"></div>';

/** Several pages at a time, each in a context of its own. */
async function each<Case>(
  cases: readonly Case[],
  run: (one: Case, own: BrowserContext) => Promise<Opened>,
): Promise<void> {
  const atATime = 5;
  for (let i = 0; i < cases.length; i += atATime)
    await Promise.all(
      cases.slice(i, i + atATime).map(async (one) => {
        const own = await browser.newContext({ viewport: { width: 800, height: 600 } });
        const { errors } = await run(one, own);
        expect(errors, JSON.stringify(one)).toEqual([]);
        await own.close();
      }),
    );
}

const openIn = (own: BrowserContext, script = ''): Promise<Opened> =>
  open({
    body: BODY,
    script: `data-consent="granted" ${script}`,
    context: own,
    before: CLOCK + START,
    hasUsualWait: true,
  });

async function show(): Promise<Page> {
  opened = await openIn(context);
  return opened.page;
}

interface Clock {
  askedMs?: number;
  givenMs?: number;
}
/** Milliseconds from the question to the page's own content. */
async function waited(page: Page): Promise<number> {
  await page.waitForFunction(() => (window as unknown as Clock).givenMs);
  const { askedMs = 0, givenMs = 0 } = (await page.evaluate(() => {
    const { askedMs, givenMs } = window as unknown as Clock;
    return { askedMs, givenMs };
  })) as Clock;
  return askedMs ? givenMs - askedMs : 0;
}

async function keepsItsOwn(page: Page): Promise<void> {
  expect((await waitsOf(page)).signals[0]).toBe(300);
  expect(await waited(page)).toBeLessThan(300 + SLACK_MS);
  expect(await page.locator('h1').textContent()).toBe('own');
  // A visitor goes on: nothing of that may fail either.
  // The debugger's panel may lie over what is clicked: then the panel is.
  await page.click('h1', { force: true });
  await page.click('button', { force: true });
  await page.evaluate(() => scrollTo(0, 500));
  await page.waitForTimeout(150);
  expect(await page.locator('h1').textContent()).toBe('own');
}

const all = (failure: Failure): Double['failures'] => ({
  optimize: failure,
  feedback: failure,
  events: failure,
  'device/bundle': failure,
  'device/decisions': failure,
});

describe('the API', () => {
  const answers: Record<string, Failure> = {
    'that takes 10 s': { delayMs: 10_000 },
    'that answers 500': { status: 500 },
    'that answers 429': { status: 429 },
    'that resets the connection': 'drop',
  };
  test.each(Object.entries(answers))('%s', async (_name, failure) => {
    double.failures = all(failure);
    await keepsItsOwn(await show());
  });

  const malformed = [
    '',
    'null',
    '7',
    '[]',
    '{"decisions":',
    '<!doctype html><title>Sign in to the airport</title>',
    '{"decisions":null}',
    '{"decisions":{"find":1}}',
    '{"customer":7,"decisions":"hero"}',
    '{"decisions":[null,1,"x",[]],"customer":{"anonymousId":{}}}',
    '{"decisions":[{"placement":"hero","outcome":"campaign","content":5,"token":3}]}',
    '{"decisions":[{"placement":"hero","outcome":"campaign","content":[1],"claimExpiresAt":{}}]}',
    '{"decisions":[{"placement":"hero","outcome":7,"content":{"text":{},"parts":7,"attributes":"x","html":3,"classes":1,"move":[]}}]}',
  ];
  test(`that answers ${malformed.length} kinds of nonsense`, () =>
    each(malformed, async (body, own) => {
      await own.route('**/v1/*', (route) => route.fulfill({ body, headers: { 'access-control-allow-origin': '*' } }));
      const { page, ...rest } = await openIn(own);
      await keepsItsOwn(page);
      return { page, ...rest };
    }));

  test('that a blocker blocks', async () => {
    await context.route('**/v1/**', (route) => route.abort('blockedbyclient'));
    await keepsItsOwn(await show());
  });

  test('that is unreachable: no network at all', async () => {
    await context.route('**/v1/**', (route) => route.abort('internetdisconnected'));
    await keepsItsOwn(await show());
  });

  test('that is left in the middle of an answer', async () => {
    double.failures = all({ delayMs: 150 });
    double.html['/next'] = '<h1>next</h1>';
    const page = await show();
    await until(() => double.received.length > 0);
    await page.goto(`${double.pages}/next`);
    await page.waitForTimeout(400);
    expect(await page.locator('h1').textContent()).toBe('next');
  });
});

describe('reports', () => {
  const failures: Record<string, Failure> = {
    'take 10 s': { delayMs: 10_000 },
    'are answered 500': { status: 500 },
    'are answered with nonsense': { text: '{"results":7' },
    'are answered with results of another kind': { text: '{"results":[null,{"index":"x"}]}' },
    'lose their connection': 'drop',
  };
  test.each(Object.entries(failures))('that %s: the page is as it is, and can be left', async (_name, failure) => {
    double.failures = { feedback: failure, events: failure };
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    double.html['/next'] = '<h1>next</h1>';
    const page = await show();
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'shown');
    await page.click('h1', { force: true });
    await page.evaluate(() => scrollTo(0, 3_000));
    await until(() => double.received.filter(({ endpoint }) => endpoint !== 'optimize').length > 0);
    await page.goto(`${double.pages}/next`);
    expect(await page.locator('h1').textContent()).toBe('next');
  });
});

describe('the script', () => {
  const isOwn = async (page: Page) => {
    await page.waitForTimeout(400);
    expect(await page.locator('h1').textContent()).toBe('own');
    await page.evaluate(() => hyperedge('convert', 'purchase'));
  };

  test('whose whole domain a blocker blocks', async () => {
    await context.route(`${double.api}/**`, (route) => route.abort('blockedbyclient'));
    await isOwn(await show());
    expect(double.received).toEqual([]);
  });

  test.each([404, 503])('that is answered %i', async (status) => {
    await context.route('**/hyperedge.js', (route) => route.fulfill({ status, body: 'no' }));
    await isOwn(await show());
  });

  test('that takes longer than anybody waits', async () => {
    await context.route('**/hyperedge.js', async (route) => {
      await sleep(1_000);
      await route.abort('timedout');
    });
    await isOwn(await show());
  });
});

describe('a part', () => {
  test.each(['blocked', 'missing'])('%s: the others and the decision are there', (how) => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    return each(PARTS, async (part, own) => {
      await own.route(`**/${part}.js`, (route) =>
        how === 'blocked' ? route.abort('blockedbyclient') : route.fulfill({ status: 404, body: 'no' }),
      );
      const { page, ...rest } = await openIn(own, 'data-timeout-ms="5000"');
      await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'shown');
      await page.waitForTimeout(100);
      return { page, ...rest };
    });
  });
});
