import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as contract from './index.ts';
import { findings } from './issues.ts';

function detailsOf(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('should have been refused');
  return findings(result.error.issues).map(({ path, detail }) => `${path.join('/')} ${detail}`.trim());
}

const LONG = 'x'.repeat(9);

/** Every code of the library with every origin that a schema can give it, and what is said of it. */
const CASES: readonly (readonly [string, z.ZodType, unknown, string])[] = [
  ['invalid_type', z.string(), 1, 'must be a string'],
  ['invalid_type', z.number(), 'x', 'must be a number'],
  ['invalid_type', z.coerce.number(), 'x', 'must be a number'],
  ['invalid_type', z.number(), Number.POSITIVE_INFINITY, 'must be a number'],
  ['invalid_type', z.int(), 1.5, 'must be a whole number'],
  ['invalid_type', z.boolean(), 1, 'must be a boolean'],
  ['invalid_type', z.array(z.string()), {}, 'must be a list'],
  ['invalid_type', z.tuple([z.number()]), {}, 'must be a list'],
  ['invalid_type', z.strictObject({}), [], 'must be an object'],
  ['invalid_type', z.record(z.string(), z.string()), 3, 'must be an object'],
  ['invalid_type', z.null(), 3, 'must be a null'],
  ['invalid_type', z.strictObject({ a: z.array(z.string()) }), {}, 'a is required (array)'],
  ['too_big', z.string().max(8), LONG, 'must have at most 8 characters'],
  ['too_big', z.string().length(1), 'ab', 'must have exactly 1 character'],
  ['too_big', z.array(z.int()).max(1), [1, 2], 'must have at most 1 item'],
  ['too_big', z.tuple([z.int()]), [1, 2], 'must have at most 1 item'],
  ['too_big', z.int().max(50), 51, 'must be at most 50'],
  ['too_big', z.number().lt(1), 1, 'must be less than 1'],
  ['too_big', z.int(), 2 ** 53, `must be at most ${Number.MAX_SAFE_INTEGER}`],
  ['too_small', z.string().min(1), '', 'must not be empty'],
  ['too_small', z.string().min(3), 'x', 'must have at least 3 characters'],
  ['too_small', z.array(z.int()).min(1), [], 'must not be empty'],
  ['too_small', z.array(z.int()).min(2), [1], 'must have at least 2 items'],
  ['too_small', z.number().min(0), -1, 'must be at least 0'],
  ['too_small', z.number().gt(0), 0, 'must be greater than 0'],
  ['invalid_format', z.string().regex(/^a$/), 'b', 'does not have the right form'],
  ['invalid_format', z.string().startsWith('sk_'), 'b', 'does not have the right form'],
  ['invalid_format', z.iso.datetime(), 'x', 'must be a time in UTC such as "2026-11-27T09:00:00Z"'],
  ['invalid_format', z.url(), 'x', 'must be a web address'],
  ['invalid_format', z.string().regex(/^a$/, 'must be an a'), 'b', 'must be an a'],
  ['not_multiple_of', z.number().multipleOf(5), 3, 'must be a multiple of 5'],
  ['unrecognized_keys', z.strictObject({}), { a: 1 }, 'a is not a known field'],
  ['invalid_value', z.enum(['a', 'b']), 'c', 'must be one of: a, b'],
  ['invalid_value', z.literal('workspace'), 'c', 'must be "workspace"'],
  ['invalid_union', z.union([z.string(), z.number()]), true, 'must be one of: string, number'],
  [
    'invalid_union',
    z.union([z.strictObject({ kind: z.literal('a'), n: z.int() }), z.strictObject({ kind: z.literal('b') })]),
    { kind: 'a', n: 1.5 },
    'n must be a whole number',
  ],
  [
    'invalid_union',
    z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a') }), z.strictObject({ kind: z.literal('b') })]),
    { kind: 'c' },
    'kind must be one of: a, b',
  ],
  ['unrecognized_keys', z.strictObject({ name: z.string() }), { name: 'n', colour: 1 }, 'colour is not a known field'],
  ['invalid_value', z.enum(['thompson', 'ucb']), 'greedy', 'must be one of: thompson, ucb'],
  ['invalid_value', z.enum(['thompson', 'ucb']), 'thomson', 'must be one of: thompson, ucb. Did you mean "thompson"?'],
  [
    'invalid_union',
    z.discriminatedUnion('policy', [
      z.strictObject({ policy: z.literal('thompson') }),
      z.strictObject({ policy: z.literal('ucb') }),
    ]),
    { policy: 'thomson' },
    'policy must be one of: thompson, ucb. Did you mean "thompson"?',
  ],
  ['too_big', z.number().max(0.99), 50, 'must be at most 0.99: 50 % is 0.5'],
  ['too_big', z.number().max(1), 12.5, 'must be at most 1: 12.5 % is 0.125'],
  ['too_big', z.number().max(1), 1.5, 'must be at most 1'],
  ['too_big', z.number().max(1), 101, 'must be at most 1'],
  ['too_big', z.number().max(40), 50, 'must be at most 40'],
  ['invalid_union', z.xor([z.string(), z.literal('a')]), 'a', 'is none of the allowed kinds'],
  ['invalid_key', z.record(z.string().max(2), z.int()), { abc: 1 }, 'abc must have at most 2 characters'],
  ['invalid_element', z.map(z.any(), z.int()), new Map([[{}, 1.5]]), 'must be a whole number'],
  ['custom', z.string().refine(() => false), 'x', 'is not allowed'],
  ['custom', z.string().refine(() => false, 'must be better'), 'x', 'must be better'],
];

