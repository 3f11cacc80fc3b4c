/** Decisions on the device, in a real browser: what is shown, what is asked, what leaves the page and what stays on it. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deviceBundleRequest, deviceDecisionsRequest } from '../../contract/device.ts';
import { BUNDLE_FORMAT } from '../../decisioning/device/bundle.ts';
import { parseCondition } from '../../decisioning/segments/index.ts';
import { until } from './browser.ts';
import type { Double, Reply } from './double.ts';
import { FAILED_REQUEST, NOTHING_STORED, stored } from './page.ts';
import { usePages } from './pages.ts';

const { browser, double } = await usePages();

const ANONYMOUS_ID = 'a1.k1.visitor.mac';
const TOKEN = 'ht1.k1.payload.mac';

let context: BrowserContext;
let page: Page;
let errors: string[];
/** Bodies of the two endpoints, in order. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of two shapes; tests read into it
let sent: { path: string; body: any }[];
let lifeMs: number;
/** The status with which either of the two fails. */
let broken: Record<string, number>;

beforeEach(async () => {
  [sent, errors, lifeMs, broken] = [[], [], 60_000, {}];
  context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  for (const path of ['bundle', 'decisions']) double.answers[`device/${path}`] = (body) => answer(path, body);
  page = await context.newPage();
  page.on('pageerror', ({ message }) => FAILED_REQUEST.test(message) || errors.push(message));
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

const conditionOf = (document: object) => {
  const parsed = parseCondition(document);
  if (!parsed.ok) throw new Error('a test asks nonsense');
  return parsed.condition;
};

/** One campaign on `hero`: adults see A, all others B; `side` is not for devices. */
const bundleFor = (granted: boolean) => ({
  format: BUNDLE_FORMAT,
  nonce: 'nonce-of-this-visitor',
  workspaceId: 'w',
  siteId: 's',
  ...(granted && { customer: 'object' }),
  issuedAtMs: Date.UTC(2026, 10, 22),
  reads: { age: { type: 'number', own: true } },
  places: [
    {
      placement: 'hero',
      seed: '0123456789abcdef0123456789abcdef',
      exploration: 0,
      campaigns: [
        {
          id: 'local',
          armsKey: 'k',
          armIds: ['a', 'b'],
          condition: null,
          contexts: [{ id: 'adult', condition: conditionOf({ age: { $gte: 18 } }) }],
          leaves: { adult: { arms: [1, 0], rank: 1 }, rest: { arms: [0, 1], rank: 0 } },
        },
      ],
    },
  ],
});

/** The API's two endpoints; everything else is the double's. */
function answer(path: string, body: Double['received'][number]['body']): Reply {
  sent.push({ path, body });
  const schema = path === 'bundle' ? deviceBundleRequest : deviceDecisionsRequest;
  const problem = schema.safeParse(body).error?.message;
  if (problem) errors.push(problem);
  if (broken[path]) return { status: broken[path], json: {} };
  const granted = body.consent === 'granted';
  const json =
    path === 'bundle'
      ? {
          customer: granted ? { anonymousId: ANONYMOUS_ID } : {},
          bundle: { signed: JSON.stringify(bundleFor(granted)), signature: 'k1.mac' },
          lifeMs,
          contents: { hero: { default: null, arms: { local: { a: { text: 'For adults' }, b: { text: 'For all' } } } } },
          others: body.placements.includes('side') ? { side: 'other_campaigns' } : {},
        }
      : { decisions: [{ placement: 'hero', status: 'accepted', decisionId: 'd', token: TOKEN }] };
  return { json };
}

/** Opens the page; the part is given the key, so that nothing is asked before it is here. */
async function show(consent = 'granted', attributes: object = { age: 30 }): Promise<void> {
  double.html['/'] = `<!doctype html><title>x</title><script>
    window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
    hyperedge('device', { key: 'pk_test', attributes: ${JSON.stringify(attributes)} });
    window.seen = [];
    addEventListener('hyperedge:exposure', ({ detail }) => seen.push(detail.arm));
  </script><script async src="${double.api}/hyperedge.js" data-consent="${consent}" data-timeout-ms="9000"></script>
  <div data-hyperedge="hero" style="height:100px">own</div><div data-hyperedge="side" style="height:100px">own</div>`;
  await page.goto(double.pages);
}

const textOf = (placement: string) => page.locator(`[data-hyperedge=${placement}]`).textContent();
const shows = (text: string) => until(async () => (await textOf('hero')) === text);
const pathsOf = () => sent.map(({ path }) => path);

describe('a placement that is decided on the device', () => {
  test('shows what attributes that stay here lead to, is never asked for, and is reported with its token', async () => {
    double.decisions = { side: { outcome: 'campaign', content: { text: 'from the API' } } };
    await show();
    expect(await shows('For adults')).toBe(true);
    // The one that is not for devices is asked for as ever, and alone.
    expect(await until(async () => (await textOf('side')) === 'from the API')).toBe(true);
    const asked = double.received.filter(({ endpoint }) => endpoint === 'optimize');
    expect(asked.map(({ body }) => body.placements)).toEqual([['side']]);
    const feedback = () => double.received.filter(({ endpoint }) => endpoint === 'feedback');
    await until(() => feedback().length > 0);
    const events = feedback().flatMap(({ body }) => body.events);
    expect(events).toContainEqual({ token: TOKEN, kind: 'exposure' });
    expect(JSON.stringify(events)).not.toContain('device.');
    expect(await page.evaluate('seen')).toContain('a');
    expect(pathsOf()).toEqual(['bundle', 'decisions']);
    expect(sent[1]!.body.decisions).toEqual([
      { placement: 'hero', campaign: 'local', arm: 'a', leaves: { local: 'adult' } },
    ]);
    // Nobody was told the age.
    expect(JSON.stringify([sent.map(({ body }) => ({ ...body, bundle: 0 })), double.received])).not.toMatch(
      /"age"|\b30\b/,
    );
  });

  test.each([
    'device', // whichever comes first
    'events',
  ])('leaves no name for a token at the end of a page, though beacons are asked for: %s first', async (first) => {
    double.answers['device/decisions'] = () => new Promise(() => {}); // no tokens in time
    const parts = ["hyperedge('device', { key: 'pk_test' })", "hyperedge('events', { beacon: true, seenMs: 50 })"];
    if (first === 'events') parts.reverse();
    double.html['/'] = `<!doctype html><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
      addEventListener('hyperedge:exposure', () => { document.title = 'seen' });
      ${parts[0]}</script><script async src="${double.api}/hyperedge.js" data-consent="granted" data-timeout-ms="9000"></script>
      <div data-hyperedge="hero" style="height:100px">own</div>`;
    double.html['/next'] = 'next';
    await page.goto(double.pages);
    await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, `${double.api}/${first}.js`);
    await page.evaluate((code) => new Function(code)(), parts[1] as string);
    expect(await until(async () => (await page.title()) === 'seen')).toBe(true);
    await page.goto(`${double.pages}/next`);
    await page.waitForTimeout(300);
    expect(JSON.stringify(double.received)).not.toContain('"device.');
  });

  test('whose tokens did not come in time is reported when they are there', async () => {
    broken.decisions = 503;
    await show();
    expect(await shows('For adults')).toBe(true);
    await until(() => pathsOf().includes('decisions'));
    broken = {};
    const feedback = () => double.received.filter(({ endpoint }) => endpoint === 'feedback');
    await until(() => feedback().length > 0);
    expect(feedback()[0]?.body.events).toContainEqual({ token: TOKEN, kind: 'exposure' });
    expect(pathsOf()).toEqual(['bundle', 'decisions', 'decisions']);
  });

  test('needs no network: the next page view decides with the API out of reach', async () => {
    await show();
    expect(await shows('For adults')).toBe(true);
    await until(() => sent.length === 2);
    await context.route('**/v1/**', (route) => route.abort());
    await show('granted', { age: 12 });
    expect(await shows('For all')).toBe(true);
    expect(pathsOf().filter((path) => path === 'bundle')).toHaveLength(1);
  });

  test('is asked for as ever when there is no bundle, or it has expired and there is no other', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'from the API' } } };
    broken.bundle = 500;
    await show();
    expect(await shows('from the API')).toBe(true);
    broken = {};
    lifeMs = 0;
    await show();
    expect(await shows('For adults')).toBe(true);
    broken.bundle = 503;
    await show();
    expect(await shows('from the API')).toBe(true);
  });
});

