/** Hostile configuration documents, dealt from a seed: nesting, sizes, cycles, scripts, numbers that are none, types that do not belong. */
import type { Random } from '../../../decisioning/random.ts';
import { pick } from '../../../decisioning/testing/seeds.ts';

export interface Hostile {
  readonly family: string;
  /** The body of a push, as text: some of it is JSON that no object of JavaScript writes. */
  readonly body: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };
type Doc = { readonly [field: string]: Json };

const deep = (depth: number, inside: Json): Json => (depth === 0 ? inside : { $and: [deep(depth - 1, inside)] });
const many = <T extends Json>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
/** Replaced in the text by what no object writes. */
const HUGE = '@@1e999@@';

/** Sound documents of every kind: what is hostile is one thing in them. */
export const SOUND: Readonly<Record<string, (id: string) => Doc>> = {
  campaign: (id) => ({
    kind: 'campaign',
    id,
    name: id,
    objective: { goal: 'click', priority: 1 },
    placements: ['other'],
    caps: [{ max: 3, per: '7d' }],
    audience: { condition: { 'geo.country': 'DE' } },
    schedule: { timeZone: 'UTC' },
    strategy: { policy: 'thompson', minExploration: 0.02 },
    contexts: [{ id: 'mobile', condition: { 'device.type': 'mobile' } }],
    arms: [{ id: 'a', content: { text: 'A' }, prior: { alpha: 1, beta: 2 } }],
    holdout: 0.1,
    shards: 2,
  }),
  segment: (id) => ({ kind: 'segment', id, name: id, condition: { 'behaviour.view.count.7d': { $gte: 3 } } }),
  placement: (id) => ({ kind: 'placement', id, name: id, channel: 'web', defaultContent: { text: 'x' } }),
  channel: (id) => ({ kind: 'channel', id, name: id, fatigueWeight: 1, requiresConsent: true }),
  goal: (id) => ({ kind: 'goal', id, name: id, source: 'any', window: '7d', defaultValueMinor: 5 }),
  attribute: (id) => ({ kind: 'attribute', id: id.replaceAll('-', ''), type: 'number', source: 'any' }),
  site: (id) => ({ kind: 'site', id, name: id, siteKind: 'web', origins: ['https://x.example'] }),
  pool: (id) => ({ kind: 'pool', id, name: id, totalMinor: 1_000 }),
  settings: () => ({ kind: 'settings', holdout: 0 }),
};

const WRONG: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  HUGE,
  '',
  'NaN',
  '-7d',
  '0d',
  '91d',
  '9e9d',
  [],
  [[]],
  {},
  { $gt: 1 },
  ['x', null],
  '\u0000',
  'a'.repeat(300),
];
const UNICODE = [
  '\u202egnp',
  'a\u200bb',
  'аdmin',
  'a\u0000b',
  '\ud800',
  '\uffff',
  '𝒶𝒷',
  'ﬁ',
  'İ',
  'ß'.repeat(80),
  'a/../b',
  '%00',
  '..',
  '__proto__',
  'constructor',
  'A',
  ' a',
  'a\n',
];
const BOMBS = [
  '(a+)+$',
  '(a?){341}!',
  '(\\w?){300}~',
  '(a|a)*b',
  '(a|aa)+$',
  '([a-z]+)*x',
  '(.*)*y',
  '(\\w+\\s?)*z',
  '((a{1,100}){1,100}){1,100}',
  'a{1,99999}',
  '(?=a)b',
  '(a)\\1',
  '(?<n>a)\\k<n>',
  '['.repeat(500),
  '('.repeat(2_000),
  '\\p{L}+'.repeat(200),
  'x*'.repeat(5_000),
  '(?i)a',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
];
const SCRIPTS: readonly Doc[] = [
  { html: '<script>alert(1)</script>' },
  { html: '<img src=x onerror=alert(1)>' },
  { html: '<svg><animate onbegin=alert(1)>' },
  { text: '</script><script>alert(1)</script>' },
  { href: 'javascript:alert(1)' },
  { href: ' java\nscript:alert(1)' },
  { href: 'data:text/html,<script>alert(1)</script>' },
  { src: 'vbscript:x' },
  { src: 'data:image/svg+xml,<svg onload=alert(1)>' },
  { srcset: 'javascript:alert(1) 1x' },
  { alt: '"><script>alert(1)</script>' },
  { attributes: { onclick: 'alert(1)' } },
  { attributes: { style: 'background:url(javascript:alert(1))' } },
  { attributes: { srcdoc: '<script>alert(1)</script>' } },
  { attributes: { formaction: 'javascript:alert(1)' } },
  { classes: { add: ['a b', '<'] } },
  { move: { to: 'body{}</style><script>', place: 'after' } },
  { redirect: 'javascript:alert(1)' },
  { redirect: '//user@evil.example' },
  { redirect: 'https://user:word@evil.example' },
  { parts: { title: { href: 'javascript:alert(1)' } } },
  { parts: { __proto__x: { text: 'x' } } },
  { data: '<script>alert(1)</script>' },
];

