/** What counts as a trial, and where rewards land. */
import { describe, expect, it } from 'vitest';
import type { CampaignConfiguration } from '../../decisioning/catalog/configuration.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf, settingsOf } from '../../decisioning/testing/configuration.ts';
import {
  cellsOf,
  customerOf,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  PURCHASE,
  START_MS,
  settle,
  totalOf,
  worldOf,
} from './testing/fixtures.ts';
import { decisionsOf } from './testing/rows.ts';

let worlds = 0;

/** One customer and one campaign `c` that learns from `purchase`. */
function scene(extra: Partial<CampaignConfiguration> = {}, holdout = 0) {
  worlds += 1;
  const campaign = campaignOf('c', {
    objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    ...extra,
  });
  const settings = settingsOf({ holdout });
  const world = worldOf(`trials-${worlds}`, configurationOf([campaign], { goals: [PURCHASE], settings }));
  const ann = customerOf(world, 'ann');
  const decided = async (requestId: string, atMs: number, sessionId?: string): Promise<DecisionRecord> => {
    return must(await ann.decide(requestId, atMs, { sessionId }));
  };
  const total = async () => {
    await settle(ann);
    return totalOf(world, 'c');
  };
  return { world, ann, decided, total };
}

const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

describe('events of one call', () => {
  it('that cannot be taken are told apart: those around them count', async () => {
    const { ann, decided, total } = scene();
    const [first, second] = [await decided('1', START_MS), await decided('2', START_MS)];
    const learning = { secondaryGoals: ['click'] };
    const broken = { id: 'click', windowMs: DAY_MS, valueMinor: Number.NaN };
    const seen = [first, second].map((record) => ({ record, kind: 'exposure' as const, atMs: undefined, learning }));
    const items = [seen[0]!, { ...seen[0]!, kind: 'goal' as const, goal: broken, orderId: undefined }, seen[1]!];
    expect(await ann.feedback(items, START_MS)).toEqual(['accepted', 'unavailable', 'accepted']);
    expect(await ann.feedback(items, START_MS)).toEqual(['duplicate', 'unavailable', 'duplicate']);
    expect(await total()).toMatchObject({ exposures: 2, trials: 2, conversions: 0 });
  });
});

describe('a sticky period', () => {
  it('none: every exposure is a trial', async () => {
    const { ann, decided, total } = scene();
    for (const id of ['1', '2', '3']) await ann.see(await decided(id, START_MS), START_MS);
    expect(await total()).toMatchObject({ exposures: 3, trials: 3 });
  });

  it('session: exposures after the first are no trials; another session has its own', async () => {
    const { ann, decided, total } = scene({ sticky: { mode: 'session' } });
    const first = await decided('1', START_MS, 's1');
    const again = await decided('2', START_MS + MINUTE_MS, 's1');
    const other = await decided('3', START_MS + 2 * MINUTE_MS, 's2');
    expect([again.armId, again.sticky, again.propensityArm]).toEqual([first.armId, true, first.propensityArm]);
    for (const record of [first, again, other]) await ann.see(record, START_MS + 3 * MINUTE_MS);
    expect(await total()).toMatchObject({ exposures: 3, trials: 2 });
  });

  it('session without a name: 30 idle minutes end it, 29 do not', async () => {
    const { decided } = scene({ sticky: { mode: 'session' } });
    const first = await decided('1', START_MS);
    const within = await decided('2', START_MS + 29 * MINUTE_MS);
    const beyond = await decided('3', START_MS + 60 * MINUTE_MS);
    expect(within.periodKey).toBe(first.periodKey);
    expect(beyond.periodKey).not.toBe(first.periodKey);
  });

  it('days: lasts to the millisecond before its end', async () => {
    const { ann, decided, total } = scene({ sticky: { mode: 'days', days: 2 } });
    const first = await decided('1', START_MS);
    const last = await decided('2', START_MS + 2 * DAY_MS - 1);
    const next = await decided('3', START_MS + 2 * DAY_MS);
    expect(last.periodKey).toBe(first.periodKey);
    expect(next.periodKey).not.toBe(first.periodKey);
    for (const record of [last, first, next]) await ann.see(record, START_MS + 2 * DAY_MS);
    expect(await total()).toMatchObject({ exposures: 3, trials: 2 });
  });
});

