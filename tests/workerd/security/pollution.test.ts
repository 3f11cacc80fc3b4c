/** Keys that would change what every object inherits: in every body, at every depth, in the inbox, in paths and queries; nothing of them arrives. */
import { env, exports } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../worker/app.ts';
import { MAX_DEPTH } from '../../../worker/http/json.ts';
import { openApiDocument } from '../../../worker/http/openapi.ts';
import { workOffInbox } from '../../../worker/jobs/inbox.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const KEYS = ['__proto__', 'constructor', 'prototype'];
const ownOf = (): string[] => Object.getOwnPropertyNames(Object.prototype).sort();
const before = ownOf();
let shop: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  api = apiOf(shop);
  await publishDemo(bindings, shop);
});

afterAll(() => {
  expect(ownOf()).toEqual(before);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(([] as unknown as Record<string, unknown>).polluted).toBeUndefined();
});

type Described = { paths: Record<string, Record<string, { requestBody?: object }>> };
const described = Object.entries((openApiDocument(createApp()) as Described).paths);
const endpoints = described.flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, { requestBody }]) => requestBody !== undefined)
    .map(([method]) => [method.toUpperCase(), path.replaceAll(/\{n\}/g, '1').replaceAll(/\{\w+\}/g, 'x1')] as const),
);

/** A body with a text at a depth, through objects and lists in turn. */
const nested = (depth: number, inner: string): string =>
  Array.from({ length: depth }, (_, i) => i).reduce((text, i) => (i % 2 ? `[${text}]` : `{"a":${text}}`), inner);

const polluting = (key: string): string[] => [
  `{"${key}":{"polluted":true}}`,
  `{"${key}":null}`,
  `{"a":1,"${key}":"x","b":2}`,
  `{"${[...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}":{}}`,
];

async function problemOf(method: string, path: string, body: string): Promise<string> {
  const headers = { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' };
  const response = await exports.default.fetch(new Request(`https://api.example${path}`, { method, headers, body }));
  const { type } = JSON.parse(await response.text()) as { type: string };
  return `${response.status} ${type}`;
}

describe('prototype pollution', () => {
  it.each(endpoints)('%s %s refuses the three keys at every depth', async (method, path) => {
    for (const key of KEYS) {
      for (const body of polluting(key))
        expect(await problemOf(method, path, body), body).toBe('400 /problems/unsafe_key');
      for (let depth = 1; depth < MAX_DEPTH; depth += 1) {
        const body = nested(depth, `{"${key}":{"polluted":true}}`);
        expect(await problemOf(method, path, body), `${key} at ${depth}`).toBe('400 /problems/unsafe_key');
      }
    }
  });

  it('is tried on every endpoint with a body', () => {
    expect(endpoints.length).toBeGreaterThan(25);
  });

  it('of documents that wrangler wrote into the inbox is refused like any', async () => {
    for (const key of KEYS) {
      const document = `{"documents":[{"kind":"goal","id":"g","name":"G","${key}":{"polluted":true}}]}`;
      await bindings.DB.prepare('INSERT INTO config_inbox (workspace_id, document, received_at) VALUES (?, ?, ?)')
        .bind(shop.workspaceId, document, Date.now())
        .run();
    }
    await workOffInbox(bindings, Date.now());
    const { results } = await bindings.DB.prepare('SELECT outcome, detail FROM config_inbox WHERE workspace_id = ?')
      .bind(shop.workspaceId)
      .all<{ outcome: string; detail: string }>();
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
    for (const { detail } of results) expect(detail).toContain('unsafe_key');
  });

  it('is no way to find what objects inherit: in paths, queries, ids and names they are words like any, or refused', async () => {
    for (const key of [...KEYS, 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']) {
      for (const path of [
        `/v1/campaigns/${key}`,
        `/v1/segments/${key}`,
        `/v1/campaigns/${key}/performance`,
        `/v1/models/${key}`,
        `/v1/${key}`,
        `/v1/ledgers?${key}=1`,
        `/v1/campaigns?${key}[polluted]=1`,
      ]) {
        const { status } = await api.secret('GET', path);
        expect([400, 404, 422], `${path}: ${status}`).toContain(status);
      }
      const asked = await api.optimize({ placements: [key.toLowerCase()], customer: { id: key } });
      expect([200, 422]).toContain(asked.status);
      const told = await api.events({ customer: { id: key }, events: [{ kind: 'goal', goal: key.toLowerCase() }] });
      expect([422]).toContain(told.status);
      const attributes = { placements: ['hero'], context: { attributes: { toString: 'x', valueOf: 1 } } };
      expect((await api.optimize(attributes)).body.ignoredAttributes).toEqual(['toString', 'valueOf']);
    }
  });

  it('leaves deciding as it was', async () => {
    const { body } = await api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign', campaign: 'demo' });
  });
});
