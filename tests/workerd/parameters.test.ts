/** A campaign whose arms are made of parameters and learn by effects: what its owner reads of every value, and what it decides by it. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ParametersPerformanceResponse,
  parametersPerformanceResponse,
} from '../../contract/parameters-performance.ts';
import type { Problem } from '../../contract/problem.ts';
import { apiOf, call, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const CUSTOMERS = 30;
const PATH = '/v1/campaigns/spring/parameters/performance';

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'goal', id: 'purchase', name: 'Purchase', source: 'server', window: '30d' },
    { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'spring',
      name: 'Spring',
      objective: { goal: 'purchase' },
      placements: ['hero'],
      contexts: [{ id: 'gold', condition: { plan: 'gold' } }],
      learning: { by: 'effects' },
      // Arms evenly: that fewer than four of thirty offers are points, too few to tell, happens three times in ten thousand runs.
      strategy: { policy: 'epsilon_greedy', epsilon: 1 },
      parameters: [
        {
          id: 'offer',
          name: 'What is offered',
          values: [
            { id: 'cash', name: 'Money back', content: { text: 'cash' } },
            { id: 'points', content: { text: 'points' } },
          ],
        },
        { id: 'tone', values: ['plain', 'warm', 'loud'].map((id) => ({ id, content: { data: { tone: id } } })) },
      ],
      exclude: [{ offer: 'points', tone: 'loud' }],
    },
    {
      kind: 'campaign',
      id: 'plain',
      name: 'Plain',
      objective: { goal: 'purchase' },
      placements: ['hero'],
      arms: [{ id: 'a', content: { text: 'A' } }],
      audience: { condition: { plan: 'nobody' } },
    },
  ]);
});

const read = (query = '') => api.secret<ParametersPerformanceResponse>('GET', `${PATH}${query}`);

/** Everyone sees what was decided; who is shown a cash offer buys. Every second customer is gold. */
async function visits(): Promise<{ trials: number; conversions: number; gold: number }> {
  const counted = { trials: 0, conversions: 0, gold: 0 };
  for (let i = 0; i < CUSTOMERS; i += 1) {
    const context = { attributes: { plan: i % 2 ? 'gold' : 'none' } };
    const { body } = await api.optimize({ placements: ['hero'], customer: { id: `customer-${i}` }, context });
    const { token, arm } = body.decisions[0]!;
    await api.feedback({ token, kind: 'exposure' });
    counted.trials += 1;
    counted.gold += i % 2;
    if (!arm?.startsWith('cash')) continue;
    counted.conversions += 1;
    await api.feedback({ token, kind: 'goal', goal: 'purchase', value: 10, orderId: `order-${i}` });
  }
  return counted;
}

const sumOf = (values: readonly { readonly trials: number; readonly conversions: number }[]) => ({
  trials: values.reduce((sum, value) => sum + value.trials, 0),
  conversions: values.reduce((sum, value) => sum + value.conversions, 0),
});

describe('the performance of parameters', () => {
  it('without traffic is even, and has no effects', async () => {
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(parametersPerformanceResponse.parse(body)).toEqual(body);
    expect(body).toMatchObject({ campaign: 'spring', goal: 'purchase', leaf: null, learnsBy: 'effects' });
    expect(body.parameters.map(({ parameter, values }) => [parameter, values.map(({ value }) => value)])).toEqual([
      ['offer', ['cash', 'points']],
      ['tone', ['plain', 'warm', 'loud']],
    ]);
    const [offer, tone] = body.parameters;
    expect(offer).toMatchObject({ name: 'What is offered', values: [{ name: 'Money back' }, {}] });
    expect(offer!.values[1]).not.toHaveProperty('name');
    expect(tone).not.toHaveProperty('name');
    for (const { values } of body.parameters)
      for (const { effect, pBest } of values) expect([effect, pBest]).toEqual([null, 1 / values.length]);
  });

  it('sums up to what was fed back over the values of every parameter, and finds the value that sells', async () => {
    const counted = await visits();
    const { body } = await eventually(
      () => read(),
      ({ body: { totals } }) => totals.trials === CUSTOMERS && totals.conversions === counted.conversions,
    );
    expect(body.totals).toMatchObject({ trials: counted.trials, conversions: counted.conversions });
    for (const { values } of body.parameters) expect(sumOf(values)).toEqual(sumOf([body.totals]));
    const [cash, points] = body.parameters[0]!.values;
    expect([cash!.conversions, points!.conversions]).toEqual([counted.conversions, 0]);
    expect(cash!.effect!.logOddsInterval[0]).toBeGreaterThan(0);
    expect(cash!.pBest).toBeGreaterThan(0.95);
    expect(cash!.effect!.logOdds).toBeCloseTo(-points!.effect!.logOdds, 9);
    const performance = await api.performance('spring');
    expect(performance.body.totals).toMatchObject(sumOf([body.totals]));
  });

  it('tells of one leaf alone, whose figures add up with the others’', async () => {
    const counted = await visits();
    await eventually(
      () => read(),
      ({ body: { totals } }) => totals.trials === CUSTOMERS && totals.conversions === counted.conversions,
    );
    const [gold, rest] = [await read('?leaf=gold'), await read('?leaf=rest')].map(({ body }) => body);
    expect([gold!.leaf, gold!.totals.trials]).toEqual(['gold', counted.gold]);
    expect(sumOf([gold!.totals, rest!.totals])).toEqual({ trials: CUSTOMERS, conversions: counted.conversions });
  });

  it('is refused where there are none: other campaigns, other leaves, other keys', async () => {
    const detail = async (path: string) => {
      const { status, body } = await api.secret<Problem>('GET', path);
      expect(status).toBe(404);
      return body.detail;
    };
    expect(await detail('/v1/campaigns/plain/parameters/performance')).toContain('no parameters');
    expect(await detail('/v1/campaigns/nothing/parameters/performance')).toContain('No published campaign');
    expect(await detail(`${PATH}?leaf=silver`)).toContain('no context "silver"');
    expect((await api.secret('GET', `${PATH}?leaf=a/b`)).status).toBe(422);
    expect((await call('GET', PATH, workspace.publishableKey)).status).toBe(403);
  });
});
