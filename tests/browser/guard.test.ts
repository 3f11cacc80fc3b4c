/** The flicker guard: hides what is going to be replaced and nothing else, and lets go whatever happens. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundle } from '../../client-snippet/bundle.ts';
import { PATIENT } from './page.ts';
import { NOTE_WAITS, usePages, waitsOf } from './pages.ts';

const { browser, double } = await usePages();

let context: BrowserContext;
let guard: string;

beforeAll(async () => {
  guard = await bundle('stub/guard.ts');
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

/** Long enough that nothing but an event ends it within a test, unless a test is about the time. */
const LONG_MS = 60_000;

interface Shape {
  /** Before the guard. */
  readonly first?: string;
  readonly body?: string;
  readonly tag?: string;
  readonly script?: string;
  readonly calls?: string;
  /** Attributes of the page script: it waits long for an answer unless a test is about the time. */
  readonly wait?: string;
}

/** Opens a page with the guard. It notes for every frame how opaque the target and another element are, and when it was released. */
async function show(shape: Shape): Promise<Page> {
  const { first = '', body, tag = `data-hide-ms="${LONG_MS}"`, script, calls = '', wait = PATIENT } = shape;
  double.html['/'] = `<!doctype html><html><head>${first}<script nonce="n" ${tag}>${guard}</script>
<script nonce="n">${calls}
window.frames_ = [];
const look = () => {
  const [own, other] = ['.target', '.other'].map((s) => document.querySelector(s));
  if (own) frames_.push([getComputedStyle(own).opacity, getComputedStyle(other).opacity, own.textContent, own.getBoundingClientRect().height, performance.now()]);
  requestAnimationFrame(look);
};
look();</script>
${script ?? `<script nonce="n" async src="${double.api}/hyperedge.js" data-key="pk_test" ${wait}></script>`}
</head><body><p class="other">other</p>${body ?? '<p class="target" data-hyperedge="a">own</p>'}</body></html>`;
  const page = await context.newPage();
  await page.goto(`${double.pages}/`, { waitUntil: 'commit' });
  return page;
}

type Frame = [own: string, other: string, text: string, height: number, atMs: number];
const frames = (page: Page) => page.evaluate(() => (window as unknown as { frames_: Frame[] }).frames_);
const shown = async (page: Page): Promise<Frame> => {
  await page.waitForFunction(() => (window as unknown as { frames_: Frame[] }).frames_.at(-1)?.[0] === '1');
  return (await frames(page)).at(-1) as Frame;
};

test('hides the placement alone, without moving it, and shows it with what was decided', async () => {
  double.decisions = { a: { outcome: 'campaign', content: { text: 'A' } } };
  double.failures = { optimize: { delayMs: 100 } };
  const page = await show({});
  await shown(page);
  const all = await frames(page);
  expect(all.some(([own]) => own === '0')).toBe(true);
  expect(all.filter(([own]) => own === '1').map(([, , text]) => text)).not.toContain('own');
  expect(new Set(all.map(([, other]) => other))).toEqual(new Set(['1']));
  expect(new Set(all.map(([, , , height]) => height)).size).toBe(1);
});

test('sheets that the page adopted before it stay', async () => {
  const page = await show({
    first: `<script>const own = new CSSStyleSheet(); own.replaceSync('.other { width: 7px }'); document.adoptedStyleSheets = [own]</script>`,
  });
  await shown(page);
  expect((await frames(page)).some(([own]) => own === '0')).toBe(true);
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('.other') as Element).width)).toBe('7px');
});

test.each([
  ['default', { a: { outcome: 'default' as const } }, undefined],
  ['a failure', {}, { status: 500 }],
  ['no answer', {}, 'drop' as const],
  ['an answer that is none', {}, { text: '<html>' }],
  ['nothing for ten seconds', {}, { delayMs: 10_000 }],
])('the page’s own content is shown at once when the answer is %s', async (_, decisions, failure) => {
  double.decisions = decisions;
  double.failures = { optimize: failure };
  const [own, , text] = await shown(await show({ wait: '' }));
  expect([own, text]).toEqual(['1', 'own']);
});

