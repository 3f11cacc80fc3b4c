/** What the OpenAPI document promises, compiled: which operation a request meets, and whether an answer is one of those it documents. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export type JsonSchema = { readonly [key: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** One answer that an operation may give. */
interface Documented {
  /** Names of problems are in it, in backticks. */
  readonly description: string;
  /** By content type; empty when there is no body. */
  readonly bodies: ReadonlyMap<string, ValidateFunction>;
}

export interface Operation {
  /** `GET /v1/campaigns/{id}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly auth: 'none' | 'any' | 'secret';
  readonly body?: JsonSchema;
  /** Whether the document allows a body. */
  readonly allows?: ValidateFunction;
  readonly answers: ReadonlyMap<number, Documented>;
}

/** The document, as its readers get it. */
export interface Written {
  readonly paths: Record<string, Record<string, WrittenOperation>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}
interface WrittenOperation {
  readonly parameters: readonly Parameter[];
  readonly security: readonly Record<string, unknown>[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: JsonSchema }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema?: JsonSchema }> }
  >;
}

/** The document, compiled. */
export interface ApiDocument {
  /** Every operation, in its order. */
  readonly operations: readonly Operation[];
  /** Named schemas. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** The operation that a request meets, undefined when there is none; HEAD meets what GET does. @param parts of the path, without their escapes */
  operationMet(method: string, parts: readonly string[]): Operation | undefined;
  /** What any operation and any path that has none answers in errors. */
  readonly isProblem: ValidateFunction;
}

/** Who may ask: an operation that takes both kinds of keys names both. */
function authOf(security: WrittenOperation['security']): Operation['auth'] {
  if (security.length === 0) return 'none';
  return security.length === 1 ? 'secret' : 'any';
}

type Compile = (schema?: JsonSchema) => ValidateFunction;

function operationOf(compiled: Compile, path: string, method: string, operation: WrittenOperation): Operation {
  const answers = Object.entries(operation.responses).map(([status, { description, content = {} }]) => {
    const bodies = Object.entries(content).map(([type, { schema }]) => [type, compiled(schema)] as const);
    return [Number(status), { description, bodies: new Map(bodies) }] as const;
  });
  const body = operation.requestBody?.content['application/json']?.schema;
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters,
    auth: authOf(operation.security),
    ...(body && { body, allows: compiled(body) }),
    answers: new Map(answers),
  };
}

/** Compiles the document that `/openapi.json` answers. */
export function compileDocument(written: Written): ApiDocument {
  // Formats besides patterns are notes to people: where the contract checks one, it writes its pattern, too.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', ...written });
  // A body without a schema may be anything.
  const compiled: Compile = (schema = {}) => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
    return ajv.compile(JSON.parse(text) as JsonSchema);
  };
  const operations = Object.entries(written.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => operationOf(compiled, path, method, operation)),
  );
  const patterns = operations.map((operation) => ({ operation, parts: operation.path.split('/') }));
  return {
    operations,
    schemas: written.components.schemas,
    operationMet(method, given) {
      const asked = method === 'HEAD' ? 'GET' : method;
      const fits = (parts: readonly string[]) =>
        parts.length === given.length &&
        parts.every((part, i) => (part.startsWith('{') ? given[i] !== '' : part === given[i]));
      return patterns.find(({ operation, parts }) => operation.method === asked && fits(parts))?.operation;
    },
    isProblem: compiled({ $ref: '#/components/schemas/Problem' }),
  };
}