test('a first visitor of a page with nothing for devices is one visitor: asked for under the id that the bundle came with', async () => {
  double.html['/'] = `<!doctype html><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
    hyperedge('device', { key: 'pk_test' })</script>
    <script async src="${double.api}/hyperedge.js" data-consent="granted" data-timeout-ms="9000"></script>
    <div data-hyperedge="side">own</div>`;
  await page.goto(double.pages);
  expect(await until(() => double.received[0]?.body.customer)).toEqual({ anonymousId: ANONYMOUS_ID });
  await page.evaluate(() => new Promise((done) => hyperedge('get', 'more', done)));
  expect(await page.evaluate(() => localStorage.hyperedge)).toBe(ANONYMOUS_ID);
});

describe('without consent', () => {
  test('it decides from the page alone: nothing is stored, nobody is named, nothing is reported', async () => {
    await show('pending');
    expect(await shows('For adults')).toBe(true);
    await page.waitForTimeout(1_700); // longer than it takes to be seen and reported
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(pathsOf()).toEqual(['bundle']);
    expect(JSON.stringify([sent, double.received])).not.toMatch(/anonymousId|"customer"/);
    expect(double.received.filter(({ endpoint }) => endpoint !== 'optimize')).toEqual([]);
  });

  test('taken back while the bundle is under way, it is neither kept nor used, and nobody is asked about anybody', async () => {
    const told = Promise.withResolvers<void>();
    await context.route('**/v1/device/bundle', async (route) => {
      await told.promise;
      await route.continue();
    });
    const asked = page.waitForRequest('**/v1/device/bundle');
    await show('granted');
    await asked;
    await page.evaluate(() => hyperedge('consent', 'denied'));
    const answered = page.waitForResponse('**/v1/device/bundle');
    told.resolve();
    await answered;
    await page.waitForTimeout(300);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(await textOf('hero')).toBe('own');
    expect(pathsOf()).toEqual(['bundle']);
    expect(double.received.filter(({ endpoint }) => endpoint !== 'consent')).toEqual([]);
  });

  test('withdrawn in another tab while the bundle is under way, nothing is stored again', async () => {
    await show();
    expect(await shows('For adults')).toBe(true);
    const asked = sent.length;
    await context.route('**/v1/device/bundle', async (route) => {
      await page.evaluate(() => delete localStorage.hyperedge); // as the other tab does
      await route.continue();
    });
    await page.evaluate(() => {
      sessionStorage.clear();
      hyperedge('get', 'more', () => {});
    });
    expect(await until(() => sent.length > asked)).toBe(true);
    await page.waitForTimeout(300);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(double.received.filter(({ body }) => body.placements?.includes('more'))).toEqual([]);
  });

  test('said once more while the bundle is under way, it changes nothing', async () => {
    await context.route('**/v1/device/bundle', async (route) => {
      await page.evaluate(() => hyperedge('consent', 'granted'));
      await route.continue();
    });
    await show();
    expect(await shows('For adults')).toBe(true);
    expect(double.received.filter(({ body }) => body.placements?.includes('hero'))).toEqual([]);
  });

  test('taken back while a report waits for its token, the report is not sent', async () => {
    const told = Promise.withResolvers<void>();
    double.answers['device/decisions'] = async (body) => {
      await told.promise;
      return answer('decisions', body);
    };
    await show();
    expect(await until(async () => ((await page.evaluate('seen')) as string[]).length > 0)).toBe(true);
    await page.waitForTimeout(700); // the entry has handed it over
    await page.evaluate(() => hyperedge('consent', 'denied'));
    told.resolve();
    expect(await until(() => pathsOf().includes('decisions'))).toBe(true);
    await page.waitForTimeout(300);
    expect(JSON.stringify(double.received.filter(({ endpoint }) => endpoint === 'feedback'))).not.toContain(TOKEN);
  });

  test('given, taken back or reset, the bundle goes with it', async () => {
    await show();
    expect(await shows('For adults')).toBe(true);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['hyperedge-device']);
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await show();
    await until(async () => (await page.evaluate(() => Object.keys(sessionStorage))).length > 0);
    await page.evaluate(() => hyperedge('reset'));
    expect(await stored(page)).toEqual(NOTHING_STORED);
  });
});
