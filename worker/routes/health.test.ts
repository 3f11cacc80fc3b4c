import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { healthResponse } from '../../contract/health.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { createApp } from '../app.ts';
import { countRefusals } from '../edge/refusals.ts';

const app = createApp();

async function health(environment: Env) {
  const ctx = createExecutionContext();
  const response = await app.fetch(new Request('https://api.example/healthz'), environment, ctx);
  await waitOnExecutionContext(ctx);
  expect(response.status).toBe(200);
  return healthResponse.parse(await response.json());
}

describe('GET /healthz', () => {
  it('is ok without a workspace, and counts refusals of this isolate', async () => {
    countRefusals({ paused: 2, outranked: 1 });
    countRefusals({ paused: 1 });
    expect(await health(env)).toMatchObject({ status: 'ok', build: env.BUILD, refusals: { paused: 3, outranked: 1 } });
  });

  it('asks the publisher of each workspace', async () => {
    await env.DB.prepare("INSERT INTO workspaces (id, name, salt, created_at) VALUES ('w-health', 'w', 's', 0)").run();
    expect(await health(env)).toMatchObject({ status: 'ok', catalogAgeMs: null, oldestUndeliveredMs: null });
  });

  it('tells nobody without a key about alerts', async () => {
    await env.DB.prepare("INSERT INTO workspaces (id, name, salt, created_at) VALUES ('w-alerts', 'w', 's', 0)").run();
    const publisher = await publisherStub(env, 'w-alerts');
    const alert = { id: 'a', kind: 'feedback_anomaly', subject: 'spring', raisedAtMs: 1, detail: {} } as const;
    await publisher.raiseAlert('w-alerts', alert);
    const answer = await health(env);
    expect(answer.status).toBe('ok');
    expect(JSON.stringify(answer)).not.toMatch(/alert/i);
  });

  it('answers 200 and says degraded when the database is down', async () => {
    const down = {
      prepare: () => {
        throw new Error('D1_ERROR: network connection lost');
      },
    };
    expect((await health({ ...env, DB: down as unknown as D1Database })).status).toBe('degraded');
  });

  it('says so in some seconds of a part that does not answer, and tells what the others say', async () => {
    const never = () => new Promise<never>(() => undefined);
    const silent = { prepare: () => ({ bind: () => ({ all: never }), all: never }) };
    const ask = async (parts: object) => {
      const request = new Request('https://api.example/healthz');
      const answer = await app.fetch(request, { ...env, ...parts } as Env, createExecutionContext());
      return { status: answer.status, told: healthResponse.parse(await answer.json()) };
    };
    expect(await ask({ DB: silent })).toMatchObject({ status: 200, told: { status: 'degraded', build: env.BUILD } });
    await env.DB.prepare("INSERT INTO workspaces (id, name, salt, created_at) VALUES ('w-silent', 'w', 's', 0)").run();
    const stub = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : never) });
    expect(await ask({ PUBLISHER: { getByName: () => stub } })).toMatchObject({
      status: 200,
      told: { status: 'degraded' },
    });
  }, 10_000);
});