/** Every place of a document, from its fields to the leaves. */
function pathsOf(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Array.isArray(value) ? value.map((each, i) => [i, each] as const) : Object.entries(value);
  return [...(at.length > 0 ? [at] : []), ...inside.flatMap(([name, each]) => pathsOf(each as Json, [...at, name]))];
}

function put(value: Json, [first, ...rest]: readonly (string | number)[], what: Json): Json {
  if (first === undefined) return what;
  if (Array.isArray(value)) return value.map((each, i) => (i === first ? put(each, rest, what) : each));
  const fields = value as Doc;
  return { ...fields, [first]: put(fields[first] as Json, rest, what) };
}

const segment = (id: string, condition: Json): Doc => ({ kind: 'segment', id, name: id, condition });

type Maker = (id: string, random: Random) => string | readonly Json[];
const campaignWith = (id: string, more: Doc): Doc => ({ ...SOUND.campaign!(id), ...more });

const FAMILIES: Readonly<Record<string, Maker>> = {
  'a type that does not belong': (id, random) => {
    const document = pick(random, Object.values(SOUND))(id);
    return [put(document, pick(random, pathsOf(document)), pick(random, WRONG))];
  },
  'deep nesting': (id, random) => {
    const depth = pick(random, [30, 60, 500, 5_000]);
    const nested =
      depth < 100
        ? JSON.stringify(deep(depth, { 'geo.region': '1' }))
        : `${'{"$and":['.repeat(depth)}{}${']}'.repeat(depth)}`;
    return `{"documents":[{"kind":"segment","id":"${id}","name":"${id}","condition":${nested}}]}`;
  },
  'huge lists': (id, random) => [
    pick(random, [
      campaignWith(id, { arms: many(pick(random, [513, 1_500]), (i) => ({ id: `a${i}`, content: { text: 'x' } })) }),
      campaignWith(id, { caps: many(50, () => ({ max: 1, per: '1d' })) }),
      campaignWith(id, { placements: many(300, (i) => `p${i}`) }),
      campaignWith(id, { contexts: many(40, (i) => ({ id: `c${i}`, condition: { a: i } })) }),
      segment(id, { 'geo.country': { $in: many(9_000, (i) => `v${i}`) } }),
      segment(id, { $or: many(3_000, (i) => ({ 'geo.region': `${i}` })) }),
    ]),
  ],
  'cycles of references': (id, random) =>
    pick(random, [
      () => [segment(id, { $inSegment: id })],
      () => [segment(id, { segments: { $elemMatch: { $eq: id } } }), segment(`${id}-b`, { $inSegment: id })],
      () => [segment(id, { $inSegment: `${id}-b` }), segment(`${id}-b`, { $inSegment: id })],
      () => [campaignWith(id, { onlyAfter: [{ campaign: id, within: '7d' }] })],
      () => [campaignWith(id, { notWithin: [{ campaign: `${id}-none`, within: '7d' }] })],
      () => [campaignWith(id, { audience: { segment: `${id}-none` } })],
      () => [campaignWith(id, { objective: { goal: 'nobody' } })],
    ])(),
  'tricks of unicode': (id, random) => {
    const document = pick(random, Object.values(SOUND))(id);
    return [{ ...document, [pick(random, ['id', 'name', 'kind', 'weird'])]: pick(random, UNICODE) }];
  },
  'numbers that are none': (id, random) => {
    const document = pick(random, [SOUND.campaign!, SOUND.channel!, SOUND.goal!, SOUND.pool!, SOUND.settings!])(id);
    const numbers = pathsOf(document).filter(
      (path) => typeof path.reduce<Json>((at, name) => (at as never)[name], document) === 'number',
    );
    return [
      put(
        document,
        pick(random, numbers),
        pick(random, [HUGE, -1, 1e308, -1e308, 0.1 + 1e-17 - 5, 2 ** 53 + 2, '1', 'Infinity', null]),
      ),
    ];
  },
  'bombs of patterns': (id, random) => [
    segment(id, { note: { [pick(random, ['$regex', '$regexi'])]: pick(random, BOMBS) } }),
  ],
  'ids twice': (id, random) =>
    pick(random, [
      [segment(id, { 'geo.region': '1' }), segment(id, { 'geo.region': '2' })],
      [
        campaignWith(id, {
          arms: [
            { id: 'a', content: {} },
            { id: 'a', content: {} },
          ],
        }),
      ],
      [
        campaignWith(id, {
          contexts: [
            { id: 'm', condition: {} },
            { id: 'm', condition: {} },
          ],
        }),
      ],
      [campaignWith(id, { arms: [{ id: 'holdout', content: {} }] })],
    ]),
  'rules that contradict': (id, random) => [
    campaignWith(
      id,
      pick<Doc>(random, [
        { caps: [{ max: 0, per: '7d' }] },
        { caps: [{ max: 3, per: '-7d' }] },
        { caps: [{ max: 3, per: '0d' }] },
        { caps: [{ max: 10_001, per: '1d' }] },
        { schedule: { start: '2027-01-02T00:00:00Z', end: '2027-01-01T00:00:00Z', timeZone: 'UTC' } },
        { schedule: { timeZone: 'Mars/Olympus' } },
        { strategy: { policy: 'thompson', minExploration: 2 } },
        { strategy: { policy: 'fixed_split', weights: { a: 0 } } },
        { strategy: { policy: 'fixed_split', weights: { nobody: 1 } } },
        { holdout: 1.5 },
        { shards: 0 },
        { arms: [] },
      ]),
    ),
  ],
  'texts of a megabyte': (id, random) => {
    const document = pick(random, Object.values(SOUND))(id);
    return [
      {
        ...document,
        [pick(random, ['name', 'id', 'kind', 'description'])]: 'x'.repeat(pick(random, [100_000, 1_048_576])),
      },
    ];
  },
  'scripts in content': (id, random) => {
    const content = pick(random, SCRIPTS);
    return [
      random.next() < 0.5
        ? campaignWith(id, { arms: [{ id: 'a', content }] })
        : { ...SOUND.placement!(id), defaultContent: content },
    ];
  },
  'kinds and fields that nobody knows': (id, random) =>
    pick<readonly Json[]>(random, [
      [{ kind: 'root', id, name: id }],
      [{ kind: '__proto__', id, name: id }],
      [{ kind: ['campaign'], id, name: id }],
      [{ id, name: id }],
      [{ ...SOUND.segment!(id), isAdmin: true }],
      [campaignWith(id, { workspaceId: 'other' })],
      [id],
      [null],
      [[SOUND.segment!(id)]],
    ]),
  'text that is no document': (id, random) =>
    pick(random, [
      `{"documents":[{"kind":"segment","id":"${id}","id":"${id}b","name":"x","condition":{}}]`,
      `{"documents":{"kind":"segment","id":"${id}"}}`,
      `{"documents":[{"kind":"segment","id":"${id}","__proto__":{"name":"x"},"condition":{}}]}`,
      `[${'['.repeat(400)}`,
      `{"documents":[NaN]}`,
      `\ufeff{}`,
      '',
      'null',
      '"x"',
    ]),
};

/** So many hostile pushes, family after family; the same for the same randomness. */
export function hostileDocuments(random: Random, count: number): readonly Hostile[] {
  const families = Object.entries(FAMILIES);
  return Array.from({ length: count }, (_, i) => {
    const [family, make] = families[i % families.length]!;
    const made = make(`poison-${i}`, random);
    const body = typeof made === 'string' ? made : JSON.stringify({ documents: made }).replaceAll(`"${HUGE}"`, '1e999');
    return { family, body };
  });
}
