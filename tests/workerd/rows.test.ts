/**
 * Rows that each kind of call writes, indexes, deletions and alarms among them: what `docs/operating/cost.md` adds up. Printed, and held. Of customers
 * whose objects are there: `births.test.ts` has what making one writes.
 */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { ANONYMOUS_IDLE_MS, DELIVERY_WAKE_MS } from '../../durable-objects/customer/limits.ts';
import {
  customerOf,
  DAY_MS,
  HOUR_MS,
  objectOf,
  PURCHASE,
  START_MS,
  settle,
  source,
  totalOf,
  worldOf,
} from '../../durable-objects/customer/testing/fixtures.ts';
import { rootStub, shardStub } from '../../durable-objects/shared/stub.ts';
import { counting } from './counting.ts';

type Stub = DurableObjectStub;

const campaign = campaignOf('c', {
  objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
});
const world = worldOf('rows', configurationOf([campaign], { goals: [PURCHASE] }));

describe('rows written', () => {
  it('by a customer who is decided for, sees, buys and comes back', async () => {
    const ann = customerOf(world, 'ann');
    // Its tables come with the first call of all.
    await ann.decide('warm', START_MS);
    const shard = await shardStub(source, world.workspaceId, 'c', 0);
    const root = await rootStub(source, world.workspaceId, 'c');
    const [ofAnn, ofShard, ofRoot] = [
      await counting(objectOf(ann)),
      await counting(shard as Stub),
      await counting(root as Stub),
    ];
    const record = (await ann.decide('again', START_MS + 1_000))!;
    const measured = {
      decision: await ofAnn(() => ann.decide('third', START_MS + 2_000)),
      repeatedDecision: await ofAnn(() => ann.decide('third', START_MS + 2_000)),
      // Of a campaign without caps and the like, as a worker asks for it; most of them reach no object at all.
      uncappedDecision: await ofAnn(() => ann.decide('fourth', START_MS + 2_000, { mayDefer: true })),
      exposure: await ofAnn(() => ann.see(record, START_MS + 3_000)),
      goal: await ofAnn(() => ann.reach(record, START_MS + 4_000)),
      repeatedGoal: await ofAnn(() => ann.reach(record, START_MS + 5_000)),
      delivered: await ofAnn(() => runDurableObjectAlarm(objectOf(ann))),
    };
    const event = (seq: number) => ({ seq, leaf: 'rest', arm: 'a', hour: 1, change: { trials: 1 } });
    const address = { workspaceId: world.workspaceId, campaignId: 'c', shard: 0 };
    const apply = (who: string, seq: number) => shard.apply({ ...address, source: `${who}:1`, events: [event(seq)] });
    await apply('eve', 1);
    const shared = {
      shardDelivery: await ofShard(() => apply('eve', 2)),
      shardReport: await ofShard(() => runDurableObjectAlarm(shard as Stub)),
      rootReport: await ofRoot(() =>
        root.merge({
          ...address,
          seq: 1_000,
          cells: [
            {
              leaf: 'rest',
              arm: 'a',
              hour: 1,
              statistics: {
                exposures: 1,
                trials: 9,
                conversions: 0,
                revenueMinor: 0,
                customers: 0,
                convertedCustomers: 0,
                customerRevenueMinor: 0,
              },
            },
          ],
        }),
      ),
    };
    const { exposure, goal, delivered, ...decided } = measured;
    const { shardDelivery, ...reported } = shared;
    console.log(`rows written: ${JSON.stringify({ ...measured, ...shared })}`);
    // And an alarm where none stands: a report half a second ago took the last one.
    expect(shardDelivery).toBeOneOf([1, 2]);
    expect({ ...decided, ...reported }).toEqual({
      decision: 1,
      repeatedDecision: 0,
      uncappedDecision: 0,
      repeatedGoal: 0,
      shardReport: 0,
      rootReport: 3,
    });
    // Delivery goes on behind the answers: which of the three an alarm falls into, and whether both have one, is chance; their sum has a bound.
    expect(exposure + goal + delivered).toBeLessThanOrEqual(4);
  });

  it('by a visitor who comes to be with a report: one alarm for it, and one for the day they are forgotten', async () => {
    // No alarm of this test rings by itself.
    const nowMs = Date.now() + HOUR_MS;
    const record = (await customerOf(world, 'eve').decide('1', nowMs))!;
    const visitor = customerOf(world, 'visitor', true);
    const alarms: number[] = [];
    await runInDurableObject(objectOf(visitor), (_, { storage }) => {
      const setAlarm = storage.setAlarm.bind(storage);
      Object.defineProperty(storage, 'setAlarm', {
        configurable: true,
        value: (atMs: number) => {
          alarms.push(atMs - nowMs);
          return setAlarm(atMs);
        },
      });
    });
    expect(await visitor.see(record, nowMs)).toBe('accepted');
    expect(alarms).toEqual([DELIVERY_WAKE_MS]);
    await expect.poll(() => objectOf(visitor).undelivered(), { timeout: 10_000 }).toBe(0);
    await runDurableObjectAlarm(objectOf(visitor));
    expect(alarms).toEqual([DELIVERY_WAKE_MS, ANONYMOUS_IDLE_MS]);
  });

  it('by ten visits, three of which buy, and by forgetting them: at most two a decision, and two an event', async () => {
    const capped = campaignOf('c', { objective: campaign.objective, caps: [{ max: 50, windowMs: 7 * DAY_MS }] });
    const visits = worldOf('rows-visits', configurationOf([capped], { goals: [PURCHASE] }));
    const bob = customerOf(visits, 'bob');
    const nowMs = Date.now();
    await bob.decide('warm', nowMs);
    const ofBob = await counting(objectOf(bob));
    const rows = { decisions: 0, feedback: 0, forgetting: 0 };
    let events = 0;
    for (let visit = 1; visit <= 10; visit += 1) {
      const atMs = nowMs + visit * 5 * HOUR_MS;
      let record: DecisionRecord | null = null;
      rows.decisions += await ofBob(async () => {
        record = await bob.decide(`visit-${visit}`, atMs);
      });
      rows.feedback += await ofBob(() => bob.see(record!, atMs + 5_000));
      events += 1;
      // Who buys does so later than one alarm waits.
      rows.feedback += await ofBob(() => settle(bob));
      if (visit % 4 === 0 || visit === 10) {
        rows.feedback += await ofBob(() => bob.reach(record!, atMs + 90_000, { valueMinor: 500 }));
        rows.feedback += await ofBob(() => settle(bob));
        events += 1;
      }
    }
    expect((await totalOf(visits, 'c')).exposures).toBe(10);
    // All of it has lapsed, what was bought too: the next decision drops it, and is one row itself.
    rows.forgetting = (await ofBob(() => bob.decide('later', nowMs + 100 * DAY_MS))) - 1;
    console.log(`rows written by ten visits with ${events} events: ${JSON.stringify(rows)}`);
    expect(events).toBe(13);
    expect(rows.decisions + rows.forgetting).toBeLessThanOrEqual(2 * 10 + 1);
    expect(rows.feedback).toBeLessThanOrEqual(2 * events);
  });
});