describe('what is said of a wrong value', () => {
  test.each(CASES)('%s %#', (code, schema, value, expected) => {
    expect(schema.safeParse(value).error?.issues[0]?.code).toBe(code);
    expect(detailsOf(schema, value)).toEqual([expected]);
  });

  test('every code of the library has its case', () => {
    const codes: Record<z.core.$ZodIssue['code'], true> = {
      invalid_type: true,
      too_big: true,
      too_small: true,
      invalid_format: true,
      not_multiple_of: true,
      unrecognized_keys: true,
      invalid_union: true,
      invalid_key: true,
      invalid_element: true,
      invalid_value: true,
      custom: true,
    };
    expect([...new Set(CASES.map(([code]) => code))].toSorted()).toEqual(Object.keys(codes).toSorted());
  });
});

test('of several unknown fields each is told what was meant', () => {
  const schema = z.strictObject({ name: z.string(), goal: z.string().optional() });
  expect(detailsOf(schema, { name: 'n', gaol: 1, colour: 2, 'na\nme': 3 })).toEqual([
    'gaol is not a known field: did you mean "goal"?',
    'colour is not a known field',
    'na\nme is not a known field: did you mean "name"?',
  ]);
});

test('a prototype is no field that was meant, and a thousand unknown fields are told one by one', () => {
  const schema = z.strictObject({ name: z.string().optional() });
  expect(detailsOf(schema, JSON.parse('{"__proto__": 1, "constructor": 2}'))).toEqual([
    '__proto__ is not a known field',
    'constructor is not a known field',
  ]);
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field-${i}`, i]));
  const details = findings(schema.safeParse(many).error?.issues ?? []).map(({ detail }) => detail);
  expect(details).toEqual(new Array(1_000).fill('is not a known field'));
});

test('a body of nothing but unknown fields is told in a moment, however many: each is looked at once', () => {
  const schema = z.strictObject({ name: z.string().optional(), note: z.string().optional() });
  const many = { nama: 1, ...Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`note${i}`, i])) };
  const startMs = performance.now();
  const found = findings(schema.safeParse(many).error?.issues ?? []);
  // Some 30 ms; to look at all of them for each took more than 20 s.
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(found).toHaveLength(30_001);
  expect(found[0]).toMatchObject({ path: ['nama'], detail: 'is not a known field: did you mean "name"?' });
  // What was meant is looked for as long as a problem has room for it.
  expect([found[49]?.detail, found[50]?.detail]).toEqual([
    'is not a known field: did you mean "note"?',
    'is not a known field',
  ]);
});

/** Values that are wrong in every way a field can be, the empty and the huge among them. */
const JUNK: readonly unknown[] = [
  ...[undefined, null, true, -1, 0.5, 2 ** 60, Number.NaN, '', 'A B', 'x'.repeat(5_000), '2026-13-01'],
  ...[{}, [], [null], ['A B'], Array.from({ length: 600 }, () => 'x'), { '1 x': 1 }, { kind: 'x' }, { events: [{}] }],
];

/** Every object that a schema is made of, however it is wrapped. */
function shapesOf(schema: unknown, seen = new Set<unknown>()): z.ZodObject[] {
  if (!(schema instanceof z.ZodType) || seen.has(schema)) return [];
  seen.add(schema);
  const own = schema instanceof z.ZodObject ? [schema, ...Object.values(schema.shape)] : [];
  const def = schema.def as unknown as Record<string, unknown>;
  const inner = [def.innerType, def.element, def.valueType, def.keyType, def.in, def.out, ...own];
  const options = Array.isArray(def.options) ? def.options : [];
  return [
    ...(schema instanceof z.ZodObject ? [schema] : []),
    ...[...inner, ...options].flatMap((each) => shapesOf(each, seen)),
  ];
}

test('whatever is sent for any field of the contract, the library does not speak', () => {
  const schemas = Object.values(contract as Readonly<Record<string, unknown>>).filter(
    (value): value is z.ZodType => value instanceof z.ZodType,
  );
  const seen = new Set<unknown>();
  const shapes = schemas.flatMap((schema) => shapesOf(schema, seen));
  const attempts = [
    ...schemas.flatMap((schema) => JUNK.map((junk) => schema.safeParse(junk))),
    ...shapes.flatMap((schema) =>
      Object.keys(schema.shape).flatMap((field) => JUNK.map((junk) => schema.safeParse({ [field]: junk }))),
    ),
  ];
  const details = attempts.flatMap(({ error }) => findings(error?.issues ?? []).map(({ detail }) => detail));
  expect(shapes.length).toBeGreaterThan(50);
  expect(details.length).toBeGreaterThan(10_000);
  const leaked = details.filter((detail) => /\b(expected|received|invalid|too (big|small)|NaN)\b|[<>]=/i.test(detail));
  expect([...new Set(leaked)]).toEqual([]);
});
