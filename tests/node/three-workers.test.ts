/** The three workers as they are deployed, in workerd, over HTTP: one address for all of it, and the loop through all of them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxStatement } from '../../cli/inbox-sql.ts';
import { keyRow } from '../../cli/keys.ts';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { HealthResponse } from '../../contract/health.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import { bootstrapSql } from '../../db/bootstrap.ts';
import { applyMigrations } from '../../scripts/start/migrations.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { type Runtime, startRuntime } from '../../scripts/start/runtime.ts';
import { ensureSecrets } from '../../scripts/start/secrets.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'three-workers-'));
const SECRET_KEY = `sk_${'s'.repeat(32)}`;
/** From feedback acknowledged to allocation published, with room for a busy machine. */
const MAX_WAIT_MS = 20_000;
let runtime: Runtime;
let url = '';

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function done<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask(method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const documents = [
  { kind: 'goal', id: 'bought', name: 'Bought' },
  { kind: 'placement', id: 'hero', name: 'Hero' },
  {
    ...{ kind: 'campaign', id: 'spring', name: 'Spring', placements: ['hero'], objective: { goal: 'bought' } },
    arms: ['a', 'b'].map((id) => ({ id, content: { text: id } })),
    caps: [{ max: 5, per: '7d' }],
  },
  { kind: 'placement', id: 'side', name: 'Side' },
  // Nothing goes by what is decided for it.
  {
    ...{ kind: 'campaign', id: 'plain', name: 'Plain', placements: ['side'], objective: { goal: 'bought' } },
    arms: [{ id: 'a', content: { text: 'a' } }],
  },
];

beforeAll(async () => {
  ensureSecrets(join(root, '.dev.vars'));
  const assets = join(state, 'assets');
  mkdirSync(assets);
  const port = await choosePort(undefined, 19_787);
  url = `http://localhost:${port}`;
  const vars = { DECIDE_DEADLINE_MS: '20000' };
  runtime = await startRuntime({ root, stateDir: state, assets, logFile: join(state, 'log'), port, vars });
  await applyMigrations(runtime.database, join(root, 'migrations'));
  const statements = bootstrapSql({
    ...{ workspaceId: 'acme', name: 'Acme', salt: 'salt', nowMs: Date.now() },
    site: { id: 'server', name: 'Server', kind: 'server' },
    keys: [keyRow('secret', SECRET_KEY)],
  });
  await runtime.database.batch(statements.map((sql) => runtime.database.prepare(sql)));
}, 120_000);

afterAll(async () => {
  await runtime?.stop();
  rmSync(state, { recursive: true, force: true });
});

describe('the three workers', () => {
  test('what is pushed behind is decided in front, what is told in front is learned, and administrators read it', async () => {
    await done('POST', '/v1/push', { documents });
    const customer = { id: 'c-1' };
    const { decisions } = await done<OptimizeResponse>('POST', '/v1/optimize', { placements: ['hero'], customer });
    const { token, decisionId, campaign } = decisions[0]!;
    expect(campaign).toBe('spring');
    const events = [
      { token, kind: 'exposure' },
      { token, kind: 'goal', goal: 'bought' },
    ];
    expect(await done('POST', '/v1/feedback', { events })).toMatchObject({
      results: [{ status: 'accepted' }, { status: 'accepted' }],
    });
    expect(await done('GET', `/v1/decisions/${decisionId}`)).toMatchObject({ outcomes: [{ goal: 'bought' }] });
    expect(await done('GET', '/v1/customers/c-1')).toMatchObject({ decisions: [{ decisionId }] });
    const deadlineMs = Date.now() + MAX_WAIT_MS;
    for (;;) {
      const { totals } = await done<PerformanceResponse>('GET', '/v1/campaigns/spring/performance');
      if (totals.trials === 1) break;
      if (Date.now() > deadlineMs) throw new Error('the trial did not arrive in time');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await done('POST', '/v1/kill-switch', { on: true, reason: 'fire' });
    for (;;) {
      const answer = await done<OptimizeResponse>('POST', '/v1/optimize', { placements: ['hero'], customer });
      if (answer.decisions[0]!.outcome === 'default') break;
      if (Date.now() > deadlineMs) throw new Error('the switch did not reach the worker in front in time');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 60_000);

  test('a refusal that is told behind holds in front with the next request', async () => {
    await done('POST', '/v1/kill-switch', { on: false, reason: 'over' });
    const outcome = async () => {
      const body = { placements: ['side'], customer: { id: 'c-2' } };
      return (await done<OptimizeResponse>('POST', '/v1/optimize', body)).decisions[0]!.outcome;
    };
    const deadlineMs = Date.now() + MAX_WAIT_MS;
    while ((await outcome()) === 'default' && Date.now() < deadlineMs)
      await new Promise((then) => setTimeout(then, 100));
    expect(await outcome()).toBe('campaign');
    expect((await ask('PUT', '/v1/customers/c-2', { consent: { channels: { web: false } } })).status).toBe(204);
    expect(await outcome()).toBe('default');
  });

  test('what is wrong with a request is told in the words of the contract, which the worker behind has', async () => {
    const answer = await ask('POST', '/v1/optimize', { placements: ['side'], customer: { name: 'c-3' } });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toMatchObject({
      instance: '/v1/optimize',
      errors: [{ field: '/customer/name', detail: 'is not a known field' }],
    });
    // Nothing else of the service is anybody's, under whatever name.
    for (const path of ['/judge', '/v1/judge', '/ContractService'])
      expect((await ask('POST', path, ['optimizeRequest', {}, 'body'])).status).toBe(404);
  });

  test('a document that is written into the inbox is published by the job behind', async () => {
    const next = { ...documents[2], name: 'Summer' };
    const sql = inboxStatement('acme', JSON.stringify({ documents: [next] }));
    await runtime.database.batch([runtime.database.prepare(sql)]);
    await runtime.runJobs();
    expect(await done('GET', '/v1/campaigns/spring')).toMatchObject({ name: 'Summer' });
  }, 60_000);

  test.each([
    ['a wrong method of a path in front', 'PUT', '/v1/optimize', 405],
    ['a wrong method of a path behind', 'PUT', '/v1/push', 405],
    ['a path that nobody has', 'GET', '/v1/nothing', 404],
    ['a path that is one of those in front with a slash more', 'POST', '/v1/optimize/', 404],
    ['the document', 'GET', '/openapi.json', 200],
  ])('%s: %s %s is %i', async (_what, method, path, status) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(status);
    // Once, by whichever worker answered.
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('vary')?.split(',')).toHaveLength(1);
    if (status === 405) expect(answer.headers.get('allow')).toContain('POST');
  });

  test('pages may ask both for leave, and health is told by the worker that decides', async () => {
    for (const path of ['/v1/optimize', '/v1/campaigns']) {
      const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
      const answer = await fetch(`${url}${path}`, { method: 'OPTIONS', headers });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
    }
    const health = await done<HealthResponse>('GET', '/healthz');
    expect(health.status).toBe('ok');
    expect(health.catalogAgeMs).toBeGreaterThanOrEqual(0);
  });
});
