/** Pages filled on their way, on the real runtime, in a browser: what visitors see, and what is reported of it. */

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MARKUP } from './attacks.ts';
import { IN_FIREFOX, until } from './browser.ts';
import { type EdgeSite, get, page, startEdgeSite } from './edge/site.ts';
import { usePages } from './pages.ts';

/** One campaign each for as many kinds of markup as one request takes. */
const ATTACKS = MARKUP.slice(-20);
const hostile = ATTACKS.flatMap((text, i) => [
  { kind: 'placement', id: `x${i}`, name: `x${i}` },
  {
    kind: 'campaign',
    id: `attack-${i}`,
    name: `x${i}`,
    objective: { goal: 'click' },
    placements: [`x${i}`],
    arms: [{ id: 'a', content: { text, attributes: { title: text.slice(0, 1_000) }, parts: { t: { text } } } }],
  },
]);

const { browser, double } = await usePages();

let site: EdgeSite;
let context: BrowserContext;
let errors: string[];
/** Paths of the API that the browser asked. */
let asked: string[];

const OWN = '<a data-hyperedge="edge-hero" href="/own" title="Old">My own <b>text</b></a>';
const html = (script = 'edge.js', rest = ''): string =>
  `<!doctype html><html><head><title>Shop</title><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };</script>
<script async src="${site.api}/${script}" data-key="${site.stack.keys.publishableKey}" data-timeout-ms="5000"></script></head>
<body><h1>${OWN}</h1>${rest}</body></html>`;
const SHOWN = /^Shown at once(, too)?$/;

beforeAll(async () => {
  site = await startEdgeSite(hostile);
  // The first page of an isolate may find nobody out in time.
  site.pages = { '/': page(html()) };
  await until(async () => (await fetchText('/', { cookie: 'consent=yes' })).includes('"token"'));
});
beforeEach(async () => {
  site.received.length = 0;
  site.pages = { '/': page(html()) };
  errors = [];
  asked = [];
  context = await browser.newContext();
  context.on('request', (request) => {
    if (request.url().startsWith(`${site.api}/v1/`)) asked.push(new URL(request.url()).pathname);
  });
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});
afterAll(() => site?.close());

const agree = () => context.addCookies([{ name: 'consent', value: 'yes', url: site.url }]);

async function visit(path = '/', at = site.url): Promise<Page> {
  const opened = await context.newPage();
  opened.on('pageerror', (error) => errors.push(error.message));
  opened.on('console', (message) => {
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  await opened.goto(at + path);
  return opened;
}

const hero = (opened: Page) => opened.locator('[data-hyperedge=edge-hero]');
const visible = (opened: Page) => hero(opened).evaluate((element) => element.textContent);
const idOf = async () => (await context.cookies(site.url)).find(({ name }) => name === 'hyperedge')?.value;
const exposures = (opened: Page) => opened.evaluate(() => (window as unknown as { seen?: string[] }).seen ?? []);
const watch = () =>
  context.addInitScript(() => {
    const scope = window as unknown as { seen: string[]; texts: string[] };
    scope.seen = [];
    scope.texts = [];
    addEventListener('hyperedge:exposure', ({ detail }) => scope.seen.push(`${detail.decisionId}`));
    const look = () => {
      const text = document.querySelector('[data-hyperedge=edge-hero]')?.textContent;
      if (text && scope.texts.at(-1) !== text) scope.texts.push(text);
      requestAnimationFrame(look);
    };
    look();
  });

/** The receipt of what the page was seen to show. */
async function receiptOf(opened: Page): Promise<{ exposedAt?: string }> {
  const headers = { authorization: `Bearer ${site.stack.keys.secretKey}` };
  const [seen] = await exposures(opened);
  return seen ? (await fetch(`${site.api}/v1/decisions/${seen}`, { headers })).json() : {};
}

/** Firefox tells the driver nothing of requests that may outlive their page: there the receipt says that the page reported. */
const heard = (kept: string[]) => (IN_FIREFOX ? [] : kept);
async function reported(opened: Page): Promise<void> {
  if (IN_FIREFOX) return void (await until(async () => (await receiptOf(opened)).exposedAt));
  const answer = await opened.waitForResponse((one) => one.url().endsWith('/v1/feedback'));
  expect(answer.status()).toBe(200);
}

describe('a visitor who agreed', () => {
  test('sees the content with the first paint and never the other, asks for nothing, and is counted', async () => {
    await Promise.all([agree(), watch()]);
    const opened = await visit();
    await reported(opened);
    expect(await opened.evaluate(() => (window as unknown as { texts: string[] }).texts)).toEqual([
      expect.stringMatching(SHOWN),
    ]);
    expect(await exposures(opened)).toHaveLength(1);
    expect(await receiptOf(opened)).toMatchObject({ exposedAt: expect.any(String) });
    expect(asked).toEqual(heard(['/v1/feedback']));
    expect(await hero(opened).getAttribute('href')).toBe('/sale');
  });

  test('is one visitor: cookie and page agree, and the next page shows the same', async () => {
    await Promise.all([agree(), watch()]);
    const opened = await visit();
    const text = await visible(opened);
    await reported(opened);
    const id = await idOf();
    expect(id).toMatch(/^a1\./);
    expect(await opened.evaluate(() => localStorage.hyperedge)).toBe(id);
    await opened.reload();
    expect([await visible(opened), await idOf()]).toEqual([text, id]);
  });

  test('gets what the page did not bring by asking, as the same visitor', async () => {
    await agree();
    const opened = await visit();
    const late = await opened.evaluate(
      () => new Promise((resolve) => hyperedge('get', 'edge-side', (_content, decision) => resolve(decision?.arm))),
    );
    expect([late, asked.filter((path) => path === '/v1/optimize')]).toEqual(['a', ['/v1/optimize']]);
  });

  test('who says no on the page is forgotten, and the next page is for nobody', async () => {
    await agree();
    const opened = await visit();
    await opened.evaluate(() => hyperedge('consent', 'denied'));
    expect(await visible(opened)).not.toMatch(SHOWN); // what was decided for them does not hold any more
    await context.addCookies([{ name: 'consent', value: 'no', url: site.url }]);
    await opened.reload();
    expect(await idOf()).toBeUndefined();
    expect(await visible(opened)).toMatch(SHOWN);
    expect(asked).toEqual(heard(['/v1/consent']));
  });
});

test('before consent the page is filled for nobody: no id anywhere, nothing asked, nothing kept', async () => {
  const opened = await visit();
  expect(await visible(opened)).toMatch(SHOWN);
  await until(() => opened.evaluate(() => document.readyState === 'complete'));
  expect(await opened.content()).not.toMatch(/"token"|a1\.k1/);
  expect([await context.cookies(), await opened.evaluate(() => ({ ...localStorage })), asked]).toEqual([[], {}, []]);
});

test('the older script on such a page asks again, and nothing breaks', async () => {
  site.pages = { '/': page(html('hyperedge.js')) };
  await agree();
  const opened = await visit();
  expect(await until(() => asked.includes('/v1/optimize'))).toBe(true);
  expect(await visible(opened)).toMatch(SHOWN);
});

test('a page that the browser kept past its claims is asked for anew', async () => {
  const text = await fetchText('/', { cookie: 'consent=yes' });
  expect(text).toContain('claimExpiresAt');
  double.html = {
    '/': text
      .replaceAll(site.api, double.api)
      .replaceAll(/"claimExpiresAt":"[^"]+"/g, '"claimExpiresAt":"2026-01-01T00:00:00.000Z"'),
  };
  await visit('/', double.pages);
  await until(() => double.received.length > 0);
  const anonymousId = /"anonymousId":"([^"]+)"/.exec(text)?.[1];
  expect(double.received[0]).toMatchObject({
    endpoint: 'optimize',
    problem: undefined,
    body: { consent: 'granted', customer: { anonymousId } },
  });
});

