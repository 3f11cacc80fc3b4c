/** Several strategies of one campaign over the whole way: who decides, what is counted for whom, and what the owner sees. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExplainResponse } from '../../contract/explain.ts';
import type { StrategiesPerformanceResponse } from '../../contract/strategies.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
/** Enough for either strategy to have several: whose customer is whose follows from the salt of test workspaces. */
const CUSTOMERS = 24;
const split = (a: number, b: number) => ({ policy: 'fixed_split', weights: { a, b } });
/** The arm tells the strategy: `first` shows `a` alone, `second` `b` alone. */
const strategies = [
  { id: 'first', share: 0.5, strategy: split(1, 0) },
  { id: 'second', share: 0.5, strategy: split(0, 1) },
];

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

function campaign(id: string, placement: string, extra: Record<string, unknown>) {
  return {
    kind: 'campaign',
    id,
    name: id,
    objective: { goal: 'click' },
    placements: [placement],
    arms: [
      { id: 'a', content: { text: 'A' } },
      { id: 'b', content: { text: 'B' } },
    ],
    ...extra,
  };
}

const contest = (extra: Record<string, unknown>) =>
  campaign('contest', 'hero', { contexts: [{ id: 'gold', condition: { plan: 'gold' } }], ...extra });
const compare = (id: string) =>
  api.secret<StrategiesPerformanceResponse>('GET', `/v1/campaigns/${id}/strategies/performance`);

async function decide(customer: string, plan = 'none') {
  const { body } = await api.optimize({
    placements: ['hero'],
    customer: { id: customer },
    context: { attributes: { plan } },
  });
  return body.decisions[0]!;
}

beforeAll(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero' },
    { kind: 'placement', id: 'side', name: 'Side' },
    contest({ strategies }),
    { kind: 'placement', id: 'foot', name: 'Foot' },
    campaign('alone', 'foot', {}),
    { kind: 'goal', id: 'buy', name: 'Buy' },
    { kind: 'placement', id: 'till', name: 'Till' },
    campaign('money', 'till', { objective: { goal: 'buy', reward: { kind: 'revenue' } }, strategies }),
    campaign('turns', 'side', {
      strategies: strategies.map(({ id, strategy }) => ({ id, strategy })),
      strategyMode: 'rotation',
    }),
  ]);
});

describe('strategies on shares of the customers', () => {
  it('keep their customers, are counted apart, and are compared', async () => {
    const shown = { a: 0, b: 0 };
    for (let i = 0; i < CUSTOMERS; i += 1) {
      const { token, arm, propensity } = await decide(`customer-${i}`, i % 2 ? 'gold' : 'none');
      expect(propensity).toMatchObject({ arm: 1 });
      shown[arm as 'a' | 'b'] += 1;
      await api.feedback({ token, kind: 'exposure' });
      if (arm === 'b') await api.feedback({ token, kind: 'goal', goal: 'click' });
      expect((await decide(`customer-${i}`)).arm).toBe(arm);
    }
    expect(Math.min(shown.a, shown.b)).toBeGreaterThan(0);
    const { body } = await eventually(
      () => compare('contest'),
      (answer) =>
        answer.body.strategies.map(({ trials }) => trials).join() === `${shown.a},${shown.b}` &&
        answer.body.strategies[1]?.conversions === shown.b,
    );
    expect(body).toMatchObject({ campaign: 'contest', goal: 'click', mode: 'concurrent', turn: null });
    const [first, second] = body.strategies;
    expect(first).toMatchObject({ strategy: 'first', policy: 'fixed_split', share: 0.5, rate: 0, retired: false });
    expect(second).toMatchObject({
      trials: shown.b,
      conversions: shown.b,
      rate: 1,
      realisedShare: shown.b / CUSTOMERS,
    });
    expect(second!.pBest).toBeGreaterThan(0.9);
    expect(body.sampleRatioP).toBeGreaterThan(0);
    expect(first!.regret!.estimate).toBeGreaterThan(second!.regret!.estimate);
  });

  it('are one campaign to everyone else: plain leaves in the figures, the strategy named in an explanation', async () => {
    const { body } = await api.performance('contest');
    expect(body.leaves.map(({ leaf }) => leaf)).toEqual(['gold', 'rest']);
    expect(body.totals.trials).toBe(CUSTOMERS);
    expect(body.leaves.reduce((sum, { trials }) => sum + trials, 0)).toBe(CUSTOMERS);
    for (const { allocation } of body.arms) expect(allocation).toBeCloseTo(0.5, 9);
    const { arm } = await decide('customer-0');
    const explained = await api.secret<ExplainResponse>('POST', '/v1/explain', {
      placements: ['hero'],
      customer: { id: 'customer-0' },
    });
    const [candidate] = explained.body.placements[0]!.candidates;
    expect(candidate).toMatchObject({ leaf: 'rest', strategy: arm === 'a' ? 'first' : 'second' });
    expect(candidate!.arms?.find((one) => one.arm === arm)?.probability).toBe(1);
  });

  it('that were taken out stay in the comparison, and what they saw serves the strategy that stays', async () => {
    await publishDemo(bindings, workspace, [contest({ strategy: { policy: 'thompson' } })]);
    const { body } = await eventually(
      () => compare('contest'),
      (answer) => answer.body.mode === null,
    );
    expect(body.strategies.map(({ strategy, retired, policy }) => [strategy, retired, policy])).toEqual([
      ['first', true, null],
      ['second', true, null],
    ]);
    const performance = await eventually(
      () => api.performance('contest'),
      ({ body: { arms } }) => (arms[1]?.allocation ?? 0) > 0.9,
    );
    expect(performance.body.arms[1]!.pBest).toBeGreaterThan(0.9);
    expect(performance.body.arms[1]!.allocation).toBeGreaterThan(0.9);
  });
});

