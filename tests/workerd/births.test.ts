/** Rows that a customer's object writes because it comes to be, is settled with for the first time, or is forgotten: what `docs/operating/cost.md` adds to those of calls. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { ANONYMOUS_IDLE_MS, DELIVERY_WAKE_MS, TOMBSTONE_MS } from '../../durable-objects/customer/limits.ts';
import { forgetThresholds } from '../../durable-objects/customer/sampling.ts';
import {
  type Customer,
  customerOf,
  DAY_MS,
  HOUR_MS,
  objectOf,
  PURCHASE,
  source,
  tablesOf,
  worldOf,
} from '../../durable-objects/customer/testing/fixtures.ts';
import { full, lapsed, must, paidScene } from '../../durable-objects/customer/testing/paid-scene.ts';
import { joinSample } from '../../durable-objects/publisher/sample.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { rowsOf, type Tally, tallying } from './counting.ts';

const campaign = campaignOf('c', {
  objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
});
const newWorld = (label: string) => worldOf(label, configurationOf([campaign], { goals: [PURCHASE] }));
/** No alarm rings by itself before a test rings it. */
const nowMs = Date.now() + HOUR_MS;
const DELIVERED_MS = 30_000;

/** Tables as `CREATE TABLE` writes them: two rows each, and two of the counter that the outbox is the first to have. */
const FIRST_TABLES = {
  'CREATE TABLE schema_version': 2,
  'CREATE TABLE meta': 2,
  'CREATE TABLE decisions': 2,
  'CREATE TABLE outbox': 4,
  'CREATE TABLE sampled': 2,
};
/** And what every object has in them: its version, and who it is. */
const BORN = { ...FIRST_TABLES, 'INSERT schema_version': 1, 'INSERT meta': 1 };
/** Ten tables, whatever they are. */
const LATE_TABLES_ROWS = 20;
/** The publisher is asked whether the customer is in its sample. */
const ASKED = { 'INSERT sampled': 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(nowMs);
  forgetThresholds();
});
afterEach(() => void vi.useRealTimers());

type Rows = Awaited<ReturnType<typeof tablesOf>>;
/** Ledgers have heard of what became of claims, and the publisher has answered. */
const isTold = ({ sampled = [], settlements = [] }: Rows) =>
  settlements.length === 0 && sampled.every(({ heard }) => heard === 1);

/** What was written until nothing waits. */
async function written(customer: Customer, tally: () => Tally, isDone = isTold): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  const isStill = async () => {
    await scheduler.wait(100);
    const more = tally();
    for (const [what, rows] of Object.entries(more)) all[what] = (all[what] ?? 0) + rows;
    if (rowsOf(more) > 0 || (await objectOf(customer).undelivered()) > 0) return false;
    return isDone(await tablesOf(customer));
  };
  await expect.poll(isStill, { timeout: DELIVERED_MS }).toBe(true);
  return all;
}

async function ringAt(customer: Customer, atMs: number): Promise<void> {
  vi.setSystemTime(atMs);
  expect(await runDurableObjectAlarm(objectOf(customer))).toBe(true);
}

