/** A campaign with a composite reward, secondary goals and features: from requests to the root's sums, and back into what is shown. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { readSums } from '../../durable-objects/campaign/root-vectors.ts';
import { rootStub, type StubSource } from '../../durable-objects/shared/stub.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const HOUR_MS = 3_600_000;
/** The first dozen or so are chosen at even odds, before anything is published: both arms are seen. */
const CUSTOMERS = 40;
const DWELL_MS = 4_500;
/** Weights of 13.5 in all are summed up in 740 parts of 1, so that no reward passes 10,000. */
const UNITS = 740;
const REWARD = { kind: 'composite', goals: [] as { goal: string; weight: number }[] };
REWARD.goals = [
  { goal: 'purchase', weight: 5 },
  { goal: 'click', weight: 0.5 },
  { goal: 'unsubscribe', weight: -8 },
];

let api: ReturnType<typeof apiOf>;
let workspaceId: string;

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  ({ workspaceId } = workspace);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'goal', id: 'purchase', name: 'Purchase', source: 'server', window: '30d' },
    { kind: 'goal', id: 'unsubscribe', name: 'Unsubscribe', window: '30d' },
    { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'spring',
      name: 'Spring',
      objective: { goal: 'purchase', reward: REWARD, secondary: ['dwell', 'view'] },
      placements: ['hero'],
      features: [{ id: 'gold', attribute: 'plan', type: 'category', values: ['gold'] }],
      strategy: { policy: 'linear_thompson', minExploration: 0.05 },
      contexts: [{ id: 'gold', condition: { plan: 'gold' } }],
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
  ]);
});

interface Visit {
  readonly gold: boolean;
  readonly arm: string;
  readonly goals: readonly string[];
  readonly decision: DecisionAnswer;
}

async function decide(i: number): Promise<{ readonly gold: boolean; readonly decision: DecisionAnswer }> {
  const gold = i % 2 === 0;
  const context = { attributes: { plan: gold ? 'gold' : 'none' } };
  const { body } = await api.optimize({ placements: ['hero'], customer: { id: `customer-${i}` }, context });
  return { gold, decision: body.decisions[0]! };
}

/** Who sees arm `a` clicks, and buys with a gold plan; who sees `b` leaves, most of them without a token. Everybody looks for a while. */
async function visit(i: number): Promise<Visit> {
  const { gold, decision } = await decide(i);
  const { token, arm = '' } = decision;
  const told = (goal: string, more: Record<string, unknown> = {}) => ({ token, kind: 'goal', goal, ...more });
  const events: Record<string, unknown>[] = [
    { token, kind: 'exposure' },
    told('view'),
    told('dwell', { value: DWELL_MS }),
  ];
  const goals = ['view', 'dwell'];
  if (arm === 'a') {
    events.push(told('click'));
    goals.push('click');
  }
  if (arm === 'a' && gold) {
    events.push(told('purchase', { value: 49.9, orderId: `order-${i}` }));
    goals.push('purchase');
  }
  await api.feedback({ events });
  // The reply was lost.
  if (i % 3 === 0) await api.feedback({ events });
  if (arm === 'b') {
    const event = { kind: 'goal', goal: 'unsubscribe', eventId: `left-${i}` };
    await api.events({ customer: { id: `customer-${i}` }, events: [event, event] });
    goals.push('unsubscribe');
  }
  return { gold, arm, goals, decision };
}

const rewardOf = ({ goals }: Visit) =>
  REWARD.goals.reduce((sum, { goal, weight }) => sum + (goals.includes(goal) ? UNITS * weight : 0), 0);

const square = (value: number) => [Math.floor(value ** 2 / 2 ** 24), value ** 2 % 2 ** 24];

