/** Rules between campaigns, quiet hours and presets over the whole way: published, decided, explained, replayable. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExplainResponse } from '../../contract/explain.ts';
import { apiOf } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const campaign = (id: string, placement: string, extra: Record<string, unknown> = {}) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: [placement],
  arms: [{ id: 'a', content: { text: id } }],
  ...extra,
});

const documents = [
  { kind: 'settings', globalCap: null, arbitration: { preset: 'seed' } },
  { kind: 'channel', id: 'text', name: 'Text', quietHours: { from: '21:00', to: '08:00' } },
  { kind: 'placement', id: 'hero', name: 'Hero' },
  { kind: 'placement', id: 'side', name: 'Side' },
  { kind: 'placement', id: 'message', name: 'Message', channel: 'text' },
  { kind: 'goal', id: 'signup', name: 'Sign-up' },
  campaign('welcome', 'hero', { exclusionGroups: ['offers'], arbitration: { affinity: { web: 0.5 }, budget: 3_000 } }),
  campaign('rebate', 'side', { exclusionGroups: ['offers'] }),
  campaign('tour', 'side', { onlyAfter: [{ goal: 'signup', within: '1d' }] }),
  campaign('reminder', 'message', { notWithin: [{ campaign: 'welcome', days: 3 }] }),
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
});

const customer = { id: 'ann' };
const decide = async (placements: readonly string[], extra: Record<string, unknown> = {}) =>
  (await api.optimize({ placements, customer, ...extra })).body.decisions;
const explain = async (placements: readonly string[]) =>
  (await api.secret<ExplainResponse>('POST', '/v1/explain', { placements, customer })).body.placements;

/** The latest moment in the past day at which it was so many hours after midnight in UTC. */
function atHour(hour: number): string {
  const nowMs = Date.now() - 1_000;
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS + hour * HOUR_MS;
  return new Date(todayMs > nowMs ? todayMs - DAY_MS : todayMs).toISOString();
}

/** A zone in which it is between noon and one now; those of `Etc` are named by what must be added to reach UTC. */
function zoneAtNoon(): string {
  const aheadHours = 12 - new Date().getUTCHours();
  return `Etc/GMT${aheadHours > 0 ? '-' : '+'}${Math.abs(aheadHours)}`;
}

describe('quiet hours', () => {
  it('keep a channel silent until the time zone is known, and then at night on that clock', async () => {
    const reached = async (hour: number) => (await decide(['message'], { at: atHour(hour) }))[0];
    expect(await reached(12)).toMatchObject({ outcome: 'default', reasons: { quiet_hours: 1 } });
    await api.secret('PUT', '/v1/customers/ann', { timeZone: 'Etc/GMT-6' });
    // 14:00 and 15:00 UTC are 20:00 and 21:00 six hours further east.
    expect(await reached(15)).toMatchObject({ outcome: 'default', reasons: { quiet_hours: 1 } });
    expect(await reached(14)).toMatchObject({ outcome: 'campaign', campaign: 'reminder' });
  });
});

describe('campaigns that know of each other', () => {
  it('exclude, wait for a goal and keep their distance, by what was really seen and reached', async () => {
    const [hero, side] = await decide(['hero', 'side']);
    expect(hero).toMatchObject({ campaign: 'welcome' });
    expect(side).toMatchObject({ outcome: 'default', reasons: { excluded: 1, not_yet: 1 } });
    await api.events({ customer, events: [{ kind: 'goal', goal: 'signup' }] });
    expect((await decide(['hero', 'side']))[1]).toMatchObject({ campaign: 'tour', reasons: { excluded: 1 } });

    await api.secret('PUT', '/v1/customers/ann', { timeZone: zoneAtNoon() });
    expect((await decide(['message']))[0]).toMatchObject({ campaign: 'reminder' });
    await api.feedback({ events: [{ token: hero!.token, kind: 'exposure' }] });
    expect((await decide(['message']))[0]).toMatchObject({ outcome: 'default', reasons: { too_soon_after: 1 } });
  });
});

describe('the preset of the workspace', () => {
  it('ranks with its own terms, which explain names', async () => {
    const [hero] = await explain(['hero']);
    expect(hero!.candidates[0]).toMatchObject({
      value: 13,
      valueParts: { priority: 0, affinity: 10, urgency: 0, budget: 3, fatigue: 0 },
    });
  });
});
