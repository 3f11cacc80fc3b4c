import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_MODEL_BODY_BYTES } from '../contract/models/registry.ts';
import { MAX_CONFIGURATION_BODY_BYTES } from '../contract/primitives.ts';
import { problem as problemSchema } from '../contract/problem.ts';
import { createApp } from './app.ts';
import { openApiDocument } from './http/openapi.ts';
import { insertKey, insertSite, json } from './testing/fixture.ts';

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly isSecured: boolean;
}

type Described = { paths: Record<string, Record<string, { requestBody?: object; security: object[] }>> };

/** Every endpoint there is, whoever registered it: a new one is tried without being named here. */
const operations: Operation[] = Object.entries((openApiDocument(createApp()) as Described).paths).flatMap(
  ([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{n\}/g, '1').replaceAll(/\{\w+\}/g, 'x1'),
      hasBody: operation.requestBody !== undefined,
      isSecured: operation.security.length > 0,
    })),
);
const secured = operations.filter((operation) => operation.isSecured);
const withBody = operations.filter((operation) => operation.hasBody);

let sk = '';

beforeAll(async () => {
  await insertSite('shop', 'server');
  sk = await insertKey('secret', 'shop');
});

/** Sends through the worker's own entry; returns the problem's name and expects a proper 4xx document. */
async function refusalOf(path: string, init: RequestInit): Promise<string> {
  const response = await exports.default.fetch(new Request(`https://api.example${path}`, init));
  const text = await response.text();
  expect(response.status, text).toBeGreaterThanOrEqual(400);
  expect(response.status, text).toBeLessThan(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return problemSchema.parse(JSON.parse(text)).type.replace('/problems/', '');
}

/** No endpoint takes more. */
const LARGEST_BODY_BYTES = Math.max(MAX_CONFIGURATION_BODY_BYTES, MAX_MODEL_BODY_BYTES);

describe('every endpoint that asks for a key', () => {
  it.each(secured)('$name refuses none and an unknown one', async ({ method, path, hasBody }) => {
    const body = hasBody ? '{}' : undefined;
    const headers = { 'content-type': 'application/json' };
    const none = { method, headers, ...(body ? { body } : {}) };
    expect(await refusalOf(path, none)).toBe('missing_key');
    const unknown = { ...none, headers: { ...headers, authorization: `Bearer sk_${'0'.repeat(32)}` } };
    expect(await refusalOf(path, unknown)).toBe('unknown_key');
  });
});

describe('every endpoint that takes a body', () => {
  it.each(withBody)('$name refuses what is no JSON object of its contract', async ({ method, path }) => {
    expect(await refusalOf(path, json(method, sk, '{"a":'))).toBe('malformed_json');
    expect(await refusalOf(path, json(method, sk, '{"constructor":{"prototype":{}}}'))).toBe('unsafe_key');
    expect(await refusalOf(path, json(method, sk, `${'['.repeat(5_000)}${']'.repeat(5_000)}`))).toBe('invalid_request');
    for (const body of ['[]', '7', '"text"', '{"surely_unknown_field":1}']) {
      expect(await refusalOf(path, json(method, sk, body)), body).toBe('invalid_request');
    }
    const form = json(method, sk, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await refusalOf(path, form)).toBe('unsupported_media_type');
  });

  it.each(withBody)('$name refuses a body beyond its limit, told or found out', async ({ method, path }) => {
    const bytes = new Uint8Array(LARGEST_BODY_BYTES + 1).fill(0x20);
    expect(await refusalOf(path, { ...json(method, sk, ''), body: bytes })).toBe('body_too_large');
    const body = new Blob([bytes]).stream();
    expect(await refusalOf(path, { ...json(method, sk, ''), body, duplex: 'half' } as RequestInit)).toBe(
      'body_too_large',
    );
  });
});

describe('every path', () => {
  it.each(operations)('$name answers a preflight, and 405 to a method nobody has', async ({ path }) => {
    const preflight = await exports.default.fetch(
      new Request(`https://api.example${path}`, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } }),
    );
    expect(preflight.status).toBe(204);
    expect(await refusalOf(path, { method: 'PATCH' })).toBe('method_not_allowed');
  });
});