describe('rewards', () => {
  it('two decisions of one period that both report the goal reward their trial once', async () => {
    const { ann, decided, total } = scene({ sticky: { mode: 'days', days: 2 } });
    const [first, second] = [await decided('1', START_MS), await decided('2', START_MS)];
    for (const record of [first, second]) await ann.see(record, START_MS);
    expect(await ann.reach(second, START_MS)).toBe('accepted');
    expect(await ann.reach(first, START_MS)).toBe('accepted');
    expect(await ann.reach(first, START_MS)).toBe('duplicate');
    expect(await total()).toMatchObject({ exposures: 2, trials: 1, conversions: 1 });
  });

  it('an order counts once in the revenue, whichever decisions of the campaign report it', async () => {
    const { ann, decided, total } = scene({ sticky: { mode: 'days', days: 2 } });
    const [first, second] = [await decided('1', START_MS), await decided('2', START_MS)];
    for (const record of [first, second]) await ann.see(record, START_MS);
    for (const record of [first, second]) await ann.reach(record, START_MS, { orderId: 'o1', valueMinor: 500 });
    await ann.reach(first, START_MS, { orderId: 'o2', valueMinor: 70 });
    expect(await ann.reach(first, START_MS, { orderId: 'o2', valueMinor: 70 })).toBe('duplicate');
    expect(await total()).toMatchObject({ trials: 1, conversions: 1, revenueMinor: 570 });
  });

  it('land in the hour bucket and the leaf of the exposure, however late the goal', async () => {
    const condition = { plan: 'gold' };
    const { world, ann } = scene({ contexts: [{ id: 'golden', condition }] });
    const record = await ann.decide('1', START_MS, { attributes: { plan: 'gold' } });
    await ann.see(record as DecisionRecord, START_MS + 5 * HOUR_MS);
    await ann.reach(record as DecisionRecord, START_MS + 2 * DAY_MS, { valueMinor: 5 });
    await settle(ann);
    const [cell, ...others] = await cellsOf(world, 'c');
    expect(others).toEqual([]);
    expect(cell).toMatchObject({
      leaf: 'golden',
      arm: record?.armId,
      hour: START_MS / HOUR_MS + 5,
      statistics: { exposures: 1, trials: 1, conversions: 1, revenueMinor: 5 },
    });
  });

  it('before the exposure imply it, and the exposure that follows is a duplicate', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    await ann.reach(record, START_MS + HOUR_MS);
    expect(await ann.see(record, START_MS + 2 * HOUR_MS)).toBe('duplicate');
    expect(await total()).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
  });

  it('count to the last millisecond of the window and not after it', async () => {
    const { ann, decided, total } = scene();
    const [inside, outside] = [await decided('1', START_MS), await decided('2', START_MS)];
    for (const record of [inside, outside]) await ann.see(record, START_MS);
    const endMs = START_MS + PURCHASE.windowMs;
    expect(await ann.reach(inside, endMs)).toBe('accepted');
    expect(await ann.reach(outside, endMs + 1)).toBe('expired_token');
    expect(await total()).toMatchObject({ trials: 2, conversions: 1 });
  });

  it('a goal with a shorter window than the token ends with its own', async () => {
    const { ann, decided } = scene();
    const record = await decided('1', START_MS);
    const reach = (atMs: number) => ann.reach(record, atMs, { goal: 'click', windowMs: DAY_MS });
    expect(await reach(START_MS + DAY_MS + 1)).toBe('outside_window');
    expect(await reach(START_MS + DAY_MS + 2)).toBe('outside_window');
  });

  it('other goals than the optimised one change no statistics', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    await ann.see(record, START_MS);
    expect(await ann.reach(record, START_MS, { goal: 'click', valueMinor: 9 })).toBe('accepted');
    expect(await total()).toMatchObject({ trials: 1, conversions: 0, revenueMinor: 0 });
  });

  it('a refund takes revenue back and no reward', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    await ann.reach(record, START_MS, { orderId: 'o1', valueMinor: 500 });
    await ann.reach(record, START_MS, { orderId: 'o1-refund', valueMinor: -500 });
    expect(await total()).toMatchObject({ conversions: 1, revenueMinor: 0 });
  });
});

describe('a late exposure', () => {
  it('is a trial and a touch, marked late from the millisecond after the claim', async () => {
    const { ann, decided, total } = scene({ caps: [{ max: 2, windowMs: DAY_MS }] });
    const [onTime, late] = [await decided('1', START_MS), await decided('2', START_MS)];
    await ann.see(onTime, onTime.claimExpiresAtMs);
    await ann.see(late, late.claimExpiresAtMs + 1);
    expect((await decisionsOf(ann)).map(({ late }) => late)).toEqual([false, true]);
    expect(await ann.decide('3', START_MS + HOUR_MS)).toBeNull();
    expect(await total()).toMatchObject({ exposures: 2, trials: 2 });
  });
});

