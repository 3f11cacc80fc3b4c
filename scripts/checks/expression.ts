/** A schema as an expression of `contract/checks/check.ts`. What it cannot say for certain it refuses to write. */
import type * as z from 'zod';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypeDef & Readonly<Record<string, unknown>>;
type CheckDef = z.core.$ZodCheckDef & Readonly<Record<string, unknown>>;

/** Names that expressions may use, and those that they did use. */
export interface Names {
  /** The name of a schema that stands by itself; undefined where it is written in its place. */
  ofSchema(schema: Schema): string | undefined;
  /** The name under which `contract/rules.ts` exports what a schema asks; undefined when it does not. */
  ofRule(rule: unknown): string | undefined;
  readonly used: { readonly schemas: Set<Schema>; readonly parts: Set<string>; readonly rules: Set<string> };
}

const defOf = (schema: Schema): Def => schema._zod.def as never;

/** A call of a part of `check.ts`. */
function call(names: Names, part: string, ...given: readonly string[]): string {
  names.used.parts.add(part);
  return `${part}(${given.join(', ')})`;
}

function plain(names: Names, part: string): string {
  names.used.parts.add(part);
  return part;
}

/** How small and how large, and what else is asked. */
interface Asked {
  least?: number;
  most?: number;
  readonly more: string[];
}

function inclusive(def: CheckDef): number {
  if (def.inclusive !== true) throw new Error('A limit that is excluded has no part in contract/checks/check.ts');
  return def.value as number;
}

function ask(asked: Asked, names: Names, def: CheckDef): void {
  switch (def.check) {
    case 'min_length':
      asked.least = Math.max(asked.least ?? 0, def.minimum as number);
      return;
    case 'max_length':
      asked.most = Math.min(asked.most ?? Number.POSITIVE_INFINITY, def.maximum as number);
      return;
    case 'greater_than':
      asked.least = Math.max(asked.least ?? Number.NEGATIVE_INFINITY, inclusive(def));
      return;
    case 'less_than':
      asked.most = Math.min(asked.most ?? Number.POSITIVE_INFINITY, inclusive(def));
      return;
    case 'string_format':
      asked.more.push(call(names, 'matching', String(def.pattern)));
      return;
    case 'custom': {
      const rule = names.ofRule(def.fn);
      if (rule === undefined) throw new Error('A rule of a request must be exported by contract/rules.ts');
      names.used.rules.add(rule);
      asked.more.push(rule);
      return;
    }
    default:
      throw new Error(`No part of contract/checks/check.ts is for "${def.check}"`);
  }
}

function askedOf(def: Def, names: Names): Asked {
  const asked: Asked = { more: [] };
  // A format such as that of instants is a check of its own.
  if ('check' in def) ask(asked, names, def as never);
  for (const check of (def.checks ?? []) as readonly z.core.$ZodCheck[]) ask(asked, names, check._zod.def as never);
  return asked;
}

/** The limits as arguments, none where there are none. */
function limits({ least, most }: Asked, unset: string): string[] {
  if (least === undefined && most === undefined) return [];
  return [String(least ?? unset), ...(most === undefined ? [] : [String(most)])];
}

/** The form, and whatever else is asked of it; what a pattern finds is a text. */
function withMore(form: string, { more }: Asked, names: Names): string {
  const [first, ...others] = form === 'text()' && more[0]?.startsWith('matching(') ? more : [form, ...more];
  return others.length === 0 ? (first as string) : call(names, 'all', first as string, ...others);
}

const literals = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));

/** `{ name: …, … }`. */
function table(entries: readonly (readonly [string, string])[]): string {
  const written = entries.map(([name, value]) => (name === value ? name : `${JSON.stringify(name)}: ${value}`));
  return `{ ${written.join(', ')} }`;
}

/** Fields that have another value where they are absent: of the outermost object alone, see {@link absentOf}. */
const isFilled = (schema: Schema): boolean => defOf(schema).type === 'prefault';

function fields(def: Def, names: Names, isOutermost: boolean): string {
  if ((def.catchall as Schema | undefined)?._zod.def.type !== 'never')
    throw new Error('An object of a request must be strict');
  const shape = Object.entries(def.shape as Readonly<Record<string, Schema>>);
  const mayBeAbsent = (schema: Schema) => defOf(schema).type === 'optional' || isFilled(schema);
  const written = (these: typeof shape) =>
    table(
      these.map(([name, schema]) => {
        if (isFilled(schema) && !isOutermost) throw new Error(`${name}: only the outermost object can be filled in`);
        return [name, expressionOf(mayBeAbsent(schema) ? (defOf(schema).innerType as Schema) : schema, names)];
      }),
    );
  const required = shape.filter(([, schema]) => !mayBeAbsent(schema));
  const optional = shape.filter(([, schema]) => mayBeAbsent(schema));
  return call(names, 'fields', written(required), ...(optional.length > 0 ? [written(optional)] : []));
}

/** Options by the value of the field that tells them apart. */
function byField(def: Def, names: Names): string {
  const field = def.discriminator as string;
  const options = (def.options as readonly Schema[]).map((option) => {
    const { values } = defOf((defOf(option).shape as Readonly<Record<string, Schema>>)[field] as Schema);
    const [value] = values as readonly unknown[];
    if (typeof value !== 'string') throw new Error(`${field}: options must be told apart by texts`);
    return [value, expressionOf(option, names)] as const;
  });
  return call(names, 'byField', JSON.stringify(field), table(options));
}

function formOf(def: Def, names: Names, asked: Asked, isOutermost: boolean): string {
  const inner = (key: string) => expressionOf(def[key] as Schema, names);
  switch (def.type) {
    case 'string':
      return call(names, 'text', ...limits(asked, '0'));
    case 'number':
      return call(names, 'number', ...limits(asked, '-Number.MAX_VALUE'));
    case 'boolean':
      return plain(names, 'boolean');
    case 'null':
      return call(names, 'oneOf', 'null');
    case 'literal':
      return call(names, 'oneOf', ...literals(def.values as readonly unknown[]));
    case 'enum':
      return call(names, 'oneOf', ...literals(Object.values(def.entries as object)));
    case 'array':
      return call(names, 'list', inner('element'), ...limits(asked, '0'));
    case 'record':
      return call(names, 'record', inner('keyType'), inner('valueType'));
    case 'union':
      if ('discriminator' in def) return byField(def, names);
      return call(names, 'anyOf', ...(def.options as readonly Schema[]).map((option) => expressionOf(option, names)));
    case 'object':
      return fields(def, names, isOutermost);
    default:
      throw new Error(`No part of contract/checks/check.ts is for a schema of type "${def.type}"`);
  }
}

/** The expression, the name of the schema where it has one. */
export function expressionOf(schema: Schema, names: Names, isOutermost = false): string {
  const name = isOutermost ? undefined : names.ofSchema(schema);
  if (name !== undefined) {
    names.used.schemas.add(schema);
    return name;
  }
  const def = defOf(schema);
  const asked = askedOf(def, names);
  return withMore(formOf(def, names, asked, isOutermost), asked, names);
}

/** What the schema gives in the place of absent fields of the outermost object, as a function's text; undefined where nothing. */
export function absentOf(schema: Schema): string | undefined {
  const shape = (defOf(schema).shape ?? {}) as Readonly<Record<string, Schema>>;
  const filled = Object.entries(shape).filter(([, field]) => isFilled(field));
  if (filled.length === 0) return undefined;
  const entries = filled.map(([name, field]) => [name, JSON.stringify((field as z.ZodType).parse(undefined))] as const);
  return `() => (${table(entries)})`;
}