test.each([
  ['is not there', '/missing/hyperedge.js'],
  ['is blocked', '/hyperedge.js'],
])('the script that %s lets go at once', async (what, path) => {
  if (what === 'is blocked') await context.route('**/hyperedge.js', (route) => route.abort());
  const page = await show({ script: `<script async src="${double.api}${path}" data-key="pk_test"></script>` });
  expect((await shown(page))[2]).toBe('own');
});

test('edge.js from anywhere lets go at once when it fails; an image that has the name does not', async () => {
  const edge = '<script async src="/files/edge.js"></script>';
  expect((await shown(await show({ script: edge })))[2]).toBe('own');
  await context.route('**/hyperedge.js', () => {});
  const image = '<img src="/hyperedge.js.png" data-key="x" onerror="window.failed = 1">';
  const page = await show({ body: `<p class="target" data-hyperedge="a">own</p>${image}` });
  await page.waitForFunction(() => 'failed' in window);
  expect((await frames(page)).every(([own]) => own === '0')).toBe(true);
});

test('the request that is blocked lets go at once', async () => {
  await context.route('**/v1/optimize', (route) => route.abort());
  expect((await shown(await show({})))[2]).toBe('own');
});

test.each([
  ['300 ms unless told', '', 300],
  ['as long as it is told', 'data-hide-ms="120"', 120],
])('a script that hangs lets go after a while: %s', async (_, tag, ms) => {
  await context.route('**/hyperedge.js', () => {});
  const page = await show({ tag, first: `<script>${NOTE_WAITS}</script>` });
  await shown(page);
  expect((await waitsOf(page)).timers[0]).toBe(ms);
  const all = await frames(page);
  const hidden = all.filter(([own]) => own === '0');
  const firstShown = all.find(([own]) => own === '1') as Frame;
  expect(hidden.length).toBeGreaterThan(0);
  expect(firstShown[4]).toBeGreaterThanOrEqual(ms);
  expect((hidden.at(-1) as Frame)[4]).toBeLessThan(ms + 700); // a busy machine draws late
});

test('a page without placements is not waited for, nor asked about', async () => {
  const page = await show({ body: '<p class="target">own</p>', tag: `data-hide=".nothing" data-hide-ms="${LONG_MS}"` });
  await page.waitForFunction(() => document.readyState === 'complete' && 'loaded' in hyperedge === false);
  expect(await page.evaluate(() => document.adoptedStyleSheets[0]?.disabled)).toBe(true);
  expect(double.received).toEqual([]);
});

test('selectors are hidden until the part has decided them, also when it finds none; blocked, the time ends it', async () => {
  double.decisions = { a: { outcome: 'campaign', content: { text: 'A' } } };
  const body = '<p class="target">own</p>';
  const tag = `data-hide=".target" data-hide-ms="${LONG_MS}"`;
  const page = await show({ body, tag, calls: "hyperedge('placements', [{ id: 'a', selector: '.target' }]);" });
  await shown(page);
  const all = await frames(page);
  expect(all.filter(([own]) => own === '1').map(([, , text]) => text)).not.toContain('own');
  await page.close();

  expect((await shown(await show({ body, tag })))[2]).toBe('own');

  await context.route('**/placements.js', (route) => route.abort());
  const blocked = await show({ body, tag: 'data-hide=".target"' });
  expect((await shown(blocked))[2]).toBe('own');
});

test('works where styles and scripts need a nonce', async () => {
  double.decisions = { a: { outcome: 'campaign', content: { text: 'A' } } };
  double.failures = { optimize: { delayMs: 100 } };
  double.headers = { 'content-security-policy': "default-src *; script-src 'nonce-n'; style-src 'nonce-n'" };
  const errors: string[] = [];
  context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const page = await show({});
  await shown(page);
  expect((await frames(page)).some(([own]) => own === '0')).toBe(true);
  expect(errors).toEqual([]);
});

test('when it has let go it asks for nothing: what is decided anew later is not asked for on its behalf', async () => {
  const page = await show({});
  await shown(page);
  await page.evaluate(() => {
    document.querySelector('.target')?.remove();
    hyperedge('consent', 'granted');
    return new Promise((done) => hyperedge('get', 'later', done));
  });
  expect(double.received.map(({ body }) => body.placements)).toEqual([['a'], ['later']]);
});
