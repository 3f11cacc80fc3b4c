import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonSchema } from '../../tests/node/fuzz/document.ts';
import { type Hurt, hurtText, hurtValue, junk } from '../../tests/node/fuzz/hurts-json.ts';
import { valuesOf } from '../../tests/node/fuzz/values.ts';
import { hasBrackets } from '../../worker/http/brackets.ts';
import { requests } from '../requests.ts';
import type { Check } from './check.ts';
import * as written from './requests.ts';

/** Of each of ten schemas. */
const REQUESTS = 3_000;
const SEED = 20_261_123;
const MAX_PICK = 9_999;
/** Of a text that schemas get to see: what is deeper is refused before. */
const MAX_BRACKETS = 64;
/** One spoils most requests, and two find their way past each other. */
const MAX_HURTS = 2;

/** Texts and numbers that a limit of the contract lies at, and the ones behind it. */
const atLimits = fc.oneof(
  fc
    .tuple(fc.constantFrom(1, 35, 64, 128, 256, 1_024, 2_048, 9_000), fc.constantFrom(0, 1))
    .map(([limit, behind]) => 'a'.repeat(limit + behind)),
  fc.constantFrom(1e9, -1e9, 1e9 + 1e-6, -1e9 - 1e-6, 'EUR', 'eur', '2026-02-29T00:00:00Z', '2024-02-29T00:00:00Z'),
);

const hurts = fc.array(
  fc.record({
    part: fc.constantFrom('body' as const, 'body' as const, 'body' as const, 'text' as const),
    kind: fc.nat({ max: MAX_PICK }),
    at: fc.nat({ max: MAX_PICK }),
    junk: fc.oneof({ arbitrary: junk, weight: 2 }, atLimits),
  }),
  { maxLength: MAX_HURTS },
);

/** Values that the schema's document allows, dense in what its fields take. */
function valuesFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const consents = fc.constantFrom('granted', 'denied', 'pending');
  const known: Record<string, fc.Arbitrary<unknown>> = {
    placements: fc.constantFrom('hero', 'side', 'letter'),
    placement: fc.constantFrom('hero', 'side', 'letter'),
    consent: consents,
  };
  return valuesOf($defs as Record<string, JsonSchema>, (field) => known[field])(root);
}

/** The body as it comes, hurt; undefined where it is refused before any schema sees it. */
function bodyOf(value: unknown, done: readonly Hurt[]): { readonly json: unknown } | undefined {
  const hurt = done.filter(({ part }) => part === 'body').reduce<unknown>(hurtValue, value);
  const text = done
    .filter(({ part }) => part === 'text')
    .reduce<string | Uint8Array>(
      (told, one) => (typeof told === 'string' ? hurtText(told, one) : told),
      JSON.stringify(hurt) ?? '',
    );
  if (typeof text !== 'string' || /__proto__|constructor|prototype|\\u/.test(text)) return undefined;
  if (hasBrackets(text, MAX_BRACKETS)) return undefined;
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const checks: Readonly<Record<string, Check<unknown>>> = { ...written };

const pairs = Object.entries(requests).map(([name, schema]) => ({
  name,
  schema: schema as z.ZodType,
  check: checks[name]!,
}));

describe('each check of a request', () => {
  it.each(pairs)(
    '$name takes what the schema takes, gives what it gives, and is not sure of the rest',
    ({ schema, check }) => {
      const seen = { taken: 0, left: 0 };
      fc.assert(
        fc.property(valuesFor(schema), hurts, (value, done) => {
          const body = bodyOf(value, done);
          fc.pre(body !== undefined);
          const before = structuredClone(body.json);
          const quick = check.safeParse(body.json);
          const whole = schema.safeParse(body.json);
          expect(quick.success, JSON.stringify(body.json)).toBe(whole.success);
          if (quick.success) expect(quick.data).toEqual(whole.data);
          expect(body.json).toEqual(before);
          seen[quick.success ? 'taken' : 'left'] += 1;
        }),
        { seed: SEED, numRuns: REQUESTS },
      );
      expect(Math.min(seen.taken, seen.left)).toBeGreaterThan(REQUESTS / 10);
    },
    120_000,
  );
});
