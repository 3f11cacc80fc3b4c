/** Decisions that cost: what must be there, what is taken, and what pacing makes of it. */
import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration } from './catalog/configuration.ts';
import { decide } from './decide.ts';
import { type Purse, purseView } from './limits/purse.ts';
import { decideWithReceipt, type Receipt, replay } from './receipt.ts';
import { armOf, campaignOf, DAY_MS, MINUTE_MS, ranked, settingsOf, slicesOf } from './testing/configuration.ts';
import { touchAt } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';
import { entryOf, paidConfiguration, paidOf } from './testing/paid.ts';

const only = (arm: 'a' | 'b') => ({
  policy: 'fixed_split' as const,
  weights: { a: arm === 'a' ? 1 : 0, b: arm === 'b' ? 1 : 0 },
  minExploration: 0,
});
const slicesWith = (...campaigns: CampaignConfiguration[]) => slicesOf(paidConfiguration(campaigns));
const spring = (units: number, price = 0): Purse => [entryOf('l1', units, { price })];
/** Worth 1, whatever it converts. */
const WORTH_ONE = { goal: 'click', conversionWeight: 0, revenueWeight: 0, priority: 1 };

describe('a campaign that costs', () => {
  test('is chosen when the dearest arm can be paid, whichever is drawn, and takes what the arm costs', () => {
    const slices = slicesWith(paidOf('c', { strategy: only('a') }));
    expect(decideOnce(slices, { purse: spring(5) }).chosen).toMatchObject({
      armId: 'a',
      claims: [{ ledger: 'pool:spring', units: 3 }],
    });
    const short = decideOnce(slices, { purse: spring(4) });
    expect(short).toMatchObject({ chosen: null, refusals: { no_budget: 1 } });
    const needs = [{ ledger: 'pool:spring', needed: 5, there: 4, price: 0 }];
    expect(short.candidates).toEqual([{ campaignId: 'c', reason: 'no_budget', needs }]);
  });

  test('is not chosen without a purse, nor with units of another ledger, nor at the end of a lease', () => {
    const slices = slicesWith(paidOf('c'));
    const ended = [entryOf('l1', 50, { useBeforeMs: NOON_MS })];
    for (const purse of [undefined, [], [entryOf('l1', 50, { ledger: 'pool:autumn' })], ended])
      expect(decideOnce(slices, purse ? { purse } : {}).refusals).toEqual({ no_budget: 1 });
    expect(decideOnce(slices, { purse: [entryOf('l1', 50, { useBeforeMs: NOON_MS + 1 })] }).chosen).not.toBeNull();
  });

  test('takes nothing for an arm that is free, and of every ledger it needs', () => {
    const arms = [armOf('a'), armOf('b', { costMinor: 5 })];
    const free = slicesWith(paidOf('c', { arms, strategy: only('a') }));
    expect(decideOnce(free, { purse: spring(5) }).chosen).not.toHaveProperty('claims');
    const both = slicesWith(paidOf('c', { stock: 'shirts', strategy: only('b') }));
    expect(decideOnce(both, { purse: spring(5) }).refusals).toEqual({ no_budget: 1 });
    const purse = [...spring(5), entryOf('s1', 1, { ledger: 'stock:shirts' })];
    expect(decideOnce(both, { purse }).chosen?.claims).toEqual([
      { ledger: 'pool:spring', units: 5 },
      { ledger: 'stock:shirts', units: 1 },
    ]);
  });

  test('leaves what it did not take to the next placement of the request', () => {
    const slices = slicesWith(
      paidOf('c', { strategy: only('a') }),
      paidOf('d', { strategy: only('b'), placements: ['side'] }),
    );
    const both = (units: number) =>
      decide(inputOf(slices, { placements: ['hero', 'side'], purse: spring(units) })).map(
        ({ chosen, refusals }) => chosen?.claims?.[0]?.units ?? refusals,
      );
    expect(both(8)).toEqual([3, 5]);
    expect(both(7)).toEqual([3, { no_budget: 1 }]);
    expect(both(4)).toEqual([{ no_budget: 1 }, { no_budget: 1 }]);
  });

  test('leaves what it could not pay for to a campaign that is free, with the whole probability', () => {
    const slices = slicesWith(paidOf('c', { objective: ranked(5) }), campaignOf('free'));
    expect(decideOnce(slices, { purse: spring(4) })).toMatchObject({
      chosen: { campaign: { id: 'free' }, propensityCampaign: 1 },
      refusals: { no_budget: 1 },
    });
  });

  test('takes nothing for a held-out customer, who meets the same ledgers all the same', () => {
    const slices = slicesWith(paidOf('c', { holdout: 0.999_999 }));
    expect(decideOnce(slices, { purse: spring(5) }).chosen).toMatchObject({ armId: 'holdout' });
    expect(decideOnce(slices, { purse: spring(5) }).chosen).not.toHaveProperty('claims');
    const short = decideOnce(slices, { purse: spring(4) });
    expect(short).toMatchObject({ chosen: null, refusals: { no_budget: 1 } });
    // Measured before anything is asked of ledgers, in both groups.
    expect(short.measured).toMatchObject([{ heldOut: true }]);
  });

  test('pays for a kept arm, and for a new one where the kept arm has left the campaign', () => {
    const slices = slicesWith(paidOf('c', { sticky: { mode: 'days', days: 2 }, strategy: only('a') }));
    const kept = (armId: string) => ({
      assignments: { c: { armId, leaf: 'rest', propensityArm: 0.25, periodKey: 'days:1', untilMs: NOON_MS + DAY_MS } },
    });
    const chosen = (armId: string) => decideOnce(slices, { purse: spring(5), customer: kept(armId) }).chosen;
    expect(chosen('b')).toMatchObject({ armId: 'b', sticky: true, claims: [{ units: 5 }] });
    expect(chosen('gone')).toMatchObject({ armId: 'a', sticky: false, claims: [{ units: 3 }] });
  });
});

