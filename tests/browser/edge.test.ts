/** Pages filled on their way, on the real runtime and over real HTTP: what visitors see and report, and what passes through. */

import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, until } from './browser.ts';
import { type Double, startDouble } from './double.ts';
import { type EdgeSite, page, startEdgeSite } from './edge/site.ts';

let browser: Browser;
let site: EdgeSite;
let double: Double;
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
  [browser, site, double] = await Promise.all([launchBrowser(), startEdgeSite(), startDouble()]);
  // The first page of an isolate may find nobody out in time.
  site.pages = { '/': page(html()) };
  await until(async () => (await fetchText('/', { cookie: 'consent=yes' })).includes('"token"'));
});
beforeEach(async () => {
  site.received.length = 0;
  site.pages = { '/': page(html()) };
  double.reset();
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
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await double?.close();
});

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

describe('a visitor who agreed', () => {
  test('sees the content with the first paint and never the other, asks for nothing, and is counted', async () => {
    await Promise.all([agree(), watch()]);
    const opened = await visit();
    const reported = await opened.waitForResponse((answer) => answer.url().endsWith('/v1/feedback'));
    expect(reported.status()).toBe(200);
    expect(await opened.evaluate(() => (window as unknown as { texts: string[] }).texts)).toEqual([
      expect.stringMatching(SHOWN),
    ]);
    const seen = await exposures(opened);
    expect(seen).toHaveLength(1);
    const receipt = await fetch(`${site.api}/v1/decisions/${seen[0]}`, {
      headers: { authorization: `Bearer ${site.stack.keys.secretKey}` },
    });
    expect(await receipt.json()).toMatchObject({ exposedAt: expect.any(String) });
    expect(asked).toEqual(['/v1/feedback']);
    expect(await hero(opened).getAttribute('href')).toBe('/sale');
  });

  test('is one visitor: cookie and page agree, and the next page shows the same', async () => {
    await Promise.all([agree(), watch()]);
    const opened = await visit();
    const text = await visible(opened);
    await opened.waitForResponse((answer) => answer.url().endsWith('/v1/feedback'));
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
    await context.addCookies([{ name: 'consent', value: 'no', url: site.url }]);
    await opened.reload();
    expect(await idOf()).toBeUndefined();
    expect(await visible(opened)).toMatch(SHOWN);
    expect(asked).toEqual([]);
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

test('when a later decision is the page’s own content, the page has it back: children, attributes, and none of our marks on view', async () => {
  const text = await fetchText('/');
  double.html = { '/': text.replaceAll(site.api, double.api).replace('data-key', 'data-consent="granted" data-key') };
  double.decisions = { 'edge-hero': { outcome: 'holdout', content: null } };
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

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request whose every header is this test's: `fetch` would decode and add some. */
function get(
  path: string,
  headers: Record<string, string> = {},
  options: { method?: string; body?: string; at?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', body, at = site.url } = options;
    const sent = httpRequest(at + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const fetchText = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
  String((await get(path, headers)).body);

describe('over the wire', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('a page in %s is read, filled and sent readable', async (name, compress) => {
    site.pages = { '/': page(compress(html()), { 'content-encoding': name }) };
    const { headers, body } = await get('/', { 'accept-encoding': 'gzip, br, zstd' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(String(body)).toMatch(/>Shown at once(, too)?<template/);
    expect(site.received[0]?.headers['accept-encoding']).toBe('gzip, br');
  });

  test('anything else comes byte for byte: compressed as it was, in parts, and unchanged', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256));
    site.pages = {
      '/a.js': (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'text/javascript', 'content-encoding': 'gzip', etag: '"1"' })
          .end(gzipSync('let a')),
      '/film': (request, response) => {
        const part = bytes.subarray(10, 20);
        if (request.headers.range === 'bytes=10-19')
          response
            .writeHead(206, { 'content-range': `bytes 10-19/${bytes.length}`, 'content-length': part.length })
            .end(part);
        else
          response
            .writeHead(200, { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'content-length': bytes.length })
            .end(bytes);
      },
    };
    const script = await get('/a.js', { 'accept-encoding': 'gzip', 'sec-fetch-dest': 'script' });
    expect([script.headers['content-encoding'], script.headers.etag, script.body]).toEqual([
      'gzip',
      '"1"',
      gzipSync('let a'),
    ]);
    const film = await get('/film');
    expect([film.headers['content-length'], film.headers['accept-ranges'], film.body.equals(bytes)]).toEqual([
      '70000',
      'bytes',
      true,
    ]);
    const part = await get('/film', { range: 'bytes=10-19' });
    expect([part.status, part.headers['content-range'], part.body]).toEqual([
      206,
      'bytes 10-19/70000',
      bytes.subarray(10, 20),
    ]);
  });

  test('what is sent goes through as it comes, with cookies and addresses, and two cookies come back as two', async () => {
    site.pages = {
      '/form': (_request, response) =>
        response
          .writeHead(303, { location: `http://${site.received[0]?.headers.host}/done`, 'set-cookie': ['a=1', 'b=2'] })
          .end(),
    };
    const body = 'field=ü&'.repeat(10_000);
    const { status, headers } = await get(
      '/form',
      { cookie: 'x=y', 'x-forwarded-for': '203.0.113.9' },
      { method: 'POST', body },
    );
    expect([status, headers.location, headers['set-cookie']]).toEqual([303, `${site.url}/done`, ['a=1', 'b=2']]);
    expect(site.received[0]).toMatchObject({
      method: 'POST',
      body,
      headers: { cookie: 'x=y', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': new URL(site.url).host },
    });
  });

  test('a WebSocket is opened through it', async () => {
    let socket: Duplex | undefined;
    site.server.once('upgrade', ({ headers }, opened) => {
      socket = opened.on('error', () => undefined);
      // RFC 6455: the answer to the key, and one text frame.
      const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      socket.write([...lines, `Sec-WebSocket-Accept: ${accept.digest('base64')}`, '', ''].join('\r\n'));
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
    });
    const text = await new Promise<string>((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const sent = httpRequest(`${site.url}/socket`, { headers });
      sent.on('upgrade', (_response, socket, head) => {
        const read = (data: Buffer) => {
          resolve(String(data.subarray(2)));
          socket.destroy();
        };
        if (head.length > 0) read(head);
        else socket.once('data', read);
      });
      sent.on('response', ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
      sent.on('error', reject);
      sent.end();
    });
    socket?.destroy();
    expect(text).toBe('hi');
  });

  test('an origin that is not there is said in words; one that breaks off breaks the page off', async () => {
    const gone = await get('/', {}, { at: site.url.replace('localhost', '127.0.0.1') });
    expect([gone.status, String(gone.body)]).toEqual([502, 'The server of this site did not answer.\n']);
    site.pages = {
      '/': (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).write('<p>half', () => response.destroy()),
    };
    await expect(get('/')).rejects.toThrow();
  });
});
