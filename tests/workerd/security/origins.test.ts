/** Origins that look like one of a site's and are not: with a publishable key, through the worker's own entry, in every spelling. */
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const OWN = [
  'https://shop.example',
  'https://xn--bcher-kva.example',
  'http://localhost:8787',
  'http://127.0.0.1:8787',
  'http://[::1]:8787',
];

/** What is wrong with it → header values; several are several headers, none is none. */
const WRONG: readonly (readonly [string, ...(readonly string[])])[] = [
  ['none at all'],
  ['an empty one', ''],
  ['null, of a sandbox or a file', 'null'],
  ['NULL', 'NULL'],
  ['undefined, of a script’s slip', 'undefined'],
  ['a star', '*'],
  ['a star among hosts', 'https://*.example'],
  ['scheme and host in capitals', 'HTTPS://SHOP.EXAMPLE'],
  ['host in capitals', 'https://SHOP.example'],
  ['scheme in capitals', 'Https://shop.example'],
  ['http for https', 'http://shop.example'],
  ['https for http', 'https://localhost:8787'],
  ['ws', 'wss://shop.example'],
  ['ftp', 'ftp://shop.example'],
  ['file', 'file://shop.example'],
  ['a blob', 'blob:https://shop.example'],
  ['data', 'data:text/html,https://shop.example'],
  ['javascript', 'javascript://shop.example/%0Aalert(1)'],
  ['an extension', 'chrome-extension://shop.example'],
  ['view-source', 'view-source:https://shop.example'],
  ['no scheme', 'shop.example'],
  ['a relative scheme', '//shop.example'],
  ['one slash', 'https:/shop.example'],
  ['three slashes', 'https:///shop.example'],
  ['backslashes', 'https:\\\\shop.example'],
  ['the host as a prefix', 'https://shop.example.evil.test'],
  ['the host as a suffix', 'https://evilshop.example'],
  ['the host as a suffix behind a hyphen', 'https://evil-shop.example'],
  ['a subdomain', 'https://www.shop.example'],
  ['a subdomain of any name', 'https://evil.test.shop.example'],
  ['the parent', 'https://example'],
  ['another end', 'https://shop.exampl'],
  ['a longer end', 'https://shop.examples'],
  ['a dot that is another letter', 'https://shopxexample'],
  ['an underscore', 'https://shop_.example'],
  ['a trailing dot', 'https://shop.example.'],
  ['a leading dot', 'https://.shop.example'],
  ['two dots', 'https://shop..example'],
  ['the default port', 'https://shop.example:443'],
  ['another port', 'https://shop.example:8443'],
  ['an empty port', 'https://shop.example:'],
  ['port zero', 'https://shop.example:0'],
  ['a port with a zero before it', 'http://localhost:08787'],
  ['a port that begins alike', 'http://localhost:87870'],
  ['no port where there is one', 'http://localhost'],
  ['a trailing slash', 'https://shop.example/'],
  ['a path', 'https://shop.example/index.html'],
  ['a query', 'https://shop.example?x'],
  ['a fragment', 'https://shop.example#x'],
  ['somebody before an at', 'https://me@shop.example'],
  ['the host before an at', 'https://shop.example@evil.test'],
  ['the host and a password before an at', 'https://shop.example:443@evil.test'],
  ['the host in a path', 'https://evil.test/https://shop.example'],
  ['the host in a fragment', 'https://evil.test#https://shop.example'],
  ['the host in a query', 'https://evil.test?https://shop.example'],
  ['the host behind a backslash', 'https://evil.test\\https://shop.example'],
  ['percent for a dot', 'https://shop%2Eexample'],
  ['a null byte as percent', 'https://shop.example%00.evil.test'],
  ['a space inside', 'https://shop .example'],
  ['a tab inside', 'https://shop\t.example'],
  ['a space, and another origin', 'https://shop.example https://evil.test'],
  ['a comma, and another origin', 'https://shop.example, https://evil.test'],
  ['two headers, ours first', 'https://shop.example', 'https://evil.test'],
  ['two headers, ours last', 'https://evil.test', 'https://shop.example'],
  ['the same twice', 'https://shop.example', 'https://shop.example'],
  ['in quotes', '"https://shop.example"'],
  ['in angle brackets', '<https://shop.example>'],
  ['another name in Punycode', 'https://xn--bcher-kvb.example'],
  ['the same in capitals of Punycode', 'https://XN--BCHER-KVA.example'],
  ['an ending of Punycode', 'https://shop.xn--example-'],
  ['an address as one number', 'http://2130706433:8787'],
  ['an address as hexadecimals', 'http://0x7f.0.0.1:8787'],
  ['an address as octals', 'http://0177.0.0.1:8787'],
  ['a short address', 'http://127.1:8787'],
  ['another address of the same machine', 'http://127.0.0.2:8787'],
  ['no address', 'http://0.0.0.0:8787'],
  ['a long IPv6', 'http://[0:0:0:0:0:0:0:1]:8787'],
  ['an IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:8787'],
  ['an IPv6 with a zone', 'http://[::1%25lo]:8787'],
  ['of great length', `https://shop.example${'.'.repeat(4_000)}`],
];

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  const site = { kind: 'site', id: 'shop', name: 'Shop', siteKind: 'web', origins: OWN };
  await publishDemo(bindings, shop, [{ kind: 'placement', id: 'hero', name: 'Hero' }, site]);
});