describe('pacing', () => {
  const worthOne = (extra: Partial<CampaignConfiguration> = {}) =>
    paidOf('c', { objective: WORTH_ONE, strategy: only('b'), ...extra });

  test('takes the price of the expected units off the value; what is worth less than it costs is paced', () => {
    const slices = slicesWith(worthOne());
    const at = (price: number) => decideOnce(slices, { purse: spring(50, price) });
    expect(at(0.125).candidates).toMatchObject([{ reason: null, value: 0.375, parts: { price: 0.625 } }]);
    expect(at(0.2).candidates).toMatchObject([{ reason: null, value: 0 }]);
    const paced = at(0.25);
    expect(paced.refusals).toEqual({ paced: 1 });
    const needs = [{ ledger: 'pool:spring', needed: 5, there: 50, price: 0.25 }];
    expect(paced.candidates).toMatchObject([{ reason: 'paced', value: -0.25, needs }]);
  });

  test('is not what keeps a tired customer in peace, and never lets a campaign through that is worth nothing', () => {
    const settings = settingsOf({ fatigue: { weight: 2, halfLifeMs: DAY_MS } });
    const slices = slicesOf(paidConfiguration([worthOne()], { settings }));
    const tired = { touches: [touchAt(NOON_MS - MINUTE_MS)] };
    const reasons = (price: number, customer = {}) =>
      decideOnce(slices, { purse: spring(50, price), customer }).refusals;
    expect(reasons(0.25)).toEqual({ paced: 1 });
    expect(reasons(0.25, tired)).toEqual({ fatigued: 1 });
    expect(reasons(0, tired)).toEqual({ fatigued: 1 });
    const worthless = slicesWith(worthOne({ objective: { ...WORTH_ONE, priority: -1 } }));
    expect(decideOnce(worthless, { purse: spring(50, 0.1) }).refusals).toEqual({ paced: 1 });
  });

  test('gives way to what is worth more per unit', () => {
    const slices = slicesWith(worthOne(), { ...worthOne(), id: 'cheap', strategy: only('a') });
    expect(decideOnce(slices, { purse: spring(50, 0.1) })).toMatchObject({
      chosen: { campaign: { id: 'cheap' } },
      candidates: [
        { campaignId: 'c', value: 0.5 },
        { campaignId: 'cheap', value: 0.7 },
      ],
    });
  });
});

describe('receipts', () => {
  const slices = slicesWith(
    paidOf('c', { stock: 'shirts', objective: ranked(2) }),
    paidOf('d', { placements: ['hero', 'side'] }),
    campaignOf('free', { placements: ['hero', 'side'] }),
  );
  const receiptWith = (purse: Purse | undefined) => {
    const { trace: _, ...input } = inputOf(slices, { placements: ['hero', 'side'], ...(purse && { purse }) });
    const facts = { requestId: 'r', revision: 1, rules: { hero: 'h', side: 's' } };
    return { input, ...decideWithReceipt(input, facts) };
  };

  test.each([
    ['no purse', undefined],
    ['too little of the first ledger', spring(4)],
    ['too little of the second', spring(50)],
    ['enough for one', [...spring(9), entryOf('s', 5, { ledger: 'stock:shirts' })]],
    ['a price', [...spring(50, 0.05), entryOf('s', 5, { ledger: 'stock:shirts', price: 0.01 })]],
  ])('replay to the bit with %s, every candidate with what it needed', (_, purse) => {
    const { input, decisions, receipt } = receiptWith(purse);
    const stored = JSON.parse(JSON.stringify(receipt)) as Receipt;
    const traced = decide({ ...input, trace: true });
    expect(replay(stored, slices.slices)).toEqual(traced);
    expect(decisions.map(({ chosen }) => chosen)).toEqual(traced.map(({ chosen }) => chosen));
    const asked = purseView(purse ?? [], NOON_MS);
    expect(stored.purse).toEqual({ 'pool:spring': asked('pool:spring'), 'stock:shirts': asked('stock:shirts') });
  });

  test('hold nothing of ledgers where no campaign needs any', () => {
    const free = slicesOf(paidConfiguration([campaignOf('free')]));
    const { trace: _, ...input } = inputOf(free, { purse: spring(5) });
    const { receipt } = decideWithReceipt(input, { requestId: 'r', revision: 1, rules: { hero: 'h' } });
    expect(receipt).not.toHaveProperty('purse');
    expect(JSON.stringify(decide({ ...input, trace: true }))).not.toContain('needs');
  });
});
