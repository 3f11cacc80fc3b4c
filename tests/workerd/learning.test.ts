/** A campaign whose learning is held by hand and released again, as its owner sees it. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LearningResponse } from '../../contract/learning.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const PATH = '/v1/campaigns/watched/learning';

let api: ReturnType<typeof apiOf>;
const read = () => api.secret<LearningResponse>('GET', PATH);

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'watched',
      name: 'Watched',
      objective: { goal: 'click' },
      learning: { watch: {} },
      placements: ['hero'],
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
  ]);
  await eventually(read, ({ body }) => body.watch !== null);
});

describe('learning', () => {
  it('is watched as the campaign says, and goes on', async () => {
    const { body } = await read();
    expect(body).toEqual({
      campaign: 'watched',
      hold: null,
      watch: { hold: true, sensitivity: 'normal', knownHours: 0, judges: false },
      leftOut: [],
    });
  });

  it('is held and released by hand, with its reason in the audit; held again it changes nothing, released again it is told', async () => {
    const held = await api.secret<LearningResponse>('POST', `${PATH}/hold`, { reason: 'a bot' });
    expect(held.body.hold).toMatchObject({ cause: 'person', anomalies: [] });
    const again = await api.secret<LearningResponse>('POST', `${PATH}/hold`, {});
    expect(again.body.hold).toEqual(held.body.hold);
    const released = await api.secret<LearningResponse>('POST', `${PATH}/release`, { keep: 'before' });
    expect(released.body.hold).toBeNull();
    expect(released.body.leftOut).toHaveLength(1);
    const nothing = await api.secret<{ type: string }>('POST', `${PATH}/release`, { keep: 'all' });
    expect([nothing.status, nothing.body.type]).toEqual([409, '/problems/not_held']);
    const { body } = await api.secret<{ items: { action: string; changes: unknown }[] }>('GET', '/v1/audit?limit=10');
    const told = body.items.filter(({ action }) => action.endsWith('_learning')).map(({ action }) => action);
    expect(told).toEqual(['release_learning', 'hold_learning', 'hold_learning']);
    expect(JSON.stringify(body.items)).toContain('a bot');
  });

  it('counts trials by the site that they were shown on while it is held, and after', async () => {
    await api.secret('POST', `${PATH}/hold`, {});
    const { body: decided } = await api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    const { token } = decided.decisions[0]!;
    await api.secret('POST', '/v1/feedback', { events: [{ kind: 'exposure', token }] });
    const seen = await eventually(
      () => api.secret<{ totals: { trials: number }; hold?: object }>('GET', '/v1/campaigns/watched/performance'),
      ({ body }) => body.totals.trials === 1,
    );
    const { hold } = (await read()).body;
    expect(seen.body).toMatchObject({ totals: { trials: 1 }, hold: { since: hold!.since, cause: 'person' } });
  });

  it('takes a value below zero from servers, and from no page', async () => {
    const { body: decided } = await api.optimizeFromPage({ placements: ['hero'] });
    const goal = { kind: 'goal', goal: 'click', token: decided.decisions[0]!.token, value: -1_000_000_000 };
    const fromPage = await api.feedbackFromPage(goal);
    expect(fromPage.status).toBe(422);
    expect(JSON.stringify(fromPage.body)).toMatch(/"field":"\/value","detail":"negative_value_needs_secret_key/);
    expect((await api.feedback({ events: [goal] })).body).toMatchObject({ accepted: 1 });
  });

  it('names the field that is wrong, and knows no other campaign', async () => {
    const since = '2026-11-22T10:00:00Z';
    const wrong = await api.secret<{ errors: { field: string }[] }>('POST', `${PATH}/release`, { keep: 'all', since });
    expect([wrong.status, wrong.body.errors[0]?.field]).toEqual([422, '/since']);
    const future = { keep: 'before', since: '2999-01-01T00:00:00Z' };
    const ahead = await api.secret<{ errors: { field: string; detail: string }[] }>('POST', `${PATH}/release`, future);
    expect([ahead.status, ahead.body.errors]).toEqual([422, [{ field: '/since', detail: 'lies in the future' }]]);
    expect((await read()).body.hold).not.toBeNull();
    expect((await api.secret('GET', '/v1/campaigns/nobody/learning')).status).toBe(404);
  });
});