describe('a decision that was made without the object', () => {
  it('is born with its token, until the token expires', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    const elsewhere = (id: string) => ({ ...record, decisionId: id, periodKey: id });
    expect(await ann.see(elsewhere('in time'), record.expiresAtMs - 1)).toBe('accepted');
    expect(await ann.see(elsewhere('too late'), record.expiresAtMs)).toBe('expired_token');
    expect(await ann.reach(elsewhere('too late'), record.expiresAtMs)).toBe('expired_token');
    expect(await total()).toMatchObject({ exposures: 1, trials: 1, conversions: 0 });
  });
});

describe('goals without a token', () => {
  it('go to the latest exposed decision of the campaign, once', async () => {
    const { ann, decided, total } = scene();
    const [first, second, unseen] = [
      await decided('1', START_MS),
      await decided('2', START_MS),
      await decided('3', START_MS),
    ];
    await ann.see(second, START_MS + HOUR_MS);
    await ann.see(first, START_MS + 2 * HOUR_MS);
    const sale = { orderId: 'o1', valueMinor: 30, eventId: 'e1' };
    expect(await ann.tell(START_MS + DAY_MS, sale)).toBe('accepted');
    expect(await ann.tell(START_MS + DAY_MS, sale)).toBe('duplicate');
    expect(await ann.tell(START_MS + DAY_MS, { eventId: 'e1' })).toBe('duplicate');
    const receipt = await ann.stub().receipt(first.decisionId);
    expect(receipt).toMatchObject({ outcomes: [{ goal: 'purchase', valueMinor: 30 }] });
    expect(await ann.stub().receipt(unseen.decisionId)).toMatchObject({ exposedAtMs: null, outcomes: [] });
    expect(await total()).toMatchObject({ trials: 2, conversions: 1, revenueMinor: 30 });
  });

  it('and with one, the same order is credited once', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    await ann.see(record, START_MS);
    const order = { orderId: 'o1', valueMinor: 30 };
    await ann.tell(START_MS, { ...order, eventId: 'e1' });
    expect(await ann.reach(record, START_MS, order)).toBe('duplicate');
    expect(await total()).toMatchObject({ conversions: 1, revenueMinor: 30 });
  });
});

describe('intent to treat', () => {
  it('enrols a customer once, at the first decision, and counts their conversion once, exposed or not', async () => {
    const { ann, decided, total } = scene({ holdout: 0.000_001 });
    await decided('1', START_MS);
    await decided('2', START_MS + HOUR_MS);
    await ann.tell(START_MS + HOUR_MS, { valueMinor: 10, eventId: 'e1' });
    await ann.tell(START_MS + 2 * HOUR_MS, { valueMinor: 5, eventId: 'e2' });
    const endMs = START_MS + PURCHASE.windowMs;
    await ann.tell(endMs + 1, { valueMinor: 99, eventId: 'e3' });
    expect(await total()).toMatchObject({
      exposures: 0,
      trials: 0,
      conversions: 0,
      customers: 1,
      convertedCustomers: 1,
      customerRevenueMinor: 15,
    });
  });

  it('counts a goal that arrived before the token of the first visit, when it was reached after it', async () => {
    const { ann, decided, total } = scene({ holdout: 0.000_001 });
    const other = customerOf(scene({ holdout: 0.000_001 }).world, 'ann');
    const visit = must(await other.decide('1', START_MS));
    await ann.tell(START_MS - 1, { valueMinor: 99, eventId: 'e1' });
    await ann.tell(START_MS + HOUR_MS, { valueMinor: 10, eventId: 'e2' });
    await ann.see({ ...visit, workspaceId: 'any', decisionId: 'first visit' }, START_MS + 2 * HOUR_MS);
    await decided('2', START_MS + 3 * HOUR_MS);
    expect(await total()).toMatchObject({ customers: 1, convertedCustomers: 1, customerRevenueMinor: 10 });
  });

  it('is only measured where somebody is held out', async () => {
    const { ann, decided, total } = scene();
    const record = await decided('1', START_MS);
    await ann.reach(record, START_MS);
    expect(await total()).toMatchObject({ trials: 1, customers: 0, convertedCustomers: 0 });
  });
});

describe('a holdout', () => {
  it('has token, exposure and outcomes, but no touch', async () => {
    const { ann, decided, total } = scene({ caps: [{ max: 1, windowMs: DAY_MS }] }, 1);
    for (const id of ['1', '2', '3']) {
      const record = await decided(id, START_MS);
      expect(record).toMatchObject({ armId: 'holdout', propensityArm: 1 });
      expect(await ann.see(record, START_MS)).toBe('accepted');
      await ann.reach(record, START_MS, { orderId: id, valueMinor: 10 });
    }
    expect(await total()).toEqual({
      exposures: 3,
      trials: 3,
      conversions: 3,
      revenueMinor: 30,
      customers: 1,
      convertedCustomers: 1,
      customerRevenueMinor: 30,
    });
  });
});
