/** Values that a JSON Schema of the document allows, as arbitraries: dense in examples and in what really exists, and small. */
import fc from 'fast-check';
import type { JsonSchema } from './document.ts';

/** Nesting of conditions and of free JSON: deeper ones come by mutation. */
const MAX_LEVELS = 3;
/** More than the least that a list asks for; longer ones come by mutation. */
const MORE_ITEMS = 3;
const MAX_TEXT = 24;
const MAX_EXTRA_FIELDS = 3;
/** Where the document sets no bound. */
const LARGEST_INTEGER = 1_000_000;

/** Values that exist for a field of this name; undefined when none are known. */
export type KnownValues = (field: string) => fc.Arbitrary<unknown> | undefined;

type Tie = (name: string) => fc.Arbitrary<unknown>;

function text(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minLength = 0, maxLength = MAX_TEXT, format, pattern } = schema as { [key: string]: never };
  if (format === 'date-time') return instants;
  if (typeof pattern === 'string') return matching(pattern);
  const most = Math.max(minLength, Math.min(maxLength, MAX_TEXT));
  return fc.oneof(
    fc.string({ minLength, maxLength: most, unit: 'grapheme-ascii' }),
    fc.string({ minLength, maxLength: most, unit: 'grapheme' }),
  );
}

/** Of a pattern that looks ahead, without looking: some of them will be refused. */
function matching(pattern: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?[!=](?:[^()]|\([^()]*\))*\)/g, '')), { size: 'small' });
}

const DAY_MS = 86_400_000;
const instants = fc
  .integer({ min: -40 * DAY_MS, max: 2 * DAY_MS })
  .map((ms) => new Date(Math.floor((Date.now() + ms) / 1_000) * 1_000).toISOString());

function number(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<string, number | undefined>;
  const min = minimum ?? exclusiveMinimum ?? -LARGEST_INTEGER;
  const max = Math.max(min, maximum ?? exclusiveMaximum ?? LARGEST_INTEGER);
  if (schema.type === 'integer') return fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
  return fc.double({
    min,
    max,
    noNaN: true,
    minExcluded: exclusiveMinimum !== undefined,
    maxExcluded: exclusiveMaximum !== undefined,
  });
}

function list(schema: JsonSchema, tie: Tie, known: KnownValues, field: string): fc.Arbitrary<unknown> {
  const {
    prefixItems,
    items,
    minItems = 0,
    maxItems = minItems + MORE_ITEMS,
  } = schema as {
    prefixItems?: JsonSchema[];
    items?: JsonSchema;
    minItems?: number;
    maxItems?: number;
  };
  if (prefixItems) return fc.tuple(...prefixItems.map((item) => valuesFor(item, tie, known, field)));
  const maxLength = Math.min(maxItems, minItems + MORE_ITEMS);
  return fc.array(valuesFor(items ?? {}, tie, known, field), {
    minLength: minItems,
    maxLength,
    depthIdentifier: 'value',
  });
}

function fields(schema: JsonSchema, tie: Tie, known: KnownValues): fc.Arbitrary<object> {
  const {
    properties = {},
    required = [],
    additionalProperties,
    propertyNames,
  } = schema as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
    additionalProperties?: JsonSchema | boolean;
    propertyNames?: JsonSchema;
  };
  const named = Object.fromEntries(
    Object.entries(properties).map(([name, child]) => [name, valuesFor(child, tie, known, name)]),
  );
  const whole = fc.record(named, { requiredKeys: required, noNullPrototype: true }) as fc.Arbitrary<object>;
  if (typeof additionalProperties !== 'object') return whole;
  const keys = valuesFor({ ...propertyNames, type: 'string' }, tie, known, '') as fc.Arbitrary<string>;
  const extra = fc.dictionary(keys, valuesFor(additionalProperties, tie, known, ''), {
    maxKeys: MAX_EXTRA_FIELDS,
    noNullPrototype: true,
    depthIdentifier: 'value',
  });
  return fc.tuple(extra, whole).map(([more, these]) => ({ ...more, ...these }));
}

function ofType(schema: JsonSchema, tie: Tie, known: KnownValues, field: string): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'number':
    case 'integer':
      return number(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return list(schema, tie, known, field);
    case 'object':
      return fields(schema, tie, known);
    default:
      return tie('Json');
  }
}

function plainly(schema: JsonSchema, tie: Tie, known: KnownValues, field: string): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return tie(schema.$ref.split('/').at(-1)!);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (!choices) return ofType(schema, tie, known, field);
  const arbitraries = choices.map((choice) => valuesFor(choice, tie, known, field));
  return fc.oneof({ depthIdentifier: 'value', maxDepth: MAX_LEVELS }, ...arbitraries);
}

/** Values of a schema; a field whose name is known is filled with what exists three times of four. */
export function valuesFor(schema: JsonSchema, tie: Tie, known: KnownValues, field = ''): fc.Arbitrary<unknown> {
  const plain = plainly(schema, tie, known, field);
  const exists = schema.type === 'string' && !schema.enum && !('const' in schema) ? known(field) : undefined;
  if (exists) return fc.oneof({ arbitrary: exists, weight: 3 }, plain);
  return 'example' in schema ? fc.oneof({ arbitrary: plain, weight: 3 }, fc.constant(schema.example)) : plain;
}

/** A function that makes arbitraries of the document's schemas, named ones shared and recursive ones held short. */
export function valuesOf(
  schemas: Readonly<Record<string, JsonSchema>>,
  known: KnownValues,
): (schema: JsonSchema, field?: string) => fc.Arbitrary<unknown> {
  const named = fc.letrec<Record<string, unknown>>((tie) =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, valuesFor(schema, tie as Tie, known)])),
  );
  return (schema, field) => valuesFor(schema, (name) => named[name]!, known, field);
}
