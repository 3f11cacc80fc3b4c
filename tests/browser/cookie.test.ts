/** The first-party cookie in a real browser, with the real runtime: a page on a port beside the API's, of the same host and of another. */
/// <reference path="../../client-snippet/hyperedge.d.ts" />
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { IN_FIREFOX, launchBrowser, until } from './browser.ts';
import { ownPort } from './ports.ts';

let browser: Browser;
let stack: Stack;
let folder: string;
let pages: Server;
let port: number;
let context: BrowserContext;

const at = (host: string) => `http://${host}:${port}`;
const api = (host: string) => stack.url.replace('localhost', host);

function html(query: URLSearchParams): string {
  const [host, attributes] = [query.get('api') ?? 'localhost', query.get('with') ?? ''];
  return `<!doctype html><title>Shop</title><script>
    window.hyperedge = window.hyperedge || function () { (hyperedge.q = hyperedge.q || []).push(arguments) }
  </script>
  <script async src="${api(host)}/hyperedge.js" data-key="${stack.keys.publishableKey}" data-timeout-ms="9000" ${attributes}></script>
  <div data-hyperedge="hero">own</div>`;
}

async function configure(change: object): Promise<void> {
  const headers = { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' };
  const path = `${stack.url}/v1/sites/${stack.keys.site}`;
  const before = await fetch(path, { headers });
  const body = JSON.stringify({ ...((await before.json()) as object), ...change });
  const put = await fetch(path, {
    method: 'PUT',
    body,
    headers: { ...headers, 'if-match': before.headers.get('etag') ?? '' },
  });
  expect([200, 204]).toContain(put.status);
  const published = await fetch(`${stack.url}/v1/publish`, { method: 'POST', headers, body: '{}' });
  expect(published.ok).toBe(true);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-cookie-'));
  pages = createServer(({ url }, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(html(new URL(url ?? '/', 'http://x').searchParams)),
  );
  await new Promise<void>((resolve) => pages.listen(0, resolve));
  port = (pages.address() as AddressInfo).port;
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
  const origins = [at('localhost'), at('127.0.0.1'), api('localhost'), api('127.0.0.1')];
  await configure({ origins, cookie: { maxAgeDays: 30 } });
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser?.close();
  await stack?.runtime.stop();
  pages?.close();
  await rm(folder, { recursive: true, force: true });
});

const INCLUDED = 'data-credentials="include"';
const GRANTED = `data-consent="granted" ${INCLUDED}`;
const idOf = (page: Page): Promise<string | undefined> => page.evaluate(() => localStorage.hyperedge);
const cookieOf = async () => (await context.cookies()).find(({ name }) => name === 'hyperedge');

/** Opens a page, until it has its answer; `host` of the page, `to` that of the API. */
async function show(page: Page, attributes: string, host = 'localhost', to = host): Promise<string | undefined> {
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/optimize'));
  await page.goto(`${at(host)}/?${new URLSearchParams({ api: to, with: attributes })}`);
  await answered;
  if (attributes.includes('granted')) await until(() => idOf(page).catch(() => undefined));
  return idOf(page);
}

test.each(['localhost', '127.0.0.1'])(
  'on %s it is kept out of reach of scripts, and who lost their storage is the same visitor',
  async (host) => {
    const page = await context.newPage();
    const id = await show(page, GRANTED, host);
    expect(await cookieOf()).toMatchObject({
      value: id,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
      domain: host,
    });
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.evaluate(() => localStorage.clear());
    expect(await show(page, GRANTED, host)).toBe(id);
    // Another port is another origin with a storage of its own, and the same host.
    await page.goto(`${api(host)}/healthz`);
    expect(await idOf(page)).toBeUndefined();
  },
);

test('who had storage before there was a cookie is the same visitor with it', async () => {
  const page = await context.newPage();
  const id = await show(page, GRANTED);
  await context.clearCookies();
  expect(await show(page, GRANTED)).toBe(id);
  expect((await cookieOf())?.value).toBe(id);
});

test('a page of another host gets none', async () => {
  const page = await context.newPage();
  expect(await show(page, 'data-consent="granted"', '127.0.0.1', 'localhost')).toBeTruthy();
  expect(await context.cookies()).toEqual([]);
});

test('before consent none is set, and one that is there is neither read nor renewed', async () => {
  const page = await context.newPage();
  await show(page, INCLUDED);
  expect(await context.cookies()).toEqual([]);
  await show(page, GRANTED);
  const kept = await cookieOf();
  await page.evaluate(() => localStorage.clear());
  const answer = page.waitForResponse((response) => response.url().endsWith('/v1/optimize'));
  await show(page, INCLUDED);
  // The driver cannot read answers of an older Firefox.
  if (IN_FIREFOX) await answer;
  else expect(await (await answer).json()).toMatchObject({ customer: {} });
  expect((await cookieOf())?.expires).toBe(kept?.expires);
});

test('against consent the next answer clears it; a reset does at once, and the next visitor is another', async () => {
  const page = await context.newPage();
  const id = await show(page, GRANTED);
  await page.evaluate(() => hyperedge('reset'));
  expect(await until(async () => (await cookieOf()) === undefined)).toBe(true);
  const next = await show(page, GRANTED);
  expect(next).not.toBe(id);
  expect((await cookieOf())?.value).toBe(next);
  await show(page, `data-consent="denied" ${INCLUDED}`);
  expect(await until(async () => (await cookieOf()) === undefined)).toBe(true);
});

test('a reset that the API never heard of brings nobody back, where the part looks after it', async () => {
  const page = await context.newPage();
  const id = await show(page, GRANTED);
  const loaded = page.waitForResponse((response) => response.url().endsWith('/identity.js'));
  await page.evaluate(() => hyperedge('identity'));
  await (await loaded).finished();
  await page.waitForTimeout(100);
  await page.route(/\/v1\/(events|consent)$/, (route) => route.abort());
  await page.evaluate(() => hyperedge('reset'));
  expect((await cookieOf())?.value).toBe(id);
  await show(page, GRANTED);
  expect(await until(async () => ![id, 'reset'].includes(await idOf(page)))).toBe(true);
  expect((await cookieOf())?.value).toBe(await idOf(page));
});
