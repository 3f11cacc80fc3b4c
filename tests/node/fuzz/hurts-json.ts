/** What is done to a JSON value, and to its text, to make a request that no client of ours sends. */
import fc from 'fast-check';

/** Where (counted through, so that any number means a place) and what with. */
export interface Hurt {
  readonly part: 'body' | 'text' | 'header' | 'query' | 'path' | 'method';
  readonly kind: number;
  readonly at: number;
  readonly junk: unknown;
}

const DEEP = 5_000;
const LONG = 20_000;

/** Values that have broken readers of JSON before: of wrong types, at the edges of numbers and of text. */
const JUNK: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, 0.1, 1e21],
  ...['', ' ', '0', '-1', 'null', 'true', 'NaN', '__proto__', 'constructor', 'toString', '\u0000', '\n', '\\', '"'],
  ...['\ud800', 'a\udfff', '🦊', '👩‍👩‍👧', 'ﷺ', '\u202e', '\ufeff', 'İ', 'ß', 'e\u0301', '\u2028'],
  ...["' OR 1=1 --", '<script>alert(1)</script>', '{{x}}', '%00', '../../etc/passwd', 'javascript:alert(1)'],
  ...[
    'http://[::1',
    'https://user:pw@host/',
    'data:,',
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
  ],
  ...['P1D', '0d', '91d', '9999999d', 'Mars/Phobos', 'UTC', 'EURO', '(a+)+$', 'a'.repeat(65), 'a'.repeat(LONG)],
  ...[[], {}, [[]], [null], { '': null }, { $gte: null }, { $and: [] }, { $not: { $not: {} } }, { length: 1e9 }],
  Array.from({ length: 101 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, i])),
];

/** Any of them, or any JSON. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom(...JUNK), weight: 4 },
  fc.jsonValue({ maxDepth: 2 }),
);

type Holder = Record<string | number, unknown>;
interface Place {
  readonly holder: Holder;
  readonly key: string | number;
}

/** Every place of a value that something can stand in, the outermost first. */
function placesOf(root: Holder): Place[] {
  const places: Place[] = [{ holder: root, key: 'body' }];
  for (let i = 0; i < places.length; i += 1) {
    const { holder, key } = places[i]!;
    const value = holder[key];
    if (typeof value !== 'object' || value === null) continue;
    for (const name of Object.keys(value)) places.push({ holder: value as Holder, key: name });
  }
  return places;
}

function define(holder: Holder, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  '',
  'extra',
  'id',
  'kind',
  'toString',
  '\ud800',
  'a'.repeat(300),
];

/** Removes or replaces; adds a field; repeats an item; renames; puts another part of the body here; goes to an edge. */
const VALUE_HURTS: readonly ((place: Place, hurt: Hurt, places: readonly Place[]) => void)[] = [
  ({ holder, key }, { junk }) => define(holder, String(key), junk),
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  ({ holder, key }, { at, junk }) => {
    const value = holder[key];
    const into = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Holder) : holder;
    // An array has no fields in JSON, and one named like its methods would break our own.
    if (Array.isArray(into)) into.push(junk);
    else define(into, KEYS[at % KEYS.length]!, junk);
  },
  ({ holder, key }, { at }) => {
    const value = holder[key];
    holder[key] =
      Array.isArray(value) && value.length > 0 ? Array.from({ length: 2 + (at % 200) }, () => value[0]) : [value];
  },
  ({ holder, key }, { at }) => {
    const value = holder[key];
    if (typeof value === 'number') holder[key] = [value + 1, -value, value * 1e6, value + 0.5, String(value)][at % 5];
    else if (typeof value === 'string')
      holder[key] = [value.toUpperCase(), ` ${value} `, value.slice(1), value + value][at % 4];
    else if (typeof value === 'boolean') holder[key] = String(value);
  },
  ({ holder, key }, { at }, places) => {
    const from = places[(at * 7) % places.length]!;
    holder[key] = structuredClone(from.holder[from.key]);
  },
];

/** The body with one hurt more. */
export function hurtValue(body: unknown, hurt: Hurt): unknown {
  const root: Holder = { body: structuredClone(body) };
  const places = placesOf(root);
  VALUE_HURTS[hurt.kind % VALUE_HURTS.length]!(places[hurt.at % places.length]!, hurt, places);
  return root.body;
}

/** Positions just behind a matching character; 0 when there is none. */
function behind(text: string, pattern: RegExp, at: number): number {
  const found = [...text.matchAll(pattern)];
  return found.length === 0 ? 0 : found[at % found.length]!.index + 1;
}

function inserted(text: string, position: number, what: string): string {
  return text.slice(0, position) + what + text.slice(position);
}

const NUMBERS = [
  '1e999',
  '-1e999',
  '01',
  '+1',
  '0x1',
  '1.',
  '.5',
  'NaN',
  'Infinity',
  '1e-999',
  '9'.repeat(400),
  'undefined',
];

/** On the text: JSON that is none, that says a thing twice, that no writer makes; and bytes that are no text. */
const TEXT_HURTS: readonly ((text: string, at: number) => string | Uint8Array)[] = [
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at) =>
    inserted(text, at % (text.length + 1), ['}', ']', ',', '"', '\u0000', '\\', '{', '\u{1f98a}', '//'][at % 9]!),
  (text, at) => {
    const first = /\{("(?:[^"\\]|\\.)*"):/.exec(text)?.[1] ?? '"id"';
    return inserted(text, behind(text, /\{/g, at), `${first}:${['null', '1', '""', '[]'][at % 4]},`);
  },
  (text, at) => text.replace(/\d+|true|null/, NUMBERS[at % NUMBERS.length]!),
  (text) => `\ufeff${text}`,
  (text, at) => text + [' ', '\n', '{}', '\u0000', ';', ','][at % 6],
  (text, at) => text + ' '.repeat([20_000, 70_000, 300_000][at % 3]!),
  (text, at) => inserted(text, behind(text, /:/g, at), '['.repeat(DEEP) + ']'.repeat(DEEP)),
  (text, at) => inserted(text, behind(text, /"/g, at), '\\ud800'),
  (text) => new TextEncoder().encode(text).map((byte, i) => (i === Math.floor(text.length / 2) ? 0xff : byte)),
  (text) => new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer),
  () => '',
  (text) => text.replaceAll('"', "'"),
  (text) => `[${text},${text}]`,
  (text, at) => inserted(text, behind(text, /:/g, at), `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`),
];

/** The text with one hurt more. */
export function hurtText(text: string, hurt: Hurt): string | Uint8Array {
  return TEXT_HURTS[hurt.kind % TEXT_HURTS.length]!(text, hurt.at);
}
