import { describe, expect, it } from 'vitest';
import { allocateCampaign } from '../bandits/allocate.ts';
import { ENROLLED_ARM, HOLDOUT_ARM } from '../bandits/allocation.ts';
import { type ArmStatistics, addStatistics, emptyStatistics, STATISTIC_FIELDS } from '../bandits/statistics.ts';
import { seededRandom } from '../random.ts';
import { credibleInterval } from './interval.ts';
import { liftInterval } from './lift.ts';
import { campaignPerformance, type Figures } from './performance.ts';

const HOUR_MS = 3_600_000;
const random = seededRandom('f165'.repeat(8));

function someStatistics(): ArmStatistics {
  const trials = Math.floor(random.next() * 1_000);
  return {
    exposures: trials + Math.floor(random.next() * 100),
    trials,
    conversions: Math.floor(random.next() * trials),
    revenueMinor: Math.floor(random.next() * 1e6) - 1e5,
    customers: trials + 200,
    convertedCustomers: Math.floor(random.next() * trials),
    customerRevenueMinor: Math.floor(random.next() * 1e6),
  };
}

const perArm = (ids: string[]) => new Map(ids.map((id) => [id, someStatistics()]));
const sumOf = (all: readonly ArmStatistics[]) => all.reduce((sum, one) => addStatistics(sum, one), emptyStatistics);
const countsOf = (figures: Figures) =>
  Object.fromEntries(STATISTIC_FIELDS.map((field) => [field, figures[field]])) as unknown as ArmStatistics;

