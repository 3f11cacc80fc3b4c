/** Messages over the API: sent is a touch, seen is the trial. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    {
      kind: 'channel',
      id: 'email',
      name: 'Mail',
      cap: { max: 1, per: '7d' },
      claimTtl: '1h',
      requiresConsent: false,
    },
    { kind: 'placement', id: 'letter', name: 'Letter', channel: 'email', defaultContent: { text: 'nothing' } },
    {
      kind: 'campaign',
      id: 'news',
      name: 'News',
      objective: { goal: 'click' },
      placements: ['letter'],
      arms: [{ id: 'a', content: { text: 'A' } }],
    },
  ]);
});

describe('a message', () => {
  it('that went out counts against the cap and is no trial; the exposure makes the trial, and repeats change nothing', async () => {
    const ask = async () =>
      (await api.optimize({ placements: ['letter'], customer: { id: 'ann' } })).body.decisions[0]!;
    const { token } = await ask();
    expect((await api.feedback({ token, kind: 'dispatch' })).body).toMatchObject({ accepted: 1 });
    expect((await api.feedback({ events: [{ token, kind: 'dispatch' }] })).body).toMatchObject({ duplicates: 1 });
    expect(await ask()).toMatchObject({ outcome: 'default', reasons: { capped_channel: 1 } });
    expect((await api.feedback({ token, kind: 'exposure' })).body).toMatchObject({ accepted: 1 });
    expect((await api.feedback({ token, kind: 'dispatch' })).body).toMatchObject({ duplicates: 1 });
    const { body } = await eventually(
      () => api.performance('news'),
      ({ body }) => body.totals?.trials === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1 });
  });

  it('is told with a time of the last day by servers, and with nothing else', async () => {
    const { body } = await api.optimize({ placements: ['letter'], customer: { id: 'ann' } });
    const token = body.decisions[0]!.token;
    const late = await api.feedback({ token, kind: 'dispatch', at: '2020-01-01T00:00:00Z' });
    expect([late.status, JSON.stringify(late.body)]).toEqual([422, expect.stringContaining('time_out_of_range')]);
    const now = await api.feedback({ token, kind: 'dispatch', at: new Date().toISOString() });
    expect(now.body).toMatchObject({ accepted: 1 });
    expect((await api.feedback({ token, kind: 'dispatch', goal: 'click' })).status).toBe(422);
  });
});
