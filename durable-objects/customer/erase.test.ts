/** The end of a customer: erased on request, forgotten after idle days, and usable afterwards. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import {
  type Customer,
  customerOf,
  DAY_MS,
  HOUR_MS,
  objectOf,
  PURCHASE,
  settle,
  tablesOf,
  totalOf,
  worldOf,
} from './testing/fixtures.ts';

const NOW_MS = Date.now();
let worlds = 0;

function scene() {
  worlds += 1;
  const campaign = campaignOf('c', {
    objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    caps: [{ max: 5, windowMs: DAY_MS }],
    holdout: 0.001,
  });
  const world = worldOf(`erase-${worlds}`, configurationOf([campaign], { goals: [PURCHASE] }));
  return { world, ann: customerOf(world, 'ann'), visitor: customerOf(world, 'visitor', true) };
}

const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

/** Leaves something in every table; the goal's order and the trait are what must not be found later. */
async function fill(customer: Customer, atMs: number): Promise<DecisionRecord> {
  const record = must(await customer.decide('1', atMs));
  await customer.see(record, atMs);
  await customer.reach(record, atMs, { orderId: 'order-4711', valueMinor: 5 });
  for (const id of ['2', '3', '4', '5', '6']) await customer.decide(id, atMs);
  const behaviour = { index: 0, kind: 'behaviour' as const, name: 'looked-at-shoes', valueMinor: 0, windowMs: 0 };
  await customer.stub().events(customer.facts(atMs), [behaviour], { nickname: 'Annie' });
  return record;
}

/** Rings whatever alarm stands; without an alarm nothing can be due. */
async function ring(customer: Customer): Promise<boolean> {
  await evictDurableObject(objectOf(customer)).catch(() => undefined);
  return runDurableObjectAlarm(objectOf(customer));
}

const alarmOf = (customer: Customer) => runInDurableObject(objectOf(customer), (_, { storage }) => storage.getAlarm());

describe('erasure', () => {
  it('leaves no trace of the customer in any table, delivers what was counted, and voids tokens', async () => {
    const { world, ann } = scene();
    const record = await fill(ann, NOW_MS);
    const before = JSON.stringify(await tablesOf(ann));
    // The guard of this very test: what is looked for was there.
    for (const trace of ['order-4711', 'looked-at-shoes', 'Annie', record.decisionId]) expect(before).toContain(trace);
    expect(await ann.stub().erase(ann.facts(NOW_MS))).toEqual({ outcome: 'erased' });
    await settle(ann);
    const { meta, schema_version, ...tables } = await tablesOf(ann);
    for (const rows of Object.values(tables)) expect(rows).toEqual([]);
    const after = JSON.stringify([meta, schema_version]);
    for (const trace of ['order-4711', 'looked-at-shoes', 'Annie', record.decisionId])
      expect(after).not.toContain(trace);
    expect(await ann.see(record, NOW_MS + 1)).toBe('customer_erased');
    expect(await ann.reach(record, NOW_MS + 1)).toBe('customer_erased');
    expect(await totalOf(world, 'c')).toMatchObject({ exposures: 1, trials: 1, conversions: 1, customers: 1 });
  });

  it('leaves nothing of an old decision either, though its goal is kept with it behind a younger one', async () => {
    const { ann } = scene();
    const record = must(await ann.decide('1', NOW_MS - 3 * HOUR_MS));
    await ann.tell(NOW_MS, { goal: 'other', orderId: 'younger' });
    await ann.reach(record, NOW_MS, { orderId: 'order-4711', atMs: NOW_MS - HOUR_MS });
    await ann.stub().erase(ann.facts(NOW_MS + 90 * DAY_MS - HOUR_MS / 2));
    expect((await tablesOf(ann)).outcomes).toEqual([]);
    expect(JSON.stringify(await tablesOf(ann))).not.toContain('order-4711');
  });

  it('reaches a decision that a worker with a fast clock made a moment later', async () => {
    const { ann } = scene();
    const record = must(await ann.decide('1', NOW_MS + 500));
    await ann.stub().erase(ann.facts(NOW_MS));
    expect(await ann.see(record, NOW_MS + 501)).toBe('customer_erased');
  });

  it('leaves an object that works like a new one', async () => {
    const { ann } = scene();
    await fill(ann, NOW_MS);
    await ann.stub().erase(ann.facts(NOW_MS));
    const record = must(await ann.decide('7', NOW_MS + 1));
    expect(await ann.see(record, NOW_MS + 2)).toBe('accepted');
    expect(await ann.stub().dump()).toMatchObject({
      dump: { decisions: [{ decisionId: record.decisionId }], outcomes: [] },
    });
  });

  it('is remembered for 90 days and an hour, until what came with the last token has arrived; then nothing is left', async () => {
    const { ann } = scene();
    await ann.stub().erase(ann.facts(NOW_MS - 90 * DAY_MS - HOUR_MS + 60_000));
    expect(await ring(ann)).toBe(true);
    expect((await tablesOf(ann)).meta).toHaveLength(1);
    const { ann: other } = scene();
    await other.stub().erase(other.facts(NOW_MS - 90 * DAY_MS - HOUR_MS));
    // Its time has come: it may have rung on its own.
    await ring(other);
    const left = await runInDurableObject(objectOf(other), (_, { storage }) => storage.sql.databaseSize);
    expect((await tablesOf(other)).meta ?? []).toEqual([]);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(must(await other.decide('1', NOW_MS)).decisionId).toContain('/1/');
  });

  it('of an anonymous customer who came back ends with an alarm for their idle days', async () => {
    const { visitor } = scene();
    await visitor.stub().erase(visitor.facts(NOW_MS - 91 * DAY_MS));
    await visitor.see(must(await visitor.decide('1', NOW_MS - DAY_MS)), NOW_MS - DAY_MS);
    await settle(visitor);
    await ring(visitor);
    expect((await tablesOf(visitor)).meta).toMatchObject([{ erased_at_ms: null }]);
    expect(await alarmOf(visitor)).toBeGreaterThan(NOW_MS + 28 * DAY_MS);
  });
});

