/** Keys that are replaced while decisions and feedback run: nobody is refused meanwhile, and what was revoked is dead within ten seconds, a minute where the database is silent. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OptimizeResponse } from '../../../contract/decisions.ts';
import type { EventsResponse } from '../../../contract/events.ts';
import { createApp } from '../../../worker/app.ts';
import { FRESH_MS } from '../../../worker/edge/recent-answers.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const app = createApp();
const K1 = `k1:${'22'.repeat(32)}`;
const K2 = `k2:${'44'.repeat(32)}`;
/** What docs/operating/secrets.md tells to deploy, one after the other. */
const STEPS = [K1, `${K1},${K2}`, `${K2},${K1}`];
/** Requests of each kind that are under way while a step is deployed. */
const LOAD = 20;
const MINUTE_MS = 60_000;

/** A request to an isolate that has these keys. */
async function ask<T>(
  keys: string,
  workspace: TestWorkspace,
  path: string,
  body: unknown,
  key = workspace.publishableKey,
) {
  const ctx = createExecutionContext();
  const request = new Request(`https://api.example${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', origin: workspace.origin },
    body: JSON.stringify(body),
  });
  const response = await app.fetch(request, { ...bindings, TOKEN_KEYS: keys } as Env, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  return { status: response.status, body: JSON.parse(text) as T };
}

const decide = (keys: string, workspace: TestWorkspace, anonymousId?: string) =>
  ask<OptimizeResponse>(keys, workspace, '/v1/optimize', {
    placements: ['hero'],
    ...(anonymousId !== undefined && { customer: { anonymousId } }),
  });

const see = (keys: string, workspace: TestWorkspace, token: string) =>
  ask<EventsResponse>(keys, workspace, '/v1/feedback', { token, kind: 'exposure' });

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));

afterEach(() => vi.restoreAllMocks());

describe('rotation under load', () => {
  it('refuses no token and no visitor while the keys that sign are replaced, isolates of two deployments side by side', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    for (let step = 0; step + 1 < STEPS.length; step += 1) {
      const deployed = [STEPS[step]!, STEPS[step + 1]!];
      const decided = await times(LOAD, (i) => decide(deployed[i % 2]!, workspace));
      expect(decided.every(({ status }) => status === 200)).toBe(true);
      // What one deployment signed comes back to the other.
      const told = await times(LOAD, async (i) => {
        const { decisions, customer } = decided[i]!.body;
        const other = deployed[(i + 1) % 2]!;
        const [seen, again] = await Promise.all([
          see(other, workspace, decisions[0]!.token as string),
          decide(other, workspace, customer?.anonymousId),
        ]);
        return { seen: seen.body.results?.[0]?.status ?? seen.status, again, was: customer?.anonymousId };
      });
      expect(told.map(({ seen }) => seen)).toEqual(Array(LOAD).fill(told[0]!.seen));
      expect([200, 'accepted']).toContain(told[0]!.seen);
      for (const { again, was } of told) {
        expect(again.status).toBe(200);
        // The visitor is the one they were, whichever key their id is signed with.
        expect(again.body.customer?.anonymousId?.split('.')[2]).toBe(was?.split('.')[2]);
      }
    }
  });

  it('signs with the new key from the second step on, and refuses what the old one signed from the third', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const old = (await decide(K1, workspace)).body.decisions[0]!.token as string;
    const next = (await decide(STEPS[2]!, workspace)).body.decisions[0]!.token as string;
    expect([old.split('.')[1], next.split('.')[1]]).toEqual(['k1', 'k2']);
    expect((await see(K2, workspace, old)).status).not.toBe(200);
    expect((await see(K2, workspace, next)).status).toBe(200);
    // A key id is a name: other bytes under it verify nothing.
    expect((await see(`k1:${'55'.repeat(32)}`, workspace, old)).status).not.toBe(200);
  });

  it('lets two keys of a site work side by side, and the revoked one is dead within ten seconds in an isolate that knew it', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const api = apiOf(workspace);
    const made = await api.secret<{ readonly id: string; readonly key: string }>('POST', '/v1/sites/shop/keys', {
      type: 'publishable',
      name: 'next',
    });
    const listed = await api.secret<{ readonly items: readonly { readonly id: string; readonly hint: string }[] }>(
      'GET',
      '/v1/sites/shop/keys',
    );
    const old = listed.body.items.find(({ hint }) => workspace.publishableKey.startsWith(hint))!;
    const withKey = (key: string) => ask(K1, workspace, '/v1/optimize', { placements: ['hero'] }, key);
    const both = [workspace.publishableKey, made.body.key];
    // The isolate knows both of them from here on.
    expect((await times(LOAD, (i) => withKey(both[i % 2]!))).map(({ status }) => status)).toEqual(
      Array(LOAD).fill(200),
    );
    const revokedAtMs = Date.now();
    expect((await api.secret('DELETE', `/v1/keys/${old.id}`)).status).toBe(204);
    const clock = vi.spyOn(Date, 'now');
    const answers: number[] = [];
    for (let second = 1; second <= MINUTE_MS / 1_000; second += 1) {
      clock.mockReturnValue(revokedAtMs + second * 1_000);
      expect((await withKey(made.body.key)).status).toBe(200);
      // Asked for all the time: being warm keeps no key alive.
      answers.push((await withKey(workspace.publishableKey)).status);
    }
    // Known at first, so that it is the memory which lets go of it.
    expect(answers[0]).toBe(200);
    expect(new Set(answers.slice(FRESH_MS / 1_000 - 1))).toEqual(new Set([401]));
    expect((await times(LOAD, () => withKey(workspace.publishableKey))).map(({ status }) => status)).toEqual(
      Array(LOAD).fill(401),
    );
  });

  it('keeps a revoked key alive for less than a minute though the database is silent', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const { publishableKey } = workspace;
    expect((await ask(K1, workspace, '/v1/optimize', { placements: ['hero'] }, publishableKey)).status).toBe(200);
    const knownAtMs = Date.now();
    const silent = {
      prepare: () => {
        throw new Error('silent');
      },
    } as unknown as D1Database;
    vi.spyOn(Date, 'now').mockReturnValue(knownAtMs + MINUTE_MS);
    const ctx = createExecutionContext();
    const request = new Request('https://api.example/v1/feedback', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${publishableKey}`,
        'content-type': 'application/json',
        origin: workspace.origin,
      },
      body: JSON.stringify({ token: 'any', kind: 'exposure' }),
    });
    const response = await app.fetch(request, { ...bindings, DB: silent } as Env, ctx);
    expect(response.status).toBe(503);
    await waitOnExecutionContext(ctx);
  });
});
