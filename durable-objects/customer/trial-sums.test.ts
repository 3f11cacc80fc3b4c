/** Rewards, secondary goals and delays of trials, where random histories would not look. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { delayBucket } from '../../decisioning/learning/delay-buckets.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { migrate } from '../shared/migrator.ts';
import { pendingDeliveries } from './outbox.ts';
import { loadOutbox } from './outbox-load.ts';
import type { LearningFacts } from './protocol.ts';
import { CUSTOMER_SCHEMA } from './schema.ts';
import {
  customerOf,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  objectOf,
  PURCHASE,
  START_MS,
  settle,
  sumsIn,
  totalOf,
  worldOf,
} from './testing/fixtures.ts';
import { scene } from './testing/trial-scene.ts';

const COMPOSITE = { kind: 'composite', weights: { purchase: 3, unsubscribe: -4.5 } } as const;
const REVENUE = { kind: 'revenue', maxMinor: 100_000 } as const;

describe('a reward', () => {
  it('goes from what it was to what it is, whatever is reached first, and below 0', async () => {
    const learning: LearningFacts = { reward: COMPOSITE };
    const { ann, decided, sums, total } = scene();
    const record = await decided('1');
    await ann.see(record, START_MS, undefined, learning);
    await ann.reach(record, START_MS, { goal: 'unsubscribe' });
    expect((await sums())[rewardName(COMPOSITE)!]).toEqual([1, -4_500, 4_500 ** 2]);
    await ann.reach(record, START_MS, { valueMinor: 500 });
    expect((await sums())[rewardName(COMPOSITE)!]).toEqual([1, -1_500, 1_500 ** 2]);
    expect((await sums())[rewardTrialsName(COMPOSITE)!]).toEqual([1]);
    expect(await total()).toMatchObject({ trials: 1, conversions: 1, revenueMinor: 500 });
  });

  it('of revenue follows a refund back to nothing', async () => {
    const { ann, decided, sums } = scene();
    const record = await decided('1');
    const reached = { learning: { reward: REVENUE } };
    await ann.reach(record, START_MS, { ...reached, valueMinor: 2_000, orderId: 'o1' });
    const earned = Math.round(1_000 * Math.log(2_000));
    expect((await sums())[rewardName(REVENUE)!]).toEqual([1, earned, earned ** 2]);
    await ann.reach(record, START_MS, { ...reached, valueMinor: -2_000, orderId: 'o1-refund' });
    expect((await sums())[rewardName(REVENUE)!]).toEqual([0, 0, 0]);
  });

  it('is that of the declaration when the content was seen: a later one begins with later trials', async () => {
    const { ann, decided, sums } = scene();
    const [first, second] = [await decided('1'), await decided('2')];
    await ann.see(first, START_MS);
    await ann.see(second, START_MS, undefined, { reward: COMPOSITE });
    const learning: LearningFacts = { reward: REVENUE, secondaryGoals: ['click'] };
    for (const record of [first, second]) {
      await ann.reach(record, START_MS, { goal: 'click', learning });
      await ann.reach(record, START_MS, { valueMinor: 70, learning });
    }
    expect(await sums()).toEqual({
      'goal:unsubscribe': [0, 0, 0, 0, 1],
      [rewardName(COMPOSITE)!]: [1, 3_000, 3_000 ** 2],
      [rewardTrialsName(COMPOSITE)!]: [1],
    });
  });

  it('lands in the hour of the exposure, also when the goal comes on another day', async () => {
    const { world, ann, decided } = scene();
    const lateMs = START_MS + DAY_MS - MINUTE_MS;
    const record = await decided('1', lateMs);
    await ann.see(record, lateMs, undefined, { reward: COMPOSITE });
    await ann.reach(record, lateMs + 2 * MINUTE_MS);
    await settle(ann);
    const [[key, cell] = ['', {}], ...others] = Object.entries(await sumsIn(world, 'c'));
    expect(others).toEqual([]);
    expect(key).toBe(`rest ${record.armId} ${START_MS / HOUR_MS + 23}`);
    expect(cell[rewardName(COMPOSITE)!]).toEqual([1, 3_000, 3_000 ** 2]);
  });
});

describe('a goal beside the optimised one', () => {
  const learning: LearningFacts = { secondaryGoals: ['dwell', 'view'] };
  const dwell = { goal: 'dwell', unit: 'ms', valueMinor: 70_000, learning } as const;

  it('is counted once per decision, with its value in its own unit, and is in no revenue', async () => {
    const { ann, decided, sums, total } = scene();
    const record = await decided('1');
    await ann.see(record, START_MS, undefined, learning);
    for (const expected of ['accepted', 'duplicate']) {
      expect(await ann.reach(record, START_MS, dwell)).toBe(expected);
      expect(await ann.reach(record, START_MS, { goal: 'view', learning })).toBe(expected);
    }
    expect(await sums()).toEqual({ 'goal:view': [1, 0, 0, 0, 1], 'goal:dwell': [1, 70_000, 292, 1_052_928, 1] });
    expect(292 * 2 ** 24 + 1_052_928).toBe(70_000 ** 2);
    expect(await total()).toMatchObject({ trials: 1, conversions: 0, revenueMinor: 0 });
  });

  it('that a campaign optimises and that is no money converts, and is in no revenue either', async () => {
    const { ann, decided, sums, total } = scene('dwell', { holdout: 0.000_001 });
    const record = await decided('1');
    await ann.reach(record, START_MS, { ...dwell, learning: { secondaryGoals: ['view'] } });
    expect(await total()).toMatchObject({
      conversions: 1,
      revenueMinor: 0,
      convertedCustomers: 1,
      customerRevenueMinor: 0,
    });
    expect(await sums()).toEqual({ 'goal:view': [0, 0, 0, 0, 1] });
  });

  it('with the name of what every object inherits is counted like any other, and holds up nothing beside it', async () => {
    const { ann, decided, sums } = scene();
    const record = await decided('1');
    const inherited = { goal: 'constructor', learning: { secondaryGoals: ['constructor'] }, valueMinor: 3 };
    for (const expected of ['accepted', 'duplicate'])
      expect(await ann.reach(record, START_MS, inherited)).toBe(expected);
    expect(Object.entries(await sums())).toEqual([['goal:constructor', [1, 3, 0, 9, 1]]]);
  });

  it('without a token goes to the latest exposed decision of a campaign that counts it, inside its window', async () => {
    const { ann, decided, sums } = scene();
    const [first, second] = [await decided('1'), await decided('2')];
    for (const record of [first, second]) await ann.see(record, START_MS, undefined, learning);
    expect(await ann.tell(START_MS + HOUR_MS, { ...dwell, windowMs: HOUR_MS, eventId: 'e1' })).toBe('accepted');
    expect((await sums())['goal:dwell']?.[0]).toBe(1);
    await ann.tell(START_MS + HOUR_MS + 1, { ...dwell, windowMs: HOUR_MS, eventId: 'e2' });
    await ann.tell(START_MS + HOUR_MS, { goal: 'click', eventId: 'e3' });
    expect((await sums())['goal:dwell']?.[0]).toBe(1);
    expect(await sums()).not.toHaveProperty('goal:click');
  });
});

describe('windows', () => {
  it('of goals are their own: a token lives as long as the longest, and credits each goal inside its window', async () => {
    const late = { ...PURCHASE, id: 'late', windowMs: 30 * DAY_MS };
    const objective = { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0, secondary: ['late'] };
    const world = worldOf(
      'trial-sums-windows',
      configurationOf([campaignOf('c', { objective })], { goals: [PURCHASE, late] }),
    );
    const ann = customerOf(world, 'ann');
    const record = await ann.decide('1', START_MS);
    if (!record) throw new Error('nothing was chosen');
    expect(record).toMatchObject({ goalWindowMs: PURCHASE.windowMs, expiresAtMs: START_MS + late.windowMs });
    const learning: LearningFacts = { secondaryGoals: ['late'] };
    await ann.see(record, START_MS, undefined, learning);
    const afterMs = START_MS + PURCHASE.windowMs + 1;
    expect(await ann.reach(record, afterMs)).toBe('outside_window');
    await ann.tell(afterMs, { eventId: 'e1' });
    await ann.tell(afterMs, { goal: 'late', windowMs: late.windowMs, eventId: 'e2' });
    await settle(ann);
    expect(await totalOf(world, 'c')).toMatchObject({ trials: 1, conversions: 0 });
    const [cell] = Object.values(await sumsIn(world, 'c'));
    expect(cell).toEqual({ 'goal:late': [1, 0, 0, 0, 1] });
  });
});

describe('delays', () => {
  it('are counted from the exposure to the first conversion of a trial', async () => {
    const learning: LearningFacts = { delay: true, secondaryGoals: ['click'] };
    const { ann, decided, sums } = scene();
    const record = await decided('1');
    await ann.see(record, START_MS + HOUR_MS, undefined, learning);
    await ann.reach(record, START_MS + 2 * HOUR_MS, { goal: 'click' });
    expect(await sums()).not.toHaveProperty('delay');
    await ann.reach(record, START_MS + 9 * HOUR_MS, { orderId: 'o1' });
    await ann.reach(record, START_MS + 30 * HOUR_MS, { orderId: 'o2' });
    const { delay = [] } = await sums();
    expect(delay.indexOf(1)).toBe(delayBucket(8 * HOUR_MS));
    expect(delay.reduce((sum, value) => sum + value, 0)).toBe(1);
  });
});

describe('a customer', () => {
  const learning: LearningFacts = { reward: COMPOSITE, secondaryGoals: ['click'], delay: true };

  it('who said no to analytics is in no sum', async () => {
    const { ann, decided, sums } = scene();
    const consent = { channels: {}, purposes: { analytics: false } };
    await ann.stub().putProfile(ann.facts(START_MS), { traits: {}, consent });
    const record = await decided('1');
    await ann.see(record, START_MS, undefined, learning);
    await ann.reach(record, START_MS, { goal: 'click', learning });
    await ann.reach(record, START_MS, { learning });
    expect(await sums()).toEqual({});
  });

  it('who turns out to be known keeps the tally: what was reached before counts once', async () => {
    const { world, sums, ...known } = scene();
    const visitor = customerOf(world, 'visitor', true);
    const record = await visitor.decide('1', START_MS);
    if (!record) throw new Error('nothing was chosen');
    await visitor.see(record, START_MS, undefined, learning);
    await visitor.reach(record, START_MS, { goal: 'click' });
    const moved = await visitor.stub().forward(visitor.facts(START_MS), known.ann.name);
    if (!moved.legacy) throw new Error('there is no legacy');
    await known.ann.stub().takeLegacy(known.ann.facts(START_MS), moved.legacy);
    await visitor.stub().legacyTaken(visitor.facts(START_MS));
    await known.ann.reach(record, START_MS + HOUR_MS, { learning });
    expect(await known.ann.reach(record, START_MS + HOUR_MS, { goal: 'click', learning })).toBe('duplicate');
    await settle(visitor);
    const { [rewardName(COMPOSITE)!]: reward, [rewardTrialsName(COMPOSITE)!]: trials, ...rest } = await sums();
    expect([reward, trials]).toEqual([[1, 3_000, 3_000 ** 2], [1]]);
    expect(rest['goal:click']).toEqual([1, 0, 0, 0, 1]);
  });

  it('who was stored before there were named sums delivers what was waiting', async () => {
    const { ann } = scene();
    const deliveries = await runInDurableObject(objectOf(ann), (_, { storage }) => {
      for (const { name } of storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*_*'")
        .toArray())
        storage.sql.exec(`DROP TABLE ${name}`);
      storage.sql.exec('DROP TABLE IF EXISTS schema_version');
      migrate(storage, CUSTOMER_SCHEMA.slice(0, 3));
      storage.sql.exec(
        `INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, at_ms) VALUES ('c', 0, 'rest', 'a', 1, '{"trials":1}', 0)`,
      );
      migrate(storage, CUSTOMER_SCHEMA);
      return pendingDeliveries(loadOutbox(storage.sql, new Map()), 'w', 'ann:1');
    });
    expect(deliveries[0]?.events).toEqual([
      { seq: 1, leaf: 'rest', arm: 'a', hour: 1, change: { trials: 1 }, atMs: 0 },
    ]);
  });
});