describe('idle anonymous customers', () => {
  it('are forgotten after 30 days, their tokens void', async () => {
    const { visitor } = scene();
    const record = await fill(visitor, NOW_MS - 30 * DAY_MS);
    await settle(visitor);
    await ring(visitor);
    const { decisions, behaviour, outcomes, meta } = await tablesOf(visitor);
    expect([decisions, behaviour, outcomes]).toEqual([[], [], []]);
    expect(meta).toHaveLength(1);
    expect(await visitor.see(record, Date.now())).toBe('customer_erased');
  });

  it('are not forgotten an hour before', async () => {
    const { visitor } = scene();
    await fill(visitor, NOW_MS - 30 * DAY_MS + HOUR_MS);
    await settle(visitor);
    expect(await ring(visitor)).toBe(true);
    expect((await tablesOf(visitor)).decisions).not.toEqual([]);
    expect(await alarmOf(visitor)).toBeGreaterThan(NOW_MS);
  });

  it('are not idle while they only get default content: their touches still count', async () => {
    const { visitor } = scene();
    await fill(visitor, NOW_MS - 31 * DAY_MS);
    for (const days of [20, 10, 2])
      await visitor.ask(`later-${days}`, NOW_MS - days * DAY_MS, { placements: ['none'], repeatable: false });
    await settle(visitor);
    await ring(visitor);
    expect((await tablesOf(visitor)).decisions).not.toEqual([]);
    expect(await alarmOf(visitor)).toBeGreaterThan(NOW_MS + 27 * DAY_MS);
  });

  it('with nothing but an address leave nothing', async () => {
    const { visitor } = scene();
    await visitor.ask('1', NOW_MS - 30 * DAY_MS, { placements: ['none'] });
    await ring(visitor);
    expect((await tablesOf(visitor)).meta ?? []).toEqual([]);
  });

  it('of whom nothing is left are not looked for, nor brought to life, by an alarm that rings again', async () => {
    const { visitor } = scene();
    await visitor.ask('1', NOW_MS - 30 * DAY_MS, { placements: ['none'] });
    await ring(visitor);
    await evictDurableObject(objectOf(visitor)).catch(() => undefined);
    const tables = await runInDurableObject(objectOf(visitor), async (instance, { storage }) => {
      await (instance as unknown as { alarm(): Promise<void> }).alarm();
      return storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray();
    });
    expect(tables).toEqual([]);
  });

  it('have an alarm from a profile alone', async () => {
    const { visitor } = scene();
    await visitor
      .stub()
      .putProfile(visitor.facts(NOW_MS), { traits: { plan: 'x' }, consent: { channels: {}, purposes: {} } });
    expect(await alarmOf(visitor)).toBe(NOW_MS + 30 * DAY_MS);
  });

  it('whom a token brought to life as a visitor is known once they are named: not forgotten, and a no is kept', async () => {
    const { world, visitor } = scene();
    const who = customerOf(world, 'visitor');
    const record = must(await customerOf(world, 'another').decide('1', NOW_MS));
    await visitor.see({ ...record, customer: visitor.name }, NOW_MS);
    const said = { personalization: false };
    expect(await who.stub().consent(who.facts(NOW_MS + 1), said, 'page')).toMatchObject({ outcome: 'kept' });
    expect((await tablesOf(who)).meta).toMatchObject([{ anonymous: 0 }]);
    expect((await tablesOf(who)).decisions).toHaveLength(1);
    await settle(who);
  });

  it('known customers are never forgotten', async () => {
    const { ann } = scene();
    await fill(ann, NOW_MS - 80 * DAY_MS);
    await settle(ann);
    await ring(ann);
    expect((await tablesOf(ann)).decisions).not.toEqual([]);
  });
});
