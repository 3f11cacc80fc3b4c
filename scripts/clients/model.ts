/** The part of an OpenAPI document that an app calls, as records and operations: what both languages are written from. */

/** A type as a client sees it. Text with a closed list of values is text: a newer server may know more of them. */
export type Type =
  | { readonly kind: 'text' | 'number' | 'integer' | 'flag' | 'json' }
  | { readonly kind: 'list' | 'map'; readonly of: Type }
  | { readonly kind: 'record'; readonly name: string };

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly isRequired: boolean;
  readonly about?: string;
}
export interface Record_ {
  readonly name: string;
  readonly fields: readonly Field[];
}
export interface Operation {
  /** Such as `optimize`, of `POST /v1/optimize`. */
  readonly name: string;
  readonly path: string;
  readonly about: string;
  readonly request: string;
  readonly response: string;
}
export interface Model {
  readonly records: readonly Record_[];
  readonly operations: readonly Operation[];
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
}
interface Body {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}
interface Call {
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly object[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Call>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const REFERENCE = '#/components/schemas/';
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Alternatives of an object as one: every field of any, required where all require it. Undefined when they are not all objects. */
function merged(options: readonly Schema[]): Schema | undefined {
  if (options.length === 0 || options.some(({ properties }) => !properties)) return undefined;
  const required = (options[0]?.required ?? []).filter((name) => options.every((o) => o.required?.includes(name)));
  return { type: 'object', properties: Object.assign({}, ...options.map(({ properties }) => properties)), required };
}

/** Reads what `POST` endpoints take and give that a publishable key may call. Throws on a reference that leads nowhere. */
export function modelOf({ paths, components }: Document): Model {
  const records = new Map<string, Record_>();

  const recordOf = (name: string, schema: Schema): Type => {
    if (!records.has(name)) {
      records.set(name, { name, fields: [] }); // it may name itself
      const fields = Object.entries(schema.properties ?? {}).map(([field, inner]) => ({
        name: field,
        type: typeOf(inner, name + capital(field)),
        isRequired: schema.required?.includes(field) === true && !isNullable(inner),
        ...(inner.description && { about: inner.description }),
      }));
      records.set(name, { name, fields });
    }
    return { kind: 'record', name };
  };

  const isNullable = ({ anyOf }: Schema): boolean => anyOf?.some(({ type }) => type === 'null') ?? false;

  const typeOf = (schema: Schema, name: string): Type => {
    if (schema.$ref) {
      const target = schema.$ref.replace(REFERENCE, '');
      const found = components.schemas[target];
      if (!found) throw new Error(`${schema.$ref} is not in the document`);
      return typeOf(found, target);
    }
    const options = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null');
    if (options?.length === 1 && options[0]) return typeOf(options[0], name);
    if (options) {
      const one = merged(options);
      return one ? recordOf(name, one) : { kind: 'json' };
    }
    if (schema.type === 'array' && schema.items) return { kind: 'list', of: typeOf(schema.items, `${name}Item`) };
    if (schema.properties) return recordOf(name, schema);
    if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
      return { kind: 'map', of: typeOf(schema.additionalProperties, `${name}Value`) };
    const simple: Readonly<Record<string, Type>> = {
      string: { kind: 'text' },
      number: { kind: 'number' },
      integer: { kind: 'integer' },
      boolean: { kind: 'flag' },
    };
    return simple[schema.type ?? ''] ?? { kind: 'json' };
  };

  const operations = Object.entries(paths).flatMap(([path, { post }]) => {
    const isForApps = post?.security?.some((scheme) => 'publishableKey' in scheme) && !post.parameters?.length;
    const [request, response] = [post?.requestBody, post?.responses['200']].map(
      (b) => b?.content?.['application/json']?.schema,
    );
    if (!post || !isForApps || !request || !response) return [];
    const name = path.replace('/v1/', '').replace(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());
    const [taken, given] = [typeOf(request, `${capital(name)}Request`), typeOf(response, `${capital(name)}Response`)];
    if (taken.kind !== 'record' || given.kind !== 'record') return [];
    return [{ name, path, about: post.summary, request: taken.name, response: given.name }];
  });
  return { records: [...records.values()], operations };
}
