/** Pause, resume, kill switch and publish reach the decisions of a serving worker within five seconds, in real time. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { apiOf } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const PROMISE_MS = 5_000;
/** Four changes of at most five seconds each. */
const TEST_MS = 30_000;

describe('a serving worker', () => {
  it('obeys within five seconds', { timeout: TEST_MS }, async () => {
    const workspace = await createWorkspace(bindings);
    const api = apiOf(workspace);
    await publishDemo(bindings, workspace);
    const text = async () => {
      const { body } = await api.optimizeFromPage({ placements: ['hero'] });
      return (body.decisions[0]?.content as { text?: string } | undefined)?.text;
    };
    const until = async (wanted: (text: string | undefined) => boolean): Promise<number> => {
      const startedMs = Date.now();
      while (!wanted(await text())) {
        if (Date.now() - startedMs > PROMISE_MS) return Number.POSITIVE_INFINITY;
        await scheduler.wait(50);
      }
      return Date.now() - startedMs;
    };
    const isDefault = (shown: string | undefined) => shown === 'default';
    const isArm = (shown: string | undefined) => shown === 'A' || shown === 'B';
    expect(await until(isArm)).toBeLessThan(PROMISE_MS);

    expect((await api.secret('POST', '/v1/campaigns/demo/pause')).status).toBe(200);
    expect(await until(isDefault)).toBeLessThan(PROMISE_MS);
    expect((await api.secret('POST', '/v1/campaigns/demo/resume')).status).toBe(200);
    expect(await until(isArm)).toBeLessThan(PROMISE_MS);
    expect((await api.secret('POST', '/v1/kill-switch', { on: true, reason: 'test' })).status).toBe(200);
    expect(await until(isDefault)).toBeLessThan(PROMISE_MS);
    expect((await api.secret('POST', '/v1/kill-switch', { on: false })).status).toBe(200);
    await publishDemo(
      bindings,
      workspace,
      demoDocuments().map((document) =>
        document.kind === 'campaign' ? { ...document, arms: [{ id: 'new', content: { text: 'NEW' } }] } : document,
      ),
    );
    expect(await until((shown) => shown === 'NEW')).toBeLessThan(PROMISE_MS);
  });

  it('obeys at once after a silence of five seconds', { timeout: TEST_MS }, async () => {
    const workspace = await createWorkspace(bindings);
    const api = apiOf(workspace);
    await publishDemo(bindings, workspace);
    await api.optimizeFromPage({ placements: ['hero'] });
    await api.secret('POST', '/v1/campaigns/demo/pause');
    await scheduler.wait(PROMISE_MS);
    const { body } = await api.optimizeFromPage({ placements: ['hero'] });
    expect(body.decisions[0]).toMatchObject({ outcome: 'default' });
  });
});
