/** What the OpenAPI document promises, compiled: which operation a request meets, and whether an answer is one of those it documents. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createApp } from '../../../worker/app.ts';
import { openApiDocument } from '../../../worker/http/openapi.ts';

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

interface Written {
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

/** As its readers get it: through JSON. */
const written = JSON.parse(JSON.stringify(openApiDocument(createApp()))) as Written;

/** Named schemas of the document. */
export const schemas = written.components.schemas;

/** Formats besides patterns are notes to people: where the contract checks one, it writes its pattern, too. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'document', ...written });

/** A body without a schema may be anything. */
function compiled(schema: JsonSchema = {}): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
  return ajv.compile(JSON.parse(text) as JsonSchema);
}

/** Who may ask: an operation that takes both kinds of keys names both. */
function authOf(security: WrittenOperation['security']): Operation['auth'] {
  if (security.length === 0) return 'none';
  return security.length === 1 ? 'secret' : 'any';
}

function operationOf(path: string, method: string, operation: WrittenOperation): Operation {
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

/** Every operation of the document, in its order. */
export const operations: readonly Operation[] = Object.entries(written.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => operationOf(path, method, operation)),
);

const patterns = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The operation that a request meets, undefined when the document has none; HEAD meets what GET does. */
export function operationMet(method: string, pathname: string): Operation | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return patterns.find(({ operation, pattern }) => operation.method === asked && pattern.test(pathname))?.operation;
}

/** What any operation and any path that has none answers in errors. */
export const isProblem = compiled({ $ref: '#/components/schemas/Problem' });
