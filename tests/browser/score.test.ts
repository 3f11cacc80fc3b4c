/** Scores on the page, in a real browser: what a session counts, where it is kept, what is told to whom, and what a page without a model does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { BUNDLE_FORMAT } from '../../decisioning/device/bundle.ts';
import { scoreBucket } from '../../decisioning/scoring/on-device.ts';
import { scoredPlace } from '../../decisioning/testing/scored-place.ts';
import { erfGraph, uploadOf } from '../workerd/models/small-model.ts';
import { until } from './browser.ts';
import { shippedModel } from './model-answers.ts';
import { NOTHING_STORED, stored } from './page.ts';
import { usePages } from './pages.ts';

const { browser, double, open, asked, bodies, close } = await usePages();

const INTENT = shippedModel('purchase-intent');
beforeEach(() => {
  double.models = { 'purchase-intent': INTENT };
});

/** Notes every score. */
const NOTE = `window.scores = []; addEventListener('hyperedge:score', ({ detail }) => scores.push(detail));`;
const scoresOf = (page: Page): Promise<HyperedgeScore[]> =>
  page.evaluate(() => (window as unknown as { scores: HyperedgeScore[] }).scores);
/** The newest score that satisfies. */
async function scoreWhere(page: Page, satisfies: (score: HyperedgeScore) => boolean): Promise<HyperedgeScore> {
  let found: HyperedgeScore | undefined;
  await until(async () => {
    found = (await scoresOf(page)).findLast(satisfies);
    return found !== undefined;
  });
  if (!found) throw new Error(`no such score among ${JSON.stringify(await scoresOf(page))}`);
  return found;
}
const start = (options: object = {}) =>
  `${NOTE} hyperedge('score', ${JSON.stringify({ models: ['purchase-intent'], page: { kind: 'product', value: 4 }, ...options })});`;
const show = async (consent: string, options: object = {}, more: Parameters<typeof open>[0] = { body: '' }) =>
  open({ ...more, before: start(options), script: `data-consent="${consent}" data-timeout-ms="9000"` });

describe('a session', () => {
  test('counts pages by kind, seconds, values and what happened, and is scored from that', async () => {
    const { page } = await show('pending');
    const first = await scoreWhere(page, () => true);
    expect(first).toMatchObject({ model: 'purchase-intent', version: 1, engine: 'hyperedge' });
    expect(first.inputs).toMatchObject({ 'page-value': 4, 'product-pages': 1, 'account-pages': 0, 'account-time': 0 });
    expect(first.inputs.month).toMatch(/^[a-z]{3}$/);
    expect(first.outputs.probability).toBeGreaterThan(0);
    expect(first.bucket).toBe(scoreBucket(INTENT.manifest, first.outputs.probability!));
    await page.evaluate(() => hyperedge('score', { page: { kind: 'account', value: 36 }, count: 'basketAdds' }));
    const second = await scoreWhere(page, ({ inputs }) => inputs['account-pages'] === 1);
    expect(second.inputs).toMatchObject({ 'page-value': 20, 'product-pages': 1 });
    expect(second.inputs['product-time']).toBeGreaterThanOrEqual(first.inputs['product-time'] as number);
    expect(second.outputs.probability).not.toBe(first.outputs.probability);
  });

  test('goes on over pages with consent, and who was here before is returning', async () => {
    const context = await browser.newContext();
    const { page } = await show('granted', {}, { body: '', context });
    const one = await scoreWhere(page, ({ inputs }) => inputs.visitor === 'new');
    expect(one.inputs['product-pages']).toBe(1);
    await page.reload();
    const two = await scoreWhere(page, () => true);
    expect(two.inputs).toMatchObject({ 'product-pages': 2, visitor: 'new' });
    const later = await show('granted', {}, { body: '', context });
    const other = await scoreWhere(later.page, ({ inputs }) => inputs.visitor === 'returning');
    expect(other.inputs['product-pages']).toBe(1);
    await context.close();
  });

  test.each(['pending', 'denied'])('leaves nothing behind while consent is %s, and names nobody', async (consent) => {
    const { page } = await show(consent, { send: { 'purchase-intent': 'intent' } });
    await scoreWhere(page, () => true);
    await page.evaluate(() => dispatchEvent(new Event('pagehide')));
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await page.reload();
    expect((await scoreWhere(page, () => true)).inputs).toMatchObject({ 'product-pages': 1, visitor: null });
    expect(double.modelsAsked.every((path) => /^models\/[\w/-]+\?key=pk_test$/.test(path))).toBe(true);
  });

  test.each(['consent', 'reset'])('is forgotten by %s, in storage and on the page', async (command) => {
    const { page } = await show('granted');
    await scoreWhere(page, () => true);
    expect(await page.evaluate(() => 'hyperedge-session' in sessionStorage)).toBe(true);
    await page.evaluate((name) => (name === 'reset' ? hyperedge('reset') : hyperedge('consent', 'denied')), command);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await scoreWhere(page, ({ inputs }) => inputs['product-pages'] !== 1);
  });
});