describe('rows written', () => {
  it('by a new customer: fourteen of their object, one of their decision, and two where the sample is asked', async () => {
    const ann = customerOf(newWorld('births'), 'ann');
    const tally = await tallying(objectOf(ann));
    await ann.decide('1', nowMs);
    const born = await written(ann, tally);
    console.log(`rows written by a new customer's decision: ${JSON.stringify(born)}`);
    expect(born).toEqual({ ...BORN, ...ASKED, 'UPDATE sampled': 1, 'INSERT decisions': 1 });
    expect(rowsOf(BORN)).toBe(14);
  });

  it('by a new customer whom a full sample does not take: two less, once the isolate has heard where it ends', async () => {
    const world = newWorld('births-full');
    const publisher = await publisherStub(source, world.workspaceId);
    const [first, second] = [customerOf(world, 'first'), customerOf(world, 'second')];
    await runInDurableObject(publisher as unknown as DurableObjectStub, (_, { storage }) => {
      // Whoever ranks lowest has the only place.
      for (const name of ['AAAAAAAA', 'AAAAAAAB']) joinSample(storage.sql, name, 1);
    });
    const [ofFirst, ofSecond] = [await tallying(objectOf(first)), await tallying(objectOf(second))];
    await first.decide('1', nowMs);
    expect(await written(first, ofFirst)).toEqual({ ...BORN, ...ASKED, 'DELETE sampled': 1, 'INSERT decisions': 1 });
    await second.decide('1', nowMs);
    expect(await written(second, ofSecond)).toEqual({ ...BORN, 'INSERT decisions': 1 });
  });

  it('by a visitor who comes to be with a report, and never comes back: until nothing is left of them', async () => {
    const world = newWorld('births-visitor');
    const record = (await customerOf(world, 'eve').decide('1', nowMs)) as DecisionRecord;
    const visitor = customerOf(world, 'visitor', true);
    const tally = await tallying(objectOf(visitor));
    await visitor.see(record, nowMs);
    const born = await written(visitor, tally);
    expect(born).toEqual({ ...BORN, ...ASKED, 'UPDATE sampled': 1, 'INSERT decisions': 1, alarm: 1 });
    await ringAt(visitor, nowMs + DELIVERY_WAKE_MS);
    expect(await written(visitor, tally)).toEqual({ alarm: 1 });
    const forgottenMs = nowMs + ANONYMOUS_IDLE_MS + HOUR_MS;
    await ringAt(visitor, forgottenMs);
    const { alarm, ...forgotten } = await written(visitor, tally, ({ sampled }) => sampled?.length === 0);
    console.log(`rows written by a visitor who is forgotten: ${JSON.stringify(forgotten)}, ${alarm} of alarms`);
    expect(alarm).toBe(1);
    // The position that no row of a decision knows any more goes into the counter of the outbox.
    const position = { 'INSERT outbox': 2, 'DELETE outbox': 1 };
    expect(forgotten).toEqual({ 'DELETE decisions': 1, ...position, 'INSERT meta': 1, 'DELETE sampled': 1 });
    await ringAt(visitor, forgottenMs + TOMBSTONE_MS);
    expect(tally()).toEqual({});
    await runInDurableObject(objectOf(visitor), (_, { storage }) => {
      const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf*'").toArray();
      expect(tables).toEqual([]);
    });
  });

  it("by a new visitor's first session of four events: more than two an event", async () => {
    const world = newWorld('births-session');
    const eve = customerOf(world, 'eve');
    const records: DecisionRecord[] = [];
    for (const id of ['1', '2', '3']) records.push((await eve.decide(id, nowMs)) as DecisionRecord);
    const visitor = customerOf(world, 'visitor', true);
    const tally = await tallying(objectOf(visitor));
    for (const record of records) await visitor.see(record, nowMs);
    const seen = await written(visitor, tally);
    await ringAt(visitor, nowMs + DELIVERY_WAKE_MS);
    await visitor.reach(records[0] as DecisionRecord, Date.now() + 60_000, { valueMinor: 500 });
    const bought = await written(visitor, tally);
    const rows = rowsOf(seen) + rowsOf(bought);
    console.log(`rows written by a first session of four events: ${rows}`);
    // The object, the sample, a row an event, an alarm for the three and one for the fourth, one for the day they are forgotten.
    expect(rows).toBe(rowsOf(BORN) + 2 + 4 + 3);
  });

  it('by default content of a request with an id, behind a cap: one, and once the tables made late', async () => {
    const capped = campaignOf('c', { objective: campaign.objective, caps: [{ max: 1, windowMs: 7 * DAY_MS }] });
    const ann = customerOf(worldOf('births-default', configurationOf([capped], { goals: [PURCHASE] })), 'ann');
    const tally = await tallying(objectOf(ann));
    await ann.decide('1', nowMs);
    await written(ann, tally);
    expect(await ann.decide('2', nowMs)).toBeNull();
    const first = await written(ann, tally);
    expect([rowsOf(first, 'CREATE TABLE'), rowsOf(first)]).toEqual([LATE_TABLES_ROWS, LATE_TABLES_ROWS + 1]);
    expect(await ann.decide('3', nowMs)).toBeNull();
    expect(await written(ann, tally)).toEqual({ 'INSERT blanks': 1 });
    await ann.decide('4', nowMs + 2 * DAY_MS);
    expect(await written(ann, tally)).toMatchObject({ 'DELETE blanks': 2 });
  });

  it('by claims of two ledgers: an alarm with the decision, two rows of each ledger, and once the tables made late', async () => {
    const { ann } = await paidScene();
    const tally = await tallying(objectOf(ann));
    const decide = async (id: string) => must(await ann.decide(id, Date.now(), { purse: full }));
    const seen = await decide('1');
    expect(await written(ann, tally)).toMatchObject({ ...BORN, 'INSERT decisions': 1, alarm: 1 });
    await ann.see(seen, Date.now() + 1_000);
    const first = await written(ann, tally);
    expect(rowsOf(first, 'CREATE TABLE')).toBe(LATE_TABLES_ROWS);
    const settled = { 'INSERT settlements': 2, 'DELETE settlements': 2, 'UPDATE decisions': 1 };
    expect(first).toMatchObject({ ...settled, alarm: 1 });
    expect(rowsOf(first)).toBe(LATE_TABLES_ROWS + rowsOf(settled) + 1);
    await ringAt(ann, Date.now() + DELIVERY_WAKE_MS + 1_000);
    expect(await written(ann, tally)).toEqual({});
    const unseen = await decide('2');
    expect(await written(ann, tally)).toEqual({ 'INSERT decisions': 1, alarm: 1 });
    await ringAt(ann, lapsed(unseen));
    expect(await written(ann, tally)).toEqual(settled);
  });
});