function world() {
  const statistics = new Map([
    ['mobile', perArm(['a', 'b', 'holdout'])],
    ['rest', perArm(['b', 'a', 'gone', 'holdout'])],
    ['former', perArm(['a'])],
  ]);
  const allocation = allocateCampaign({
    campaignId: 'spring',
    armIds: ['a', 'b', 'c'],
    armsKey: 'k',
    leaves: ['mobile', 'rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.03,
    priors: {},
    statistics,
    version: 9,
  });
  const hours = new Map([
    [5 * HOUR_MS, perArm(['a', 'holdout'])],
    [2 * HOUR_MS, perArm(['b', 'a'])],
  ]);
  return { statistics, allocation, hours };
}

describe('campaignPerformance', () => {
  it('has leaf sums and arm sums that equal the totals, retired ones included and the holdout in none', () => {
    const { statistics, allocation, hours } = world();
    const performance = campaignPerformance({ allocation, statistics, hours });
    const treated = [...statistics.values()].flatMap((arms) =>
      [...arms].filter(([id]) => id !== 'holdout').map(([, s]) => s),
    );
    const totals = sumOf(treated);
    expect(countsOf(performance.totals)).toEqual(totals);
    expect(sumOf(performance.leaves.map((leaf) => countsOf(leaf.totals)))).toEqual(totals);
    expect(sumOf(performance.arms.map(countsOf))).toEqual(totals);
    for (const leaf of performance.leaves) expect(sumOf(leaf.arms.map(countsOf))).toEqual(countsOf(leaf.totals));
    const held = [...statistics.values()].flatMap((arms) => arms.get('holdout') ?? []);
    expect(countsOf(performance.holdout)).toEqual(sumOf(held));
  });

  it('lists the arms and leaves of the allocation in order, then the retired ones without probability', () => {
    const performance = campaignPerformance(world());
    expect(performance.leaves.map(({ leaf, retired }) => [leaf, retired])).toEqual([
      ['mobile', false],
      ['rest', false],
      ['former', true],
    ]);
    expect(performance.arms.map(({ armId, retired }) => [armId, retired])).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
      ['gone', true],
    ]);
    expect(performance.arms.at(-1)).toMatchObject({ pBest: 0, allocation: 0 });
    for (const arm of performance.leaves[2]!.arms) expect([arm.pBest, arm.allocation]).toEqual([0, 0]);
  });

  it('shows what is published in a leaf, and probabilities that sum to 1 over all leaves', () => {
    const { statistics, allocation, hours } = world();
    const { leaves, arms, allocationVersion } = campaignPerformance({ allocation, statistics, hours });
    expect(allocationVersion).toBe(9);
    expect(leaves[1]!.arms.slice(0, 3).map((arm) => arm.allocation)).toEqual(allocation.leaves.rest!.probabilities);
    expect(leaves[1]!.arms.slice(0, 3).map((arm) => arm.pBest)).toEqual(allocation.leaves.rest!.pBest);
    expect(arms.reduce((sum, arm) => sum + arm.allocation, 0)).toBeCloseTo(1, 12);
    expect(arms.reduce((sum, arm) => sum + arm.pBest, 0)).toBeCloseTo(1, 12);
  });

  it('gives every arm its rate with the credible interval of its own counts, and no rate before a trial', () => {
    const { statistics, allocation, hours } = world();
    const arm = campaignPerformance({ allocation, statistics, hours }).leaves[0]!.arms[1]!;
    const { trials, conversions } = statistics.get('mobile')!.get('b')!;
    expect(arm.rate).toBe(conversions / trials);
    expect(arm.credibleInterval).toEqual(credibleInterval({ alpha: 1 + conversions, beta: 1 + trials - conversions }));
    const unseen = campaignPerformance({ allocation, statistics: new Map(), hours: new Map() }).arms[0]!;
    expect([unseen.rate, unseen.trials]).toEqual([null, 0]);
    expect(unseen.credibleInterval.high).toBeCloseTo(0.975, 12);
  });

  it('measures lift by intention to treat: enrolled customers outside the holdout against those inside', () => {
    const performance = campaignPerformance(world());
    const group = (figures: Figures) => ({ customers: figures.customers, converted: figures.convertedCustomers });
    expect(performance.lift).toMatchObject(liftInterval(group(performance.totals), group(performance.holdout))!);
    expect(performance.lift!.treated).toMatchObject(group(performance.totals));
    expect(performance.lift!.control).toMatchObject(group(performance.holdout));
    const { allocation, hours } = world();
    expect(campaignPerformance({ allocation, hours, statistics: new Map([['rest', perArm(['a'])]]) }).lift).toBeNull();
  });

  it('counts customers enrolled before an arm was drawn as treated, and never lists them as an arm', () => {
    const { allocation } = world();
    const counted = (change: Partial<ArmStatistics>) => addStatistics(emptyStatistics, change);
    const enrolled = counted({ customers: 60, convertedCustomers: 6, customerRevenueMinor: 1_800 });
    const shown = counted({ exposures: 9, trials: 8, conversions: 2, customers: 40, convertedCustomers: 4 });
    const held = counted({ customers: 50, convertedCustomers: 4, customerRevenueMinor: 500 });
    const arms = new Map([
      [ENROLLED_ARM, enrolled],
      ['a', shown],
      [HOLDOUT_ARM, held],
    ]);
    const performance = campaignPerformance({
      allocation,
      statistics: new Map([
        ['rest', arms],
        ['former', new Map([[ENROLLED_ARM, counted({ customers: 1 })]])],
      ]),
      hours: new Map([[HOUR_MS, arms]]),
    });
    const listed = [performance, ...performance.leaves, ...performance.hours].map(({ arms }) =>
      arms.map(({ armId }) => armId),
    );
    expect(listed).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c'], ['a']]);
    expect(performance.totals).toMatchObject({ exposures: 9, trials: 8, conversions: 2, rate: 0.25 });
    expect(performance.lift).toMatchObject({
      treated: { customers: 101, converted: 10, revenueMinor: 1_800 },
      control: { customers: 50, converted: 4, revenueMinor: 500, revenuePerCustomerMinor: 10 },
    });
    expect(performance.lift!.treated.revenuePerCustomerMinor).toBeCloseTo(1_800 / 101, 12);
    expect(performance.lift!.absoluteRevenueMinor).toBeCloseTo(1_800 / 101 - 10, 12);
  });

  it('orders hours by time and keeps the holdout out of their totals', () => {
    const { statistics, allocation, hours } = world();
    const performance = campaignPerformance({ allocation, statistics, hours });
    expect(performance.hours.map(({ hourMs }) => hourMs)).toEqual([2 * HOUR_MS, 5 * HOUR_MS]);
    expect(performance.hours[1]!.arms.map(({ armId }) => armId)).toEqual(['a']);
    expect(countsOf(performance.hours[1]!.totals)).toEqual(hours.get(5 * HOUR_MS)!.get('a'));
  });

  it('is plain JSON', () => {
    const performance = campaignPerformance(world());
    expect(JSON.parse(JSON.stringify(performance))).toEqual(performance);
  });
});
