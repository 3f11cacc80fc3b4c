/** Collects the JSON Schemas (2020-12, which OpenAPI 3.1 takes as they are) that endpoints refer to, each named once. */
import * as z from 'zod';

/** A JSON Schema, or any other object of an OpenAPI document. */
export type JsonSchema = { [key: string]: unknown };

const PREFIX = '#/components/schemas/';

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy with every `$ref` renamed. */
function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    const target = key === '$ref' && typeof child === 'string' ? names.get(child) : undefined;
    return [key, target === undefined ? rename(child, names) : `${PREFIX}${target}`];
  });
  return Object.fromEntries(entries);
}

/** Named schemas of one document. */
export class SchemaComponents {
  readonly #schemas = new Map<string, JsonSchema>();

  /**
   * Adds what a schema is made of and returns the schema to put in the document. `io`: what callers send (`input`) or receive
   * (`output`); where the two differ under one name, the second gets the name with its direction behind it.
   */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
    const definitions = Object.entries($defs as Record<string, JsonSchema>);
    const names = new Map(definitions.map(([name]) => [`#/$defs/${name}`, this.#baseName(name)]));
    // A definition that differs from the one of the same name needs another name, and so does whatever refers to it: settle them all first.
    for (const [name, definition] of definitions) {
      const base = names.get(`#/$defs/${name}`) as string;
      const there = this.#schemas.get(base);
      if (there && JSON.stringify(there) !== JSON.stringify(this.#clean(rename(definition, names)))) {
        names.set(`#/$defs/${name}`, `${base}${io === 'input' ? 'Input' : 'Output'}`);
      }
    }
    for (const [name, definition] of definitions) {
      this.#schemas.set(names.get(`#/$defs/${name}`) as string, this.#clean(rename(definition, names)));
    }
    return this.#clean(rename(root, names));
  }

  /** Every named schema, by name. */
  all(): [string, JsonSchema][] {
    return [...this.#schemas].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Unnamed recursive definitions of zod are all the same thing here: any JSON value. */
  #baseName(name: string): string {
    return name.startsWith('__schema') ? 'Json' : name;
  }

  #clean(value: unknown): JsonSchema {
    const { id: _id, $schema: _dialect, ...rest } = value as JsonSchema;
    return rest;
  }
}
