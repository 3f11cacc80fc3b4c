/** What the runtime serves beside the shop: the reference page, the guides, and what is not there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser } from './browser.ts';
import { ownPort } from './ports.ts';

let browser: Browser;
let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-reference-'));
  [browser, stack] = await Promise.all([
    launchBrowser(),
    startStack({
      root: fileURLToPath(new URL('../../', import.meta.url)),
      port: await ownPort(),
      stateDir: join(folder, 'state'),
      demoFile: join(folder, 'demo.json'),
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the reference and the guides fit a phone, and its menu leads to an endpoint', async () => {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await page.goto(`${stack.url}/docs/guides/`);
  expect(await page.locator('main h1').isVisible()).toBe(true);
  expect(await width()).toBe(390);
  await page.goto(`${stack.url}/docs/`);
  await page.waitForSelector('.opblock');
  expect(await width()).toBe(390);
  await page.click('#menu');
  await page.click('#index a >> nth=0');
  expect(await page.locator('#index').isVisible()).toBe(false);
  await page.waitForSelector('.opblock.is-open');
  expect(await width()).toBe(390);
});

test('no page makes the browser complain: of a header that it does not know, of a file, of a script', async () => {
  const page = await browser.newPage();
  const said: string[] = [];
  page.on('console', (message) => ['warning', 'error'].includes(message.type()) && said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  for (const path of ['/', '/docs/', '/docs/guides/', '/demo/'])
    await page.goto(`${stack.url}${path}`, { waitUntil: 'load' });
  expect(said).toEqual([]);
  await page.close();
});

test('an address below the guides that has no page is answered with the list of them; elsewhere with a problem', async () => {
  for (const path of [
    '/docs/guides/nothing.html',
    '/docs/guides/policies/nothing.html',
    '/docs/reference/nothing.html',
  ]) {
    const answer = await fetch(`${stack.url}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('<a href="/docs/guides/quickstart">Quick start</a>');
  }
  const elsewhere = await fetch(`${stack.url}/nothing`);
  expect(elsewhere.status).toBe(404);
  expect(elsewhere.headers.get('content-type')).toContain('application/problem+json');
});

test('every file of the page script may be fetched by pages of any origin, once and for five minutes, and its release for ever', async () => {
  const manifest = (await (await fetch(`${stack.url}/manifest.json`)).json()) as {
    files: Record<string, { path: string }>;
  };
  expect(Object.keys(manifest.files)).toContain('hyperedge.js');
  for (const [name, { path }] of Object.entries(manifest.files)) {
    const [newest, release] = await Promise.all([fetch(`${stack.url}/${name}`), fetch(`${stack.url}/${path}`)]);
    for (const answer of [newest, release]) {
      expect(answer.status, name).toBe(200);
      expect(answer.headers.get('access-control-allow-origin'), name).toBe('*');
    }
    expect(newest.headers.get('cache-control'), name).toBe('public, max-age=300');
    expect(release.headers.get('cache-control'), name).toBe('public, max-age=31536000, immutable');
  }
});