describe('strategies of a campaign of revenue', () => {
  it('are compared by it: a thousand from every other trial beats one from each', async () => {
    const shown = { a: 0, b: 0 };
    for (let i = 0; i < CUSTOMERS; i += 1) {
      const decided = await api.optimize({ placements: ['till'], customer: { id: `buyer-${i}` } });
      const { token, arm } = decided.body.decisions[0]!;
      shown[arm as 'a' | 'b'] += 1;
      await api.feedback({ token, kind: 'exposure' });
      const value = arm === 'a' ? 1 : 1_000;
      if (arm === 'a' || shown.b % 2 === 1) await api.feedback({ token, kind: 'goal', goal: 'buy', value });
    }
    const bought = Math.ceil(shown.b / 2);
    const { body } = await eventually(
      () => compare('money'),
      ({ body: { strategies: told } }) =>
        told[0]?.reward?.rewarded === shown.a &&
        told[1]?.reward?.rewarded === bought &&
        told[1].reward.trials === shown.b,
    );
    const [first, second] = body.strategies;
    expect(first!.reward).toMatchObject({ kind: 'revenue', unit: 'money', meanPerTrial: 100 });
    expect(second!.reward!.meanPerTrial).toBeCloseTo((100_000 * bought) / shown.b, 6);
    expect(second!.pBest).toBeGreaterThan(0.9);
    expect(first!.regretPerTrial!.estimate).toBeGreaterThan(second!.regretPerTrial!.estimate);
    expect(body.warnings.map(({ reason }) => reason)).not.toContain('regret_ignores_features');
  });
});

describe('strategies that take turns', () => {
  it('begin with the first, for everyone, and are told with their warning', async () => {
    const { body } = await compare('turns');
    expect(body).toMatchObject({ mode: 'rotation', turn: 'first', sampleRatioP: null });
    expect(body.warnings.map(({ reason }) => reason)).toEqual(['rotation_confounds_time']);
    const published = await api.secret<{ warnings?: { field: string }[] }>('POST', '/v1/publish', {});
    expect(published.body.warnings?.map(({ field }) => field)).toEqual(['/campaigns/turns/strategyMode']);
    for (let i = 0; i < 5; i += 1) {
      const decided = await api.optimize({ placements: ['side'], customer: { id: `turn-${i}` } });
      expect(decided.body.decisions[0]).toMatchObject({ campaign: 'turns', arm: 'a' });
    }
  });
});

describe('a campaign', () => {
  it('with one strategy has none to compare; one that is not published is not found', async () => {
    expect((await compare('nowhere')).status).toBe(404);
    const alone = await compare('alone');
    expect(alone.status).toBe(404);
    expect(alone.body).toMatchObject({ detail: 'The campaign has one strategy: there is nothing to compare' });
  });
});
