/** Decisions on the device with the real runtime: published, decided in a browser, decided again at the edge, counted. */
/// <reference path="../../client-snippet/hyperedge.d.ts" />
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PerformanceResponse } from '../../contract/performance.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser, until } from './browser.ts';
import { ownPort } from './ports.ts';

let browser: Browser;
let stack: Stack;
let folder: string;
let pages: Server;
let origin: string;

const html = () => `<!doctype html><title>Shop</title><script>
    window.hyperedge = window.hyperedge || function () { (hyperedge.q = hyperedge.q || []).push(arguments) };
    hyperedge('device', { key: '${stack.keys.publishableKey}', attributes: { weeklyKm: 60 } });
  </script>
  <script async src="${stack.url}/hyperedge.js" data-timeout-ms="9000" data-consent="granted"></script>
  <h1 data-hyperedge="runners" style="height:100px">own</h1>`;

const DOCUMENTS: readonly (readonly [path: string, body: object])[] = [
  ['attributes/weeklyKm', { type: 'number', source: 'device' }],
  ['placements/runners', { name: 'Runners' }],
  [
    'campaigns/shoes',
    {
      name: 'Shoes',
      onDevice: true,
      objective: { goal: 'click' },
      placements: ['runners'],
      contexts: [{ id: 'starter', condition: { weeklyKm: { $lt: 10 } } }],
      arms: ['a', 'b', 'c'].map((id) => ({ id, content: { text: `Shoe ${id}` } })),
    },
  ],
];

const ask = (method: string, path: string, body?: object, more: Record<string, string> = {}) =>
  fetch(`${stack.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json', ...more },
    ...(body && { body: JSON.stringify(body) }),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-device-'));
  pages = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html()));
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  [browser, stack] = await Promise.all([
    launchBrowser(),
    startStack({
      root: fileURLToPath(new URL('../../', import.meta.url)),
      port: await ownPort(),
      stateDir: join(folder, 'state'),
      demoFile: join(folder, 'demo.json'),
      vars: { DECIDE_DEADLINE_MS: '20000' },
    }),
  ]);
  const site = await ask('GET', `sites/${stack.keys.site}`);
  const own = { ...((await site.json()) as object), origins: [origin] };
  const put = await ask('PUT', `sites/${stack.keys.site}`, own, { 'if-match': site.headers.get('etag') ?? '' });
  expect(put.ok).toBe(true);
  for (const [path, body] of DOCUMENTS) {
    const stored = await ask('PUT', path, { id: path.split('/')[1], ...body }, { 'if-none-match': '*' });
    expect([path, stored.ok ? '' : await stored.text()]).toEqual([path, '']);
  }
  const published = await ask('POST', 'publish', {});
  expect(published.ok ? '' : await published.text()).toBe('');
});
afterAll(async () => {
  await browser?.close();
  await stack?.runtime.stop();
  pages?.close();
  await rm(folder, { recursive: true, force: true });
});

test('a page shows what it decided, twice in a session, and the edge counts it once', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') asked.push(new URL(request.url()).pathname);
  });
  const shown = () => page.locator('h1').textContent();
  // Workers hear of a publish within two seconds of traffic.
  await until(async () => {
    await page.goto(origin);
    await page.waitForResponse((answer) => answer.url().endsWith('/v1/device/bundle')).catch(() => undefined);
    return /^Shoe/.test((await shown()) ?? '') || page.evaluate(() => sessionStorage.clear());
  });
  // Until then it asked as ever.
  asked.length = 0;
  const first = await shown();
  expect(first).toMatch(/^Shoe [abc]$/);
  await until(() => asked.includes('/v1/feedback'));
  await page.locator('h1').click();
  await until(() => asked.filter((path) => path === '/v1/feedback').length === 2);
  const before = asked.length;
  await page.goto(origin);
  await until(async () => (await shown()) === first);
  expect(await shown()).toBe(first);
  await until(() => asked.slice(before).includes('/v1/feedback'));
  expect(asked.slice(before)).not.toContain('/v1/device/bundle');
  expect(asked).not.toContain('/v1/optimize');
  const counted = await until(async () => {
    const performance = (await (await ask('GET', 'campaigns/shoes/performance')).json()) as PerformanceResponse;
    const sums = performance.arms.map(({ arm, trials, conversions }) => ({ arm, trials, conversions }));
    return sums.some(({ conversions }) => conversions > 0) && sums;
  });
  const arm = first?.split(' ')[1];
  const nothing = { trials: 0, conversions: 0 };
  const expected = ['a', 'b', 'c'].map((id) => ({
    arm: id,
    ...(id === arm ? { trials: 1, conversions: 1 } : nothing),
  }));
  expect(counted).toEqual(expected);
  expect(errors).toEqual([]);
});
