/**
 * The OpenAPI 3.1 document of every endpoint. JSON Schemas come from zod itself, which knows every construct of the contract (recursive
 * JSON, transforms, partial records); the rest of the document is put together here.
 */
import * as z from 'zod';
import { MAX_BODY_BYTES } from '../../contract/limits.ts';
import { PROBLEMS, type ProblemName, problem } from '../../contract/problem.ts';
import type { App } from './app.ts';
import { type DescribedEndpoint, describedEndpoints } from './described.ts';
import type { EndpointResponse } from './endpoint-spec.ts';
import { type JsonSchema, SchemaComponents } from './schema-components.ts';

type AnySpec = DescribedEndpoint;

const documents = new WeakMap<App, object>();

const TAGS = [
  { name: 'Decide', description: 'Ask what to show or send to a customer.' },
  { name: 'Learn', description: 'Tell what was seen and what was done.' },
  { name: 'Customers', description: 'Profiles, consent, export and erasure.' },
  { name: 'Configuration', description: 'Campaigns and everything they refer to.' },
  { name: 'Publishing', description: 'Revisions, rollback, kill switch, audit, keys.' },
  { name: 'Insight', description: 'How campaigns perform.' },
  { name: 'Money', description: 'Where budgets, stocks and capacities stand.' },
  { name: 'Models', description: 'Registered models: versions, stages, scores, how good they are.' },
  { name: 'Operations', description: 'The runtime itself.' },
];

const INTRODUCTION = `Real-time personalization at the edge.

**Keys.** Send \`Authorization: Bearer <key>\`. *Publishable* keys (\`pk_…\`) belong in pages and apps and may decide, report feedback and
send events; where no header can be set, the field \`key\` of the body takes their place. *Secret* keys (\`sk_…\`) may do everything and
must stay on servers.

**Errors** are problem documents (RFC 9457): \`type\` names the problem, \`errors\` each field that is wrong.`;

/** Problems that any endpoint of this kind may answer with. */
function problemsOf(spec: AnySpec): ProblemName[] {
  const names: ProblemName[] = ['internal', 'unavailable', 'rate_limited'];
  if (spec.auth !== 'none') names.push('missing_key', 'unknown_key', 'wrong_origin');
  if (spec.auth === 'secret') names.push('secret_key_required');
  // Where only servers ask, a parameter that nobody reads is refused, too.
  if (spec.body || spec.params || spec.query || spec.auth === 'secret') names.push('invalid_request');
  if (spec.query instanceof z.ZodObject && 'cursor' in spec.query.shape) names.push('invalid_cursor');
  if (spec.body) names.push('malformed_json', 'unsafe_key', 'body_too_large', 'unsupported_media_type');
  return [...names, ...(spec.refusals ?? [])];
}

const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** Problems of any endpoint of this kind, in words, by status. */
function problemLines(spec: AnySpec): Map<number, string[]> {
  const byStatus = new Map<number, string[]>();
  for (const name of problemsOf(spec)) {
    const { status, title } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${name}\`: ${title}`]);
  }
  return byStatus;
}

function bodyContent(status: string, response: EndpointResponse, components: SchemaComponents): JsonSchema {
  const isError = Number(status) >= 400;
  if (isError && !response.schema) return { content: PROBLEM_CONTENT };
  if (response.mediaType) return { content: { [response.mediaType]: {} } };
  if (!response.schema) return {};
  const type = isError ? 'application/problem+json' : 'application/json';
  return { content: { [type]: { schema: components.add(response.schema, 'output') } } };
}

/** What the endpoint declares of a status comes after what every endpoint of its kind may answer with it. */
function responsesOf(spec: AnySpec, components: SchemaComponents): Record<string, JsonSchema> {
  const lines = problemLines(spec);
  const problems = [...lines].map(([status, told]) => [
    status,
    { description: told.join('. '), content: PROBLEM_CONTENT },
  ]);
  const declared = Object.entries(spec.responses).map(([status, response]) => {
    const headers = Object.entries(response.headers ?? {}).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]);
    return [
      status,
      {
        description: [...(lines.get(Number(status)) ?? []), response.description].join('. '),
        ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
        ...bodyContent(status, response, components),
      },
    ];
  });
  return { ...Object.fromEntries(problems), ...Object.fromEntries(declared) };
}

/** Path, query and header parameters, one by one. */
function parametersOf(spec: AnySpec, components: SchemaComponents): JsonSchema[] {
  const of = (schema: z.ZodType | undefined, where: 'path' | 'query'): JsonSchema[] => {
    if (!(schema instanceof z.ZodObject)) return [];
    return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
      name,
      in: where,
      required: where === 'path' || !field.safeParse(undefined).success,
      schema: components.add(field, 'input'),
    }));
  };
  const headers = Object.entries(spec.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...of(spec.params, 'path'), ...of(spec.query, 'query'), ...headers];
}

function bodyOf(spec: AnySpec, components: SchemaComponents): JsonSchema {
  if (!spec.body) return {};
  const schema = components.add(spec.body, 'input');
  const types = spec.auth === 'any' ? ['application/json', 'text/plain'] : ['application/json'];
  return {
    requestBody: {
      required: !spec.body.safeParse(undefined).success,
      description: `At most ${(spec.maxBodyBytes ?? MAX_BODY_BYTES) / 1_024} KB`,
      content: Object.fromEntries(types.map((type) => [type, { schema }])),
    },
  };
}

/** `get /v1/campaigns/{id}` → `get_campaigns_id`: what generated clients call their functions. */
function operationId(spec: AnySpec): string {
  const words = spec.path
    .replace(/^\/v1/, '')
    .replaceAll(/[{}]/g, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return [spec.method, ...words].join('_');
}

function operation(spec: AnySpec, components: SchemaComponents): JsonSchema {
  const security =
    spec.auth === 'none'
      ? []
      : spec.auth === 'secret'
        ? [{ secretKey: [] }]
        : [{ publishableKey: [] }, { secretKey: [] }];
  return {
    operationId: operationId(spec),
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    security,
    parameters: parametersOf(spec, components),
    ...bodyOf(spec, components),
    responses: responsesOf(spec, components),
  };
}

/** Paths with their methods, in the order in which routes were registered. */
function pathsOf(specs: readonly AnySpec[], components: SchemaComponents): Record<string, JsonSchema> {
  const paths: Record<string, JsonSchema> = {};
  for (const spec of specs) paths[spec.path] = { ...paths[spec.path], [spec.method]: operation(spec, components) };
  return paths;
}

const SECURITY_SCHEMES = {
  publishableKey: { type: 'http', scheme: 'bearer', description: '`pk_…`: for pages and apps' },
  secretKey: { type: 'http', scheme: 'bearer', description: '`sk_…`: for servers only' },
};

/** The document of an application; written once, since its routes do not change after the start. */
export function openApiDocument(app: App): object {
  const known = documents.get(app);
  if (known) return known;
  const components = new SchemaComponents();
  components.add(problem, 'output');
  const specs = describedEndpoints(app);
  const paths = pathsOf(specs, components);
  const used = new Set(specs.map((spec) => spec.tag));
  const document = {
    openapi: '3.1.0',
    info: { title: 'Hyperedge', version: '1', description: INTRODUCTION },
    servers: [{ url: '/' }],
    tags: TAGS.filter((tag) => used.has(tag.name)),
    components: { schemas: Object.fromEntries(components.all()), securitySchemes: SECURITY_SCHEMES },
    paths,
  };
  documents.set(app, document);
  return document;
}
