/** A release embedded with integrity: what is not to the byte what was built does not run, and breaks nothing. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { bundles } from '../../client-snippet/bundle.ts';
import { embedOf } from '../../client-snippet/embed.ts';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { browser, double } = await usePages();

let files: Record<string, { path: string; integrity: string }>;
let page: Page;
let errors: string[];

beforeAll(async () => {
  const hash = (code: string) => `sha384-${createHash('sha384').update(code).digest('base64')}`;
  files = Object.fromEntries(
    [...(await bundles())].map(([name, code]) => [name, { path: name, integrity: hash(code) }]),
  );
});
afterEach(async () => {
  await page.context().close();
  expect(errors).toEqual([]);
});

async function open(changed: Record<string, string>): Promise<void> {
  const wrong = Object.entries(changed).map(([name, integrity]) => [name, { path: name, integrity }]);
  const embed = embedOf(double.api, { ...files, ...Object.fromEntries(wrong) }).replace(
    'data-key="pk_…"',
    'data-key="pk_test"',
  );
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'decided' } } };
  double.html['/'] = `<!doctype html><html><head>${embed}</head><body><p data-hyperedge="hero">own</p></body></html>`;
  page = await (await browser.newContext()).newPage();
  errors = [];
  // Firefox reports by itself, as an error, what the browser is here to do.
  page.on('pageerror', ({ message }) => /hashes in the integrity attribute/.test(message) || errors.push(message));
  await page.goto(double.pages);
}

/** Whether the part `goal` has come, and `events` that it brings. */
const hasEvents = () =>
  page.evaluate(async () => {
    window.hyperedge('goal' as never, 'seen' as never);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/events.js'));
  });
const other = `sha384-${createHash('sha384').update('something else').digest('base64')}`;

test('what was built runs, lazy parts too', async () => {
  await open({});
  await until(async () => (await page.locator('p').textContent()) === 'decided');
  expect(await page.locator('p').textContent()).toBe('decided');
  expect(await hasEvents()).toBe(true);
});

test('another script does not run: the page keeps its own content', async () => {
  await open({ 'hyperedge.js': other });
  await page.waitForTimeout(300);
  expect(await page.locator('p').textContent()).toBe('own');
  expect(double.received).toEqual([]);
});

test('another lazy part does not run, the script goes on without it', async () => {
  await open({ 'goal.js': other });
  await until(async () => (await page.locator('p').textContent()) === 'decided');
  expect(await hasEvents()).toBe(false);
});