/** Every endpoint that takes a publishable key, with a body that it would take. */
const ENDPOINTS: readonly (readonly [string, unknown?])[] = [
  ['/v1/optimize', { placements: ['hero'] }],
  ['/v1/feedback', { token: 'x', kind: 'exposure' }],
  ['/v1/events', { customer: {}, events: [{ kind: 'behaviour', name: 'looked' }] }],
  ['/v1/consent', { customer: { anonymousId: 'x' }, purposes: { personalization: false } }],
  ['/v1/device/bundle', { placements: ['hero'] }],
  ['/v1/device/decisions', { bundle: { signed: 'x', signature: 'x' }, decisions: [{ placement: 'hero', leaves: {} }] }],
  ['/v1/models/churn/device'],
  [`/v1/models/churn/files/${'0'.repeat(64)}`],
];

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether a request is let in; what becomes of it then is not asked here. */
async function isLetIn(path: string, origins: readonly string[], { body, headers }: Sent = {}): Promise<boolean> {
  const request = new Request(`https://api.example${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${shop.publishableKey}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  for (const origin of origins) request.headers.append('origin', origin);
  const response = await exports.default.fetch(request);
  const text = await response.text();
  if (response.status !== 403) return true;
  // Whoever is refused is told nothing of the origins that are not.
  expect(JSON.parse(text)).toMatchObject({ type: '/problems/wrong_origin' });
  for (const own of OWN.filter((own) => !origins.join().includes(own))) expect(text).not.toContain(own);
  return false;
}

const ask = (...origins: readonly string[]) => isLetIn('/v1/optimize', origins, { body: { placements: ['hero'] } });

describe(`${WRONG.length} origins that are none of the site's`, () => {
  it('are at least sixty, and none of them the site’s', () => {
    expect(WRONG.length).toBeGreaterThanOrEqual(60);
    expect(new Set(WRONG.map(([, ...values]) => JSON.stringify(values))).size).toBe(WRONG.length);
    expect(WRONG.filter(([, ...values]) => values.length === 1 && OWN.includes(values[0]!))).toEqual([]);
  });

  it.each(WRONG)('%s: refused', async (_what, ...values) => {
    expect(await ask(...values)).toBe(false);
  });

  it('are refused by every endpoint that takes a publishable key', async () => {
    for (const [path, body] of ENDPOINTS) {
      const sent = body === undefined ? {} : { body };
      for (const wrong of [[], ['null'], ['https://shop.example.evil.test'], ['https://shop.example/']])
        expect(await isLetIn(path, wrong, sent), `${path} from ${wrong}`).toBe(false);
      expect(await isLetIn(path, ['https://shop.example'], sent), path).toBe(true);
    }
  });

  it('are not made good by other headers that name the site', async () => {
    const body = { placements: ['hero'] };
    const name = 'https://shop.example';
    for (const headers of [
      { referer: `${name}/` },
      { host: 'shop.example' },
      { 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' },
      { forwarded: 'host=shop.example;proto=https' },
      { 'x-original-origin': name },
      // Only of what a page gets from its own host, and never of what it sends.
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-site' },
      { cookie: '__Host-hyperedge=x' },
    ]) {
      expect(await isLetIn('/v1/optimize', [], { body, headers }), JSON.stringify(headers)).toBe(false);
      expect(await isLetIn('/v1/optimize', ['https://evil.test'], { body, headers }), 'beside').toBe(false);
    }
  });
});

describe('the origins of the site', () => {
  it.each(OWN)('%s is let in', async (origin) => {
    expect(await ask(origin)).toBe(true);
  });

  it('are let in with the blanks around a header’s value, which are no part of it', async () => {
    expect(await ask(' https://shop.example\t')).toBe(true);
  });
});

describe('a secret key', () => {
  it.each(WRONG.filter(([, ...values]) => values.length > 0 && values[0] !== ''))(
    'from a page of any origin is refused: %s',
    async (_what, ...values) => {
      const headers = { authorization: `Bearer ${shop.secretKey}` };
      expect(await isLetIn('/v1/optimize', values, { body: { placements: ['hero'] }, headers })).toBe(false);
    },
  );
});
