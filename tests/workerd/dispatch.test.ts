/** Messages over the API: sent is a touch, seen is the trial. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiOf, eventually } from './api.ts';
import { standingOf } from './money.ts';
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

  it('is told by servers: a page that says so posts nothing', async () => {
    const { body } = await api.optimizeFromPage({ placements: ['letter'] });
    const { token } = body.decisions[0]!;
    const refused = await api.feedbackFromPage({ token, kind: 'dispatch' });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      422,
      expect.stringContaining('dispatch_needs_secret_key'),
    ]);
    expect((await api.feedbackFromPage({ token, kind: 'exposure' })).body).toMatchObject({ accepted: 1 });
  });
});

describe('a channel that calls, twice a day', () => {
  const calls = { kind: 'channel', id: 'calls', name: 'Calls', claimTtl: '24h', requiresConsent: false };
  const call = {
    kind: 'campaign',
    name: 'Call',
    objective: { goal: 'click' },
    arms: [{ id: 'a', content: { text: 'A' } }],
  };

  it('calls whom servers ask for, and is not used up by pages; what pages show is paid meanwhile', async () => {
    await publishDemo(bindings, workspace, [
      { ...calls, capacity: { perDay: 2 } },
      { kind: 'stock', id: 'bags', name: 'Bags', total: 9 },
      { kind: 'placement', id: 'phone', name: 'Phone', channel: 'calls', defaultContent: { text: 'nothing' } },
      { kind: 'placement', id: 'offer', name: 'Offer', defaultContent: { text: 'nothing' } },
      { ...call, id: 'advice', placements: ['phone'] },
      { ...call, id: 'gift', placements: ['offer'], stock: 'bags' },
    ]);
    const fromPage = async () => (await api.optimizeFromPage({ placements: ['phone', 'offer'] })).body.decisions;
    for (let i = 0; i < 3; i += 1)
      expect(await fromPage()).toMatchObject([{ outcome: 'default' }, { outcome: 'campaign', campaign: 'gift' }]);
    const ask = { placements: ['phone'], customer: { id: 'ann' } };
    expect((await api.optimize(ask)).body.decisions).toMatchObject([{ outcome: 'campaign', campaign: 'advice' }]);
    const standing = await standingOf(bindings, workspace, 'channel:calls');
    expect(standing).toMatchObject({ posted: 0, total: 2 });
  });
});
