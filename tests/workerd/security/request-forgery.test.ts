/** Server-side request forgery: what the one worker that fetches for others does not fetch. */
import { createExecutionContext } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mayFetch } from '../../../worker/pages/outgoing.ts';
import { servePage } from '../../../worker/pages/serve.ts';
import { app, bindings, html, origin, standIn } from '../../../worker/pages/testing/site.ts';

const INSIDE = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://localhost/',
  'http://LOCALHOST:8080/',
  'http://localhost./',
  'http://shop.localhost/',
  'http://10.0.0.5/',
  'http://172.16.3.4/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://metadata.google.internal/',
  'http://metadata/',
  'http://printer.local/',
  'http://db.lan/',
  'http://router.home.arpa/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://１２７.０.０.１/',
  'https://user@shop.example/',
  'https://user:word@shop.example/',
  'https://shop.example@127.0.0.1/',
  'ftp://shop.example/',
  'file:///etc/passwd',
  'gopher://shop.example/',
  'data:text/html,x',
  'javascript:alert(1)',
  'blob:https://shop.example/x',
  'ws://shop.example/',
  '//shop.example/',
  '',
];

const OUTSIDE = [
  'https://shop.example/',
  'http://origin.shop.example:8443/a?b',
  'https://1.1.1.1/',
  'https://[2606:4700::1111]/',
  'https://localhost.shop.example/',
  'https://internal.shop.example/',
];

async function serve(url: string, sites: object, more: object = {}) {
  const vars = { ...bindings, EDGE_SITES: sites, ...more } as Env;
  const response = await servePage(app, new Request(url), vars, createExecutionContext());
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
}

beforeEach(standIn);
afterEach(() => vi.restoreAllMocks());

describe('server-side request forgery', () => {
  it.each(INSIDE)('%j is not fetched', (address) => {
    expect(mayFetch(address)).toBe(false);
  });

  it.each(OUTSIDE)('%s may be', (address) => {
    expect(mayFetch(address)).toBe(true);
  });

  it.each(['http://169.254.169.254', 'http://10.0.0.5', 'http://localhost:8080', 'http://[::1]'])(
    'an origin at %s is refused in words, and nothing goes there',
    async (inside) => {
      const sites = { 'shop.example': { key: `pk_${'a'.repeat(32)}`, origin: inside } };
      const { status, text } = await serve('https://shop.example/', sites);
      expect([status, text]).toEqual([502, 'The server of this site cannot be reached from here.\n']);
      expect(origin.received).toEqual([]);
    },
  );

  it('a request that names another host is not taken there, where that host is inside', async () => {
    expect((await serve('http://169.254.169.254/latest/', {})).status).toBe(502);
    expect(origin.received).toEqual([]);
  });

  it('an origin that redirects inside is not followed: where to is told to the browser', async () => {
    origin.answer = () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } });
    const sites = { 'shop.example': { key: `pk_${'a'.repeat(32)}`, origin: 'https://origin.example' } };
    const answer = await serve('https://shop.example/', sites);
    expect(answer).toMatchObject({ status: 302, location: 'http://169.254.169.254/' });
    expect(origin.received.map(({ url, redirect }) => [url, redirect])).toEqual([
      ['https://origin.example/', 'manual'],
    ]);
  });

  it('a laptop says that its sites are on it', async () => {
    origin.answer = () => html();
    expect((await serve('http://localhost:8788/', {}, { EDGE_LOCAL_ORIGINS: '1' })).status).toBe(200);
  });
});
