import { describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { send } from '../testing/fixture.ts';
import { openApiDocument } from './openapi.ts';

type Json = { [key: string]: unknown };

const document = openApiDocument(createApp()) as Json;

/** Every value of a key, anywhere. */
function* valuesOf(key: string, value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === key) yield child;
    yield* valuesOf(key, child);
  }
}

function resolve(reference: string): unknown {
  const parts = reference.slice(2).split('/');
  return parts.reduce<unknown>((value, part) => (value as Json | undefined)?.[part], document);
}

function operations(): (Json & { path: string })[] {
  return Object.entries(document.paths as Record<string, Record<string, Json>>).flatMap(([path, item]) =>
    Object.values(item).map((operation) => ({ ...operation, path })),
  );
}

describe('the OpenAPI document', () => {
  it('is 3.1 and served as it is', async () => {
    expect(document.openapi).toBe('3.1.0');
    const app = createApp();
    const response = await send(app, '/openapi.json', { headers: { origin: 'https://any.example' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('resolves each of its references', () => {
    const references = [...valuesOf('$ref', document)] as string[];
    expect(references.length).toBeGreaterThan(3);
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\//);
      expect(resolve(reference), reference).toBeTypeOf('object');
    }
    expect([...valuesOf('$defs', document)]).toEqual([]);
  });

  it('has one name per operation, a tag, a summary, and declares each parameter of its path', () => {
    const all = operations();
    const ids = all.map((operation) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of all) {
      expect(operation.summary).toBeTruthy();
      expect(operation.tags).toHaveLength(1);
      const declared = (operation.parameters as Json[]).filter((one) => one.in === 'path').map((one) => one.name);
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(declared, operation.path).toEqual(inPath);
    }
  });

  it('has a problem document as the body of every error', () => {
    const statuses = operations().flatMap((operation) => Object.entries(operation.responses as Record<string, Json>));
    const errors = statuses.filter(([status]) => Number(status) >= 400);
    expect(errors.length).toBeGreaterThan(300);
    for (const [, response] of errors)
      expect(Object.keys(response.content as Json)).toEqual(['application/problem+json']);
  });

  it('knows its tags and its security schemes', () => {
    const known = new Set((document.tags as Json[]).map((tag) => tag.name));
    for (const operation of operations()) expect(known).toContain((operation.tags as string[])[0]);
    const schemes = Object.keys((document.components as Json).securitySchemes as Json);
    for (const security of [...valuesOf('security', document)] as Json[][]) {
      for (const entry of security) expect(schemes).toEqual(expect.arrayContaining(Object.keys(entry)));
    }
  });
});
