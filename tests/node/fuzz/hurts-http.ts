/** What is done to a request around its body: method, path, query, headers. */
import type { Hurt } from './hurts-json.ts';
import type { World } from './world.ts';

/** A request before it is one. */
export interface Draft {
  method: string;
  /** From the first slash on, encoded. */
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'];

const SEGMENTS = [
  ...[
    '%00',
    '%2e%2e',
    '%2F',
    '%ff',
    '%E0%A4%A',
    '%F0%9F%98%80',
    '%',
    '%25',
    '..',
    '.',
    '%20',
    '+',
    '*',
    ';a=b',
    ':id',
    '{id}',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    '0',
    '-1',
    '1e3',
    '1.5',
    '99999999999999999999',
    '0x1',
  ],
  ...[
    'ÄÖ',
    '%C3%84',
    'a'.repeat(300),
    'a'.repeat(3_000),
    'UPPER',
    "'",
    '%22',
    '%0d%0ax: y',
    '%EF%BB%BF',
    'demo%00',
    'a@b',
    'a:b',
  ],
];

const QUERY_NAMES = [
  'limit',
  'cursor',
  'key',
  'explain',
  'hours',
  'days',
  'leaf',
  'kind',
  'open',
  'since',
  '__proto__',
  'x',
  '',
];
const QUERY_VALUES = [
  '',
  '0',
  '-1',
  '1',
  '200',
  '1e9',
  '1.5',
  'true',
  'null',
  '[]',
  '%00',
  'a'.repeat(2_000),
  'Ä',
  '2026-01-01',
  'AAAA',
];

const PATH_HURTS: readonly ((path: string, at: number) => string)[] = [
  (path, at) => {
    const parts = path.split('/');
    parts[1 + (at % (parts.length - 1))] = SEGMENTS[at % SEGMENTS.length]!;
    return parts.join('/');
  },
  (path, at) => {
    const parts = path.split('/');
    parts[parts.length - 1] = SEGMENTS[at % SEGMENTS.length]!;
    return parts.join('/');
  },
  (path) => `${path}/`,
  (path, at) => `${path}/${SEGMENTS[at % SEGMENTS.length]}`,
  (path) => path.replace('/', '//'),
  (path) => path.toUpperCase(),
  (path, at) => {
    const place = 1 + (at % (path.length - 1));
    const letter = path.charCodeAt(place).toString(16).padStart(2, '0');
    return `${path.slice(0, place)}%${letter}${path.slice(place + 1)}`;
  },
  (path) => path.split('/').slice(0, -1).join('/') || '/',
];

type Headers = readonly (readonly [name: string, values: readonly (string | undefined)[]])[];

/** No lengths that lie: where a request ends is the HTTP server's word, which is the platform's. */
function headersFor(world: World): Headers {
  const { workspace, other } = world;
  const long = 'a'.repeat(9_000);
  return [
    [
      'authorization',
      [
        ...[undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', `bearer ${workspace.secretKey}`, workspace.secretKey],
        ...[`Bearer  ${workspace.secretKey}`, `Bearer ${workspace.publishableKey}`, `Bearer ${other.secretKey}`],
        ...[`Bearer ${other.publishableKey}`, `Bearer sk_${'0'.repeat(32)}`, `Bearer ${long}`, 'Bearer sk_;x=1'],
      ],
    ],
    [
      'content-type',
      [
        ...[
          undefined,
          '',
          'text/plain',
          'text/plain;charset=UTF-8',
          'application/json; charset=utf-16',
          'APPLICATION/JSON',
        ],
        ...[
          'application/problem+json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'text/html',
        ],
        ...['application/json, text/html', ';', 'application/', '*/*', long],
      ],
    ],
    [
      'origin',
      [undefined, 'null', '', 'https://shop.example', 'https://evil.example', 'https://shop.example:444', 'shop', long],
    ],
    ['if-match', [undefined, '*', '"1"', '"2"', '"0"', 'W/"1"', '1', '""', '"1", "2"', '"99999999999999999999"', long]],
    ['if-none-match', [undefined, '*', '"1"', 'W/"1"', '"1",', long]],
    ['cookie', ['hyperedge=a', 'hyperedge=a1.k1.x.y', '=;=;;', long, 'he_id=%00']],
    ['accept', ['text/html', 'application/xml;q=1', '*/*;q=0', long]],
    ['content-encoding', ['gzip', 'br', 'x']],
    ['sec-fetch-site', ['same-origin', 'cross-site', 'x']],
    ['cf-connecting-ip', ['', '::1', '999.1.1.1', long]],
    ['user-agent', ['', 'Mozilla/5.0 (compatible; Googlebot/2.1)', long, '(((((']],
    ['x-http-method-override', ['DELETE', 'x']],
    ['x-forwarded-host', ['evil.example', '']],
    ['accept-language', ['de', 'x-'.repeat(200), ';q=', '*']],
    ['range', ['bytes=0-0', 'bytes=-1']],
    ['purpose', ['prefetch']],
    ['upgrade', ['h2c']],
    ['sec-gpc', ['1', '0', 'x']],
  ];
}

/** The draft with one hurt more, changed in place. */
export function hurtDraft(draft: Draft, hurt: Hurt, world: World): void {
  const { kind, at } = hurt;
  if (hurt.part === 'method') draft.method = METHODS[kind % METHODS.length]!;
  if (hurt.part === 'path') draft.path = PATH_HURTS[kind % PATH_HURTS.length]!(draft.path, at);
  if (hurt.part === 'query') {
    const value = typeof hurt.junk === 'string' ? hurt.junk.toWellFormed() : QUERY_VALUES[at % QUERY_VALUES.length]!;
    const known = draft.query.length === 0 ? undefined : draft.query[at % draft.query.length]![0];
    draft.query.push([kind % 3 === 0 && known !== undefined ? known : QUERY_NAMES[kind % QUERY_NAMES.length]!, value]);
    if (kind % 5 === 0) draft.query.reverse();
  }
  if (hurt.part === 'header') {
    const headers = headersFor(world);
    // The first ones mean something to every operation: half of all hurts are theirs.
    const [name, values] = headers[kind % 2 === 0 ? (kind >> 1) % 5 : (kind >> 1) % headers.length]!;
    const value = values[at % values.length];
    if (value === undefined) delete draft.headers[name];
    else draft.headers[name] = value;
  }
}