/** The named sums of some visits, from what happened. */
function sumsOf(visits: readonly Visit[]): Record<string, readonly number[]> {
  const sum = (of: (visit: Visit) => number) => visits.reduce((total, each) => total + of(each), 0);
  const reached = (goal: string) => sum(({ goals }) => (goals.includes(goal) ? 1 : 0));
  const plain = (goal: string) => ({ [`goal:${goal}`]: [reached(goal), 0, 0, 0, visits.length] });
  const n = visits.length;
  const gold = sum((each) => (each.gold ? 1 : 0));
  const [high = 0, low = 0] = square(DWELL_MS);
  const moments = [1e6 * n, 1e6 * gold, 1e6 * gold];
  const rewards = [sum((v) => 1_000 * rewardOf(v)), sum((v) => (v.gold ? 1_000 * rewardOf(v) : 0))];
  const squares = sum((v) => rewardOf(v) ** 2);
  return {
    ...plain('click'),
    ...plain('unsubscribe'),
    ...plain('view'),
    'goal:dwell': [n, n * DWELL_MS, n * high, n * low, n],
    linear: [...moments, ...rewards, squares],
    reward: [sum((v) => (rewardOf(v) === 0 ? 0 : 1)), sum(rewardOf), squares],
    trials: [n],
  };
}

/** What the root has, with names cut to their kind. */
async function rootSums(): Promise<Record<string, Record<string, readonly number[]>>> {
  const root = await rootStub(bindings as unknown as StubSource, workspaceId, 'spring');
  const sums = await runInDurableObject(root, (_, { storage }) => readSums(storage.sql));
  const cells: Record<string, Record<string, readonly number[]>> = {};
  for (const [leaf, arms] of sums)
    for (const [arm, named] of arms)
      cells[`${leaf} ${arm}`] = Object.fromEntries(
        Object.entries(named).map(([name, vector]) => [name.startsWith('goal:') ? name : name.split(':')[0]!, vector]),
      );
  return cells;
}

describe('a campaign with a composite reward', () => {
  it('learns what happened, to the last digit, and shows what earns more', { timeout: 60_000 }, async () => {
    const before = await api.performance('spring');
    expect(before.body.arms.map(({ allocation }) => allocation)).toEqual([0.5, 0.5]);
    const startHour = Math.floor(Date.now() / HOUR_MS);
    const visits: Visit[] = [];
    for (let i = 0; i < CUSTOMERS; i += 1) visits.push(await visit(i));
    const cellsOf = (leaf: string, arm: string) =>
      visits.filter((each) => each.arm === arm && (each.gold ? 'gold' : 'rest') === leaf);
    const places = ['gold', 'rest'].flatMap((leaf) => ['a', 'b'].map((arm) => [leaf, arm] as const));
    const expected = Object.fromEntries(
      places
        .filter(([leaf, arm]) => cellsOf(leaf, arm).length > 0)
        .map(([leaf, arm]) => [`${leaf} ${arm}`, sumsOf(cellsOf(leaf, arm))]),
    );
    const left = visits.filter(({ arm }) => arm === 'b').length;
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body: told }) =>
        told.totals.trials === CUSTOMERS &&
        told.totals.goals?.unsubscribe?.reached === left &&
        told.arms[0]!.allocation > 0.9,
    );
    expect(await rootSums()).toEqual(expected);
    expect(body.totals.goals!.dwell).toMatchObject({ unit: 'ms', reached: CUSTOMERS, valuePerTrial: DWELL_MS });
    expect(body.totals.reward!.mean).toBeCloseTo(
      visits.reduce((sum, each) => sum + rewardOf(each), 0) / CUSTOMERS / UNITS,
      9,
    );
    for (const { hour } of body.overTime) expect(Date.parse(hour) / HOUR_MS).toBeGreaterThanOrEqual(startHour);
    const [a, b] = body.arms;
    expect(a!.reward!.mean).toBeGreaterThan(0);
    expect(b!.reward!.mean).toBe(-8);
    // The floor is 5 %, half of it for each arm.
    expect(a!.allocation).toBeGreaterThan(0.9);
    expect(a!.pBest).toBeGreaterThan(0.9);
  });
});
