/** A campaign's phases, from feedback to what is published. */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { DEFAULT_DRIFT, DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../../decisioning/lifecycle/phases.ts';
import { revisionOf } from '../publisher/testing/fixtures.ts';
import { objectName } from '../shared/naming.ts';
import type { StatisticsEvent } from './protocol.ts';
import { delivery, event, newAddress, policyFor, source } from './testing/fixtures.ts';

const HOUR_MS = 3_600_000;
const lifecycle = { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS };
/** What is promised from the acknowledgement of feedback to the published allocation, and room for a busy machine. */
const PATIENCE = { timeout: 10_000, interval: 20 };

async function newCampaign(changes: Partial<CampaignPolicy>) {
  const address = newAddress();
  const name = (kind: 'shard' | 'root' | 'publisher', ...id: string[]) =>
    objectName(source.NAMING_SECRET, address.workspaceId, kind, ...id);
  const publisher = source.PUBLISHER.getByName(await name('publisher'));
  const root = source.CAMPAIGN_ROOT.getByName(await name('root', address.campaignId));
  const shard = source.CAMPAIGN_SHARD.getByName(await name('shard', address.campaignId, '0'));
  const publish = async (revision: number, more: Partial<CampaignPolicy>) => {
    const { manifest, bodies } = await revisionOf(revision);
    await publisher.putSlices(address.workspaceId, bodies);
    await publisher.activate(address.workspaceId, manifest, [
      policyFor(address.campaignId, { leaves: ['rest'], ...more }),
    ]);
  };
  await publish(1, changes);
  const allocation = async () => (await publisher.state(0)).allocations[0];
  await vi.waitUntil(allocation, PATIENCE);
  let seq = 0;
  const count = async (
    cells: readonly { arm: string; trials: number; conversions: number; hour?: number; leaf?: string }[],
  ) => {
    const events: StatisticsEvent[] = cells.map(({ arm, trials, conversions, ...at }) => {
      seq += 1;
      return event(seq, { trials, conversions }, { arm, ...at });
    });
    await shard.apply(delivery(address, 'ann', events));
    await runDurableObjectAlarm(shard);
  };
  const phase = async () => (await allocation())?.stage?.phase;
  const entered = (wanted: string) => vi.waitUntil(async () => (await phase()) === wanted, PATIENCE);
  return { root, allocation, count, entered, publish };
}

/** Both arms alike, or `a` clearly ahead. */
const alike = (trials: number) => [
  { arm: 'a', trials, conversions: trials / 10 },
  { arm: 'b', trials, conversions: trials / 10 },
];
const ahead = (trials: number) => [
  { arm: 'a', trials, conversions: trials / 5 },
  { arm: 'b', trials, conversions: trials / 20 },
];

describe('a campaign with phases', () => {
  test('begins carefully, moves on with its evidence, and writes down the numbers of every step', async () => {
    const { root, allocation, count, entered } = await newCampaign({ lifecycle });
    const first = await allocation();
    expect(first?.stage).toEqual({ phase: 'initialization', floor: 0.5, admitted: 0.1, modelWeight: 0 });
    await count(alike(20));
    await vi.waitUntil(async () => (await root.lifecycle())?.numbers.trials === 40, PATIENCE);
    expect((await root.lifecycle())?.phase).toBe('initialization');
    await count(alike(10));
    await entered('learning');
    await count(ahead(1_000));
    await entered('optimization');
    const last = await allocation();
    expect(last?.stage?.admitted).toBe(1);
    expect(last?.leaves.rest?.probabilities[1]).toBeCloseTo(0.005, 6);
    const { transitions = [] } = (await root.lifecycle()) ?? {};
    expect(transitions.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      ['learning', 'optimization', 'clear_leader'],
      ['initialization', 'learning', 'enough_trials'],
      [null, 'initialization', 'begun'],
    ]);
    expect(transitions[1]?.numbers).toMatchObject({ trials: 60, leastTrials: 30 });
    expect(transitions[0]?.numbers).toMatchObject({ trials: 2_060, leader: 'a', pBest: expect.closeTo(1, 6) });
  });

  test('takes several steps at once where the evidence is there, and has them after an eviction', async () => {
    const { root, count, entered } = await newCampaign({ lifecycle });
    await count(ahead(1_000));
    await entered('optimization');
    await evictDurableObject(root);
    const view = await root.lifecycle();
    expect(view?.phase).toBe('optimization');
    expect(view?.transitions).toHaveLength(3);
  });

  test('that is held stays where it is; forced goes where it is told; let go it moves on', async () => {
    const { root, allocation, count, entered } = await newCampaign({ lifecycle });
    await root.steer({ mode: 'hold' }, 'ann');
    await count(ahead(1_000));
    const counted = async () => (await root.lifecycle())?.numbers.trials === 2_000;
    await vi.waitUntil(counted, PATIENCE);
    await vi.waitUntil(async () => ((await allocation())?.leaves.rest?.posteriors[0]?.alpha ?? 0) > 200, PATIENCE);
    expect((await allocation())?.stage?.phase).toBe('initialization');
    const forced = await root.steer({ mode: 'force', phase: 'learning' }, 'bob');
    expect(forced).toMatchObject({ phase: 'learning', mode: 'hold' });
    expect(forced?.transitions[0]).toMatchObject({ cause: 'forced', actor: 'bob', numbers: { trials: 2_000 } });
    expect((await allocation())?.stage?.phase).toBe('learning');
    await root.steer({ mode: 'auto' }, 'bob');
    await entered('optimization');
  });

  test('let go of after a phase was forced that its evidence has not reached goes back to where that leads', async () => {
    const { root, count, entered } = await newCampaign({ lifecycle });
    await count([
      { arm: 'a', trials: 9, conversions: 3 },
      { arm: 'b', trials: 9, conversions: 1 },
    ]);
    await vi.waitUntil(async () => (await root.lifecycle())?.numbers.trials === 18, PATIENCE);
    await root.steer({ mode: 'force', phase: 'optimization' }, 'ann');
    await entered('optimization');
    await root.steer({ mode: 'hold' }, 'ann');
    const letGo = await root.steer({ mode: 'auto' }, 'bob');
    expect(letGo).toMatchObject({ phase: 'initialization', mode: 'auto' });
    expect(letGo?.transitions.slice(0, 2)).toMatchObject([
      { from: 'optimization', to: 'initialization', cause: 'let_go', actor: 'bob', numbers: { leastTrials: 9 } },
      { from: 'initialization', to: 'optimization', cause: 'forced', actor: 'ann' },
    ]);
    await entered('initialization');
    const again = await root.steer({ mode: 'auto' }, 'bob');
    expect(again?.transitions).toHaveLength(3);
  });

  test('that was forced where its evidence leads stays there when it is let go, without another change', async () => {
    const { root, count, entered } = await newCampaign({ lifecycle });
    await count(alike(40));
    await entered('learning');
    await root.steer({ mode: 'force', phase: 'initialization' }, 'ann');
    await root.steer({ mode: 'force', phase: 'learning' }, 'ann');
    const view = await root.steer({ mode: 'auto' }, 'ann');
    expect(view?.transitions[0]).toMatchObject({ to: 'learning', cause: 'forced' });
    expect(view?.phase).toBe('learning');
  });

  test('that had a history before it had phases finds the change of a rate in it, and learns from what came since', async () => {
    const nowHour = Math.floor(Date.now() / HOUR_MS);
    const drift = { ...DEFAULT_DRIFT, bucketHours: 1, settleHours: 1 };
    const { root, allocation, count, entered, publish } = await newCampaign({});
    // `b` loses nine tenths of its conversions half-way.
    const cells = Array.from({ length: 48 }, (_, i) => [
      { arm: 'a', hour: nowHour - 50 + i, trials: 100, conversions: 10 },
      { arm: 'b', hour: nowHour - 50 + i, trials: 100, conversions: i < 24 ? 20 : 2 },
    ]).flat();
    await count(cells);
    await vi.waitUntil(async () => (await allocation())?.leaves.rest?.posteriors[0]?.alpha === 481, PATIENCE);
    await publish(2, { lifecycle: { ...lifecycle, drift } });
    await entered('optimization');
    const view = await root.lifecycle();
    const change = view?.transitions.find(({ cause }) => cause === 'drift');
    expect(change?.alarm).toMatchObject({ armId: 'b', sinceHour: nowHour - 26, rateBefore: 0.2, rateAfter: 0.02 });
    expect(view?.evidenceSinceMs).toBe((nowHour - 26) * HOUR_MS);
    expect(view?.numbers).toMatchObject({ trials: 4_800, leader: 'a' });
    const { alpha = 0, beta = 0 } = (await allocation())?.leaves.rest?.posteriors[1] ?? {};
    expect([alpha, beta]).toEqual([1 + 48, 1 + 2_400 - 48]);
  });

  test('is told of none where it has none', async () => {
    const { root, allocation } = await newCampaign({});
    expect(await root.lifecycle()).toBeNull();
    expect(await root.steer({ mode: 'hold' }, 'ann')).toBeNull();
    expect(await allocation()).not.toHaveProperty('stage');
  });
});

describe('strategies that take turns', () => {
  const own = (id: string) => ({ id, share: 0.5, strategy: { policy: 'thompson' as const }, minExploration: 0.01 });

  test('change after every thousand trials of any of them, trials from before the comparison not counted', async () => {
    const strategies = { mode: 'rotation' as const, list: [own('one'), own('two')] };
    const { allocation, count } = await newCampaign({ strategies });
    expect((await allocation())?.turn).toBe('one');
    await count([
      { arm: 'a', trials: 5_000, conversions: 0 },
      { arm: 'a', leaf: 'one/rest', trials: 999, conversions: 9 },
      { arm: 'holdout', leaf: 'one/rest', trials: 500, conversions: 9 },
    ]);
    await vi.waitUntil(async () => (await allocation())?.leaves['one/rest']?.posteriors[0]?.alpha === 10, PATIENCE);
    expect((await allocation())?.turn).toBe('one');
    await count([{ arm: 'b', leaf: 'one/rest', trials: 1, conversions: 0 }]);
    await vi.waitUntil(async () => (await allocation())?.turn === 'two', PATIENCE);
    expect((await allocation())?.leaves['two/rest']?.posteriors[0]).toEqual({ alpha: 1, beta: 1 });
  });
});