test.each([
  ['the script alone', ''],
  ['a part that shows content', "hyperedge('placements', []);"],
  ['a part that watches it', "hyperedge('events', {});"],
])('with %s, a later decision for the page’s own content gives it back: children and attributes', async (_, call) => {
  const text = await fetchText('/');
  double.html = {
    '/': text
      .replaceAll(site.api, double.api)
      .replace('</script>', `${call}</script>`)
      .replace('data-key', 'data-consent="granted" data-key'),
  };
  double.decisions = { 'edge-hero': { outcome: 'holdout', content: null } };
  // The part takes over while the question is under way.
  double.failures = { optimize: { delayMs: 300 } };
  const opened = await visit('/', double.pages);
  await until(async () => (await visible(opened)) === 'My own text');
  const [inner, href, title] = await hero(opened).evaluate((element) => [
    element.innerHTML,
    element.getAttribute('href'),
    element.getAttribute('title'),
  ]);
  expect([inner, href, title]).toEqual(['My own <b>text</b>', '/own', 'Old']);
  expect(double.received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);
});

const fetchText = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
  String((await get(site.url + path, headers)).body);

test(`${ATTACKS.length} kinds of markup as content stay text, and what the page is told of them is data`, async () => {
  const tags = ['div', 'a', 'button', 'span', 'h2', 'p'];
  const elements = ATTACKS.map(
    (_, i) => `<${tags[i % tags.length]} data-hyperedge="x${i}">own</${tags[i % tags.length]}>`,
  );
  site.pages = { '/attacked': page(`<!doctype html><title>x</title>${elements.join('')}`) };
  // The first view of a page asks for the first few placements only.
  await get(`${site.url}/attacked`);
  const opened = await visit('/attacked');
  const shown = await opened
    .locator('[data-hyperedge]')
    .evaluateAll((all) =>
      all.map((one) => [one.textContent, one.getAttribute('title'), one.querySelectorAll(':not(template)').length]),
    );
  expect(shown).toEqual(ATTACKS.map((text) => [text, text.slice(0, 1_000), 0]));
  expect(await opened.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
  const told = await opened.locator('#hyperedge-decisions').textContent();
  expect(JSON.parse(told ?? '').decisions.map(({ content }: { content: { text: string } }) => content.text)).toEqual(
    ATTACKS,
  );
});