describe('a bucket', () => {
  const BODY = '<p data-hyperedge="hero">own</p>';
  const attributes = () => bodies('optimize').map(({ context }) => context?.attributes ?? {});
  const askAgain = async (page: Page) => {
    const before = asked().length;
    await page.evaluate((n) => hyperedge('get', `more-${n}`, () => {}), before);
    await until(() => asked().length > before);
    return attributes().at(-1);
  };

  test('is sent with consent, as the attribute that the site chose, and nothing else of the session is', async () => {
    const { page } = await show('granted', { send: { 'purchase-intent': 'intent' } }, { body: BODY });
    const { bucket } = await scoreWhere(page, () => true);
    expect(await askAgain(page)).toEqual({ intent: bucket });
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect(await askAgain(page)).toEqual({});
    await page.evaluate(() => hyperedge('consent', 'granted'));
    expect(await askAgain(page)).toEqual({ intent: expect.any(Number) });
    expect(JSON.stringify(double.received)).not.toMatch(/session\.|page-value|product-(pages|time)|probability/);
  });

  test.each(['personalization', 'analytics'] as const)('is not sent to those who refuse %s', async (purpose) => {
    const { page } = await show('pending', { send: { 'purchase-intent': 'intent' } }, { body: BODY });
    await scoreWhere(page, () => true);
    const all = { functional: true, personalization: true, analytics: true, ads: true };
    await page.evaluate((said) => hyperedge('purposes', said), all);
    await until(() => bodies('optimize').some(({ consent }) => consent === 'granted'));
    expect(await askAgain(page)).toEqual({ intent: expect.any(Number) });
    const heard = page.evaluate(() => new Promise((done) => addEventListener('hyperedge:purposes', () => done(1))));
    await page.evaluate((name) => hyperedge('purposes', { [name]: false }), purpose);
    await heard;
    expect(await askAgain(page)).toEqual({});
    // What was counted is not kept for the next page, either.
    const kept = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
    expect(kept.filter((name) => /session|visits/.test(name))).toEqual([]);
  });
});

describe('decisions on the page', () => {
  /** One campaign: those above .4 see A, all others B. */
  const bundle = () => {
    const signed = {
      format: BUNDLE_FORMAT,
      nonce: 'n',
      workspaceId: 'w',
      siteId: 's',
      issuedAtMs: Date.UTC(2026, 10, 22),
      reads: { 'models.purchase-intent.probability': { type: 'number', own: true } },
      places: [scoredPlace('models.purchase-intent.probability', 0.4)],
    };
    return {
      customer: {},
      bundle: { signed: JSON.stringify(signed), signature: 'k1.mac' },
      lifeMs: 60_000,
      contents: { hero: { default: null, arms: { local: { a: { text: 'sure' }, b: { text: 'hesitant' } } } } },
      others: { side: 'other_campaigns' },
    };
  };
  const BODY = '<p data-hyperedge="hero" style="height:100px">own</p><div data-hyperedge="side">own</div>';
  const says = (page: Page, text: string) => until(async () => (await page.locator('p').textContent()) === text);
  const device = { key: `pk_test` };

  test('go by the score, and follow it from bucket to bucket; it is told nobody', async () => {
    double.answers['device/bundle'] = () => ({ json: bundle() });
    double.html['/'] = `<!doctype html><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
      ${start({ page: { kind: 'product', value: 0 }, device })}</script>
      <script async src="${double.api}/hyperedge.js" data-timeout-ms="9000"></script>${BODY}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(double.pages);
    expect(await says(page, 'hesitant')).toBe(true);
    await page.evaluate(() => hyperedge('score', { page: { kind: 'product', value: 200 }, attributes: { x: 1 } }));
    expect(await says(page, 'sure')).toBe(true);
    // What is not for devices is asked for once, whatever the score does.
    expect(asked().map(({ body }) => body.placements)).toEqual([['side']]);
    expect(JSON.stringify(double.received)).not.toContain('purchase-intent');
    await context.close();
  });

  test.each([
    ['there is no such model', () => delete double.models['purchase-intent']],
    [
      'its file is another than its name says',
      () => {
        double.models = { 'purchase-intent': { ...INTENT, file: INTENT.file.slice(1) } };
      },
    ],
  ])('are made without a score where %s', async (_name, spoil) => {
    spoil();
    double.answers['device/bundle'] = () => ({ json: bundle() });
    double.html['/'] = `<!doctype html><script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
      ${start({ device })}</script>
      <script async src="${double.api}/hyperedge.js" data-timeout-ms="9000"></script>${BODY}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(double.pages);
    expect(await says(page, 'hesitant')).toBe(true);
    expect(await scoresOf(page)).toEqual([]);
    await context.close();
  });
});

