/** What is seen when its network had taught the campaign enough, and what comes of it in its sticky period. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { NETWORK_NAMES } from '../../decisioning/limits/network-trials.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { emptyOutbox, writeEvent } from './outbox.ts';
import { loadOutbox } from './outbox-load.ts';
import { Tables } from './tables.ts';
import { customerOf, DAY_MS, objectOf, PURCHASE, START_MS, settle, totalOf, worldOf } from './testing/fixtures.ts';

/** A customer of a campaign with a sticky period of 30 days, who is decided for and sees it on two days. */
async function scene(name: string) {
  const campaign = campaignOf('c', {
    objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    sticky: { mode: 'days', days: 30 },
  });
  const world = worldOf(name, configurationOf([campaign], { goals: [PURCHASE] }));
  const ann = customerOf(world, 'ann');
  const seen = async (requestId: string, atMs: number, untaught: boolean): Promise<DecisionRecord> => {
    const record = (await ann.decide(requestId, atMs)) as DecisionRecord;
    const item = { record, kind: 'exposure' as const, ...(untaught && { untaught }) };
    expect(await ann.feedback([item], atMs)).toEqual(['accepted']);
    return record;
  };
  const total = async () => {
    await settle(ann);
    return totalOf(world, 'c');
  };
  return { ann, seen, total };
}

describe('an exposure that is not learned from', () => {
  it('leaves its whole period out: who bought does not become a trial without their purchase', async () => {
    const { ann, seen, total } = await scene('untaught-before');
    expect(await ann.reach(await seen('1', START_MS, true), START_MS)).toBe('accepted');
    await seen('2', START_MS + DAY_MS, false);
    expect(await total()).toMatchObject({ exposures: 2, trials: 0, conversions: 0 });
  });

  it('takes nothing from a trial that had begun', async () => {
    const { ann, seen, total } = await scene('untaught-after');
    await seen('1', START_MS, false);
    expect(await ann.reach(await seen('2', START_MS + DAY_MS, true), START_MS + DAY_MS)).toBe('accepted');
    expect(await total()).toMatchObject({ exposures: 2, trials: 1, conversions: 1 });
  });

  it('ends with its period: the next one has a trial of its own', async () => {
    const { seen, total } = await scene('untaught-next');
    await seen('1', START_MS, true);
    await seen('2', START_MS + 31 * DAY_MS, false);
    expect(await total()).toMatchObject({ exposures: 2, trials: 1 });
  });
});

const GOAL = { id: PURCHASE.id, windowMs: PURCHASE.windowMs, valueMinor: 0 };

describe('trials of one customer', () => {
  /** A customer of two campaigns without a sticky period, whose page tells of each with a bound of two a day. */
  async function bounded(name: string) {
    const objective = { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 };
    const campaigns = ['c', 'd'].map((id) => campaignOf(id, { objective, placements: [id] }));
    const placements = ['c', 'd'].map((id) => ({ id, name: id, channel: 'web' }));
    const world = worldOf(name, configurationOf(campaigns, { goals: [PURCHASE], placements }));
    const ann = customerOf(world, 'ann');
    const seen = async (requestId: string, atMs: number, kind: 'exposure' | 'goal' = 'exposure', placement = 'c') => {
      const record = (await ann.decide(requestId, atMs, { placements: [placement] })) as DecisionRecord;
      const item = { record, mostTrials: 2, kind, ...(kind === 'goal' && { goal: GOAL }) };
      expect(await ann.feedback([item], atMs)).toEqual(['accepted']);
    };
    const total = async (id = 'c') => {
      await settle(ann);
      return totalOf(world, id);
    };
    return { seen, total };
  }

  it('are learned from up to the bound of a day, whether they begin with a view or with a goal', async () => {
    const { seen, total } = await bounded('bounded-day');
    for (const [i, kind] of (['exposure', 'goal', 'exposure', 'goal'] as const).entries())
      await seen(`${i}`, START_MS + i, kind);
    expect(await total()).toMatchObject({ exposures: 4, trials: 2, conversions: 1 });
  });

  it('are counted for each campaign, and anew with each UTC day', async () => {
    const { seen, total } = await bounded('bounded-anew');
    for (let i = 0; i < 3; i += 1) await seen(`c${i}`, START_MS + i);
    await seen('d', START_MS + 3, 'exposure', 'd');
    await seen('next', (Math.floor(START_MS / DAY_MS) + 1) * DAY_MS);
    expect([await total(), await total('d')]).toMatchObject([
      { exposures: 4, trials: 3 },
      { exposures: 1, trials: 1 },
    ]);
  });
});

describe('trials of one network', () => {
  const NETWORK = Math.floor(START_MS / DAY_MS) * NETWORK_NAMES + 7;

  /** Customers of a campaign with a sticky period of 30 days, who see it through one network with a bound of two a day. */
  async function crowd(name: string) {
    const campaign = campaignOf('c', {
      objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
      sticky: { mode: 'days', days: 30 },
    });
    const world = worldOf(name, configurationOf([campaign], { goals: [PURCHASE] }));
    const customers = ['ann', 'bob', 'eve'].map((who) => customerOf(world, who));
    const bound = { mostTrials: 2, network: NETWORK };
    const tell = async (kind: 'exposure' | 'goal', requestId: string, atMs: number) => {
      for (const each of customers) {
        const record = (await each.decide(requestId, atMs)) as DecisionRecord;
        const item = { record, kind, ...bound, ...(kind === 'goal' && { goal: GOAL }) };
        expect(await each.feedback([item], atMs)).toEqual(['accepted']);
      }
    };
    const total = async () => {
      for (const each of customers) await settle(each);
      return totalOf(world, 'c');
    };
    return { customers, tell, total };
  }

  it('are counted by the shard, with what they come to, also through another decision of their period', async () => {
    const { tell, total } = await crowd('network-trials');
    await tell('exposure', '1', START_MS);
    expect(await total()).toMatchObject({ exposures: 3, trials: 2, conversions: 0 });
    await tell('goal', '2', START_MS + DAY_MS);
    expect(await total()).toMatchObject({ exposures: 6, trials: 2, conversions: 2 });
  });

  it('are so when a goal begins them, and when a goal without a token comes of them after the object was evicted', async () => {
    const { customers, tell, total } = await crowd('network-goals');
    await tell('goal', '1', START_MS);
    expect(await total()).toMatchObject({ exposures: 3, trials: 2, conversions: 2 });
    for (const each of customers) {
      await evictDurableObject(objectOf(each));
      expect(await each.tell(START_MS + 1, { orderId: each.name, valueMinor: 500 })).toBe('accepted');
    }
    expect(await total()).toMatchObject({ exposures: 3, trials: 2, conversions: 2, revenueMinor: 1_000 });
  });

  it('keep their mark in rows of their own', async () => {
    const { customers, tell, total } = await crowd('network-rows');
    await tell('exposure', '1', START_MS);
    await total();
    const trial = [NETWORK, 5, 2] as const;
    const event = { seq: 99, atMs: START_MS, campaignId: 'c', shard: 0, leaf: 'rest', arm: 'a', hour: 1, change: {} };
    await runInDurableObject(objectOf(customers[0]!), (_, { storage }) => {
      const sql = new Tables(storage);
      for (const each of [
        { ...event, trial },
        { ...event, seq: 100 },
      ])
        writeEvent(sql, emptyOutbox(), each);
      const waiting = loadOutbox(sql, new Map()).waiting.map((one) => one.event);
      expect(waiting).toEqual([
        { ...event, trial },
        { ...event, seq: 100 },
      ]);
    });
  });
});
