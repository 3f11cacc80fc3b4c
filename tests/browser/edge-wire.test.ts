/** Pages filled on their way, over real HTTP: what is read, what passes through, and how much is held meanwhile. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EdgeSite, get, page, startEdgeSite } from './edge/site.ts';

let site: EdgeSite;
const PAGE = '<!doctype html><head><title>Shop</title></head><body><h1 data-hyperedge="edge-hero">own</h1></body>';

beforeAll(async () => {
  site = await startEdgeSite();
});
beforeEach(() => {
  site.received.length = 0;
  site.pages = { '/': page(PAGE) };
});
afterAll(() => site?.close());

describe('over the wire', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('a page in %s is read, filled and sent readable', async (name, compress) => {
    site.pages = { '/': page(compress(PAGE), { 'content-encoding': name }) };
    const { headers, body } = await get(`${site.url}/`, { 'accept-encoding': 'gzip, br, zstd' });
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
    const script = await get(`${site.url}/a.js`, { 'accept-encoding': 'gzip', 'sec-fetch-dest': 'script' });
    expect([script.headers['content-encoding'], script.headers.etag, script.body]).toEqual([
      'gzip',
      '"1"',
      gzipSync('let a'),
    ]);
    const film = await get(`${site.url}/film`);
    expect([film.headers['content-length'], film.headers['accept-ranges'], film.body.equals(bytes)]).toEqual([
      '70000',
      'bytes',
      true,
    ]);
    const part = await get(`${site.url}/film`, { range: 'bytes=10-19' });
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
      `${site.url}/form`,
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
    const gone = await get(site.url.replace('localhost', '127.0.0.1'));
    expect([gone.status, String(gone.body)]).toEqual([502, 'The server of this site did not answer.\n']);
    site.pages = {
      '/': (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).write('<p>half', () => response.destroy()),
    };
    await expect(get(`${site.url}/`)).rejects.toThrow();
  });

  test.skipIf(process.platform === 'win32')(
    'a page of 10 MB that 20 slow visitors begin to read is not taken in meanwhile',
    async () => {
      const megabyte = 1_024 * 1_024;
      const long = Buffer.from(
        PAGE.replace('</body>', `${'<p>Merino below, <b>fleece</b> above.</p>'.repeat(260_000)}</body>`),
      );
      expect(long.length).toBeGreaterThan(10 * megabyte);
      site.pages = { '/long': page(long) };
      await get(`${site.url}/long`);
      const heldBytes = () =>
        Number(execFileSync('ps', ['-o', 'rss=', '-p', `${site.stack.runtime.processId}`], { encoding: 'utf8' })) *
        1_024;
      const before = heldBytes();
      const begin = (): Promise<IncomingMessage> =>
        new Promise((resolve, reject) => {
          const sent = httpRequest(`${site.url}/long`, { agent: false }, (response) => {
            response.once('data', () => resolve(response.pause()));
          });
          sent.on('error', reject).end();
        });
      const readers = await Promise.all(Array.from({ length: 20 }, begin));
      // What can be taken in is taken in by the time that another page has come and gone.
      for (let i = 0; i < 20; i += 1) await get(`${site.url}/`);
      // Some 3 MB a reader are held whatever the page's length (seen with 5, 10 and 20 MB); taken in whole it would be all of it.
      expect(heldBytes() - before).toBeLessThan((20 * long.length) / 2);
      const lengths = await Promise.all(
        readers.map(async (reader) => {
          let length = 0;
          for await (const chunk of reader) length += (chunk as Buffer).length;
          return length;
        }),
      );
      expect(Math.min(...lengths)).toBeGreaterThan(long.length - 65_536);
    },
    // 200 MB go through one worker.
    120_000,
  );
});
