/** Raw customer ids never leave the worker: not into names, not into any object's storage, not into the database, not into logs. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { publisherStub, rootStub, type StubSource, shardStub } from '../../durable-objects/shared/stub.ts';
import { knownName } from '../../worker/edge/visitor.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const source = env as unknown as StubSource;
/** Looks like what people use as ids, and like nothing else. */
const RAW_ID = 'ann.raw-id-4711@example.com';
const ENCODED = [RAW_ID, encodeURIComponent(RAW_ID), btoa(RAW_ID).replaceAll('=', '')];

async function storageOf(stub: DurableObjectStub): Promise<string> {
  return runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*_*'")
      .toArray();
    const rows = tables.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name}`).toArray()]);
    return JSON.stringify(rows);
  });
}

async function databaseText(): Promise<string> {
  const { results } = await bindings.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>();
  const rows = await Promise.all(results.map(({ name }) => bindings.DB.prepare(`SELECT * FROM "${name}"`).all()));
  return JSON.stringify(rows.map(({ results }) => results));
}

describe('a customer id', () => {
  it('is found nowhere after a whole life: profile, decisions, feedback, events, explain, export, erasure', async () => {
    const logged: string[] = [];
    for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, level).mockImplementation((...parts) => void logged.push(parts.map(String).join(' ')));
    const workspace = await createWorkspace(bindings);
    const api = apiOf(workspace);
    await publishDemo(bindings, workspace, [...demoDocuments(), { kind: 'attribute', id: 'plan', type: 'string' }]);
    const customer = { id: RAW_ID };
    await api.secret('PUT', `/v1/customers/${encodeURIComponent(RAW_ID)}`, { traits: { plan: 'gold' } });
    const anonymous = (await api.optimizeFromPage({ placements: ['hero'] })).body.customer;
    const { body } = await api.optimize({ placements: ['hero'], customer: { ...customer, ...anonymous } });
    const { token, decisionId } = body.decisions[0]!;
    await api.feedback({ token, kind: 'exposure' });
    await api.events({
      customer,
      events: [
        { kind: 'goal', goal: 'click', eventId: 'e1' },
        { kind: 'behaviour', name: 'looked' },
      ],
    });
    await api.secret('POST', '/v1/explain', { placements: ['hero'], customer });
    expect((await api.secret('GET', `/v1/decisions/${decisionId}`)).status).toBe(200);
    expect((await api.secret('GET', `/v1/customers/${encodeURIComponent(RAW_ID)}`)).status).toBe(200);
    await eventually(
      () => api.performance('demo'),
      ({ body }) => body.totals?.conversions === 1,
    );
    const { workspaceId } = workspace;
    const name = await knownName(bindings, workspaceId, RAW_ID);
    const storages = await Promise.all([
      storageOf(bindings.CUSTOMER.getByName(name)),
      storageOf(await shardStub(source, workspaceId, 'demo', 0)),
      storageOf(await rootStub(source, workspaceId, 'demo')),
      storageOf(await publisherStub(source, workspaceId)),
    ]);
    // Guards of this very test: the right objects were looked into, and each holds something.
    expect(storages[0]).toContain(name);
    for (const text of storages) expect(text).toContain('demo');
    expect((await api.secret('DELETE', `/v1/customers/${encodeURIComponent(RAW_ID)}`)).status).toBe(204);
    const database = await databaseText();
    expect(database).toContain('erase_customer');
    expect(logged.some((line) => line.includes('/v1/customers/{id}'))).toBe(true);
    for (const text of [...storages, database, ...logged, name, token ?? '', decisionId ?? ''])
      for (const secret of ENCODED) expect(text).not.toContain(secret);
    // Nor may the log name the customer's object: two lines of one customer could be told to be one's.
    for (const line of logged) expect(line).not.toContain(name);
    vi.restoreAllMocks();
  });
});