test('a version that is called back scores no longer than its answer lives, and one that comes again does', async () => {
  const context = await browser.newContext();
  await context.clock.install();
  const { page } = await show('pending', {}, { body: '', context });
  await scoreWhere(page, () => true);
  /** Whether it scores when the answer of the minute after is there, and what it says is loaded: for that a busy machine has `goes`. */
  const minute = async (goes = 1): Promise<boolean> => {
    const told = page.waitForResponse(/\/device\?/, { timeout: 10_000 });
    await page.clock.runFor(66_000);
    await told;
    await page.clock.runFor(6_000);
    const { length } = await scoresOf(page);
    for (let go = 1; ; go += 1) {
      await page.clock.runFor(11_000);
      if ((await scoresOf(page)).length > length) return true;
      if (go === goes) return false;
      await sleep(500);
    }
  };
  expect(await minute(3)).toBe(true);
  double.models = {};
  expect(await minute()).toBe(false);
  double.models = { 'purchase-intent': INTENT };
  expect(await minute(3)).toBe(true);
  // While nobody says who is in charge, who was goes on; once another is, it does not, whether or not that one loads.
  await page.route(/\/device\?/, (route) => route.fulfill({ status: 503 }));
  expect(await minute()).toBe(true);
  await page.unroute(/\/device\?/);
  await page.route(/\/files\//, (route) => route.fulfill({ status: 503 }));
  await page.route(/\/device\?/, async (route) => {
    const response = await route.fetch();
    const model = await response.json();
    const versions = [{ ...model.versions[0], version: 2, manifest: '1'.repeat(64) }];
    await route.fulfill({ response, json: { ...model, versions } });
  });
  expect(await minute()).toBe(false);
  await context.close();
});

test('onnxruntime-web is fetched by those who ask for it alone', async () => {
  const { page } = await show('pending');
  await scoreWhere(page, () => true);
  const files = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect((await files()).filter((name) => /\/ort\//.test(name))).toEqual([]);
  await page.evaluate(() => hyperedge('score', { models: ['purchase-intent'], engine: 'onnxruntime-web' }));
  const other = await scoreWhere(page, ({ engine }) => engine === 'onnxruntime-web');
  expect(other.outputs.probability).toBeGreaterThan(0);
  expect((await files()).filter((name) => /\/ort\//.test(name)).map((name) => name.replace(/.*\//, ''))).toEqual([
    'ort.wasm.bundle.min.mjs',
    'ort-wasm-simd-threaded.wasm',
  ]);
  await close();
});

test('a model with an operator beyond our own says itself that onnxruntime-web is to score it, and is scored by that', async () => {
  const engine = 'onnxruntime-web';
  const { manifest, file } = await uploadOf(erfGraph(), { id: 'erf', engine, onDevice: true });
  double.models = { erf: { manifest, file: Uint8Array.from(Buffer.from(file, 'base64')) } };
  const { page } = await show('pending');
  await page.evaluate(() =>
    hyperedge('score', { attributes: { tenureMonths: 5, contract: 'yearly' }, models: ['erf'] }),
  );
  const scored = await scoreWhere(page, ({ model }) => model === 'erf');
  expect(scored.engine).toBe(engine);
  // erf(5 / 10), from tables.
  expect(scored.outputs.probability).toBeCloseTo(0.5204999, 6);
  await close();
});
