import { describe, expect, test } from 'vitest';
import { rewardFigures } from '../bandits/rewards/figures.ts';
import { goalFigures, goalName, goalSums, trialOfGoal } from '../bandits/rewards/goal-sums.ts';
import { type RewardSpec, rewardInteger, rewardName, rewardSums, rewardTrialsName } from '../bandits/rewards/reward.ts';
import type { TrialTally } from '../bandits/rewards/tally.ts';
import { testRandom } from '../testing/seeds.ts';
import { goalPerformance } from './goal-performance.ts';
import { meanInterval } from './mean-interval.ts';
import { rewardOfArms, rewardPerformance } from './reward-performance.ts';

const add = (a: readonly number[], b: readonly number[]) => b.map((value, i) => value + (a[i] ?? 0));

const read = (sums: readonly number[] | undefined) => goalFigures(sums && { [goalName('dwell')]: sums }, 'dwell');
/** The sums of a goal that some of so many trials reached, once each. */
const sumsOver = (values: readonly number[], trials: number) =>
  values.reduce<readonly number[]>(
    (sum, value) => add(sum, goalSums({ count: 1, value })),
    trialOfGoal.map((each) => trials * each),
  );

describe('sums of a goal', () => {
  test('hold the square of a value in two parts, exactly', () => {
    for (const value of [0, 1, -7, 4_096, 60_000, 12_345_678, -987_654_321]) {
      const [reached, sum, high, low] = goalSums({ count: 1, value });
      expect([reached, sum]).toEqual([1, value]);
      expect(BigInt(high) * 16_777_216n + BigInt(low)).toBe(BigInt(value) ** 2n);
    }
    expect(goalSums(undefined)).toEqual([0, 0, 0, 0, 0]);
  });

  test('stay whole numbers for the largest values there are, over a million trials', () => {
    const [, value, high, low] = goalSums({ count: 1, value: 1e11 });
    for (const part of [value, high, low]) expect(Number.isSafeInteger(part)).toBe(true);
    const typical = goalSums({ count: 1, value: 1_000_000 });
    for (const part of typical) expect(Number.isSafeInteger(part * 10 ** 8)).toBe(true);
    expect(read(undefined)).toEqual({ trials: 0, reached: 0, value: 0, squares: 0 });
  });

  test('tell no square where one was too large to be known: the interval is missing, not narrow', () => {
    const told = (values: readonly number[], trials: number) => goalPerformance(read(sumsOver(values, trials)));
    for (const values of [[1e12], [3e11, 3e11, 3e11], new Array<number>(40).fill(1e11)])
      expect(told([...values, 5, 7], 10_000)).toMatchObject({ trials: 10_000, valueInterval: null });
    expect(told([1e11, 5, 7], 10_000).valueInterval!.high).toBeGreaterThan(2e7);
  });

  test('count the trials from when the goal was counted, and ignore those of a kind that did not', () => {
    const name = goalName('dwell');
    const sums = { [name]: [700, 1, 1, 1], [`${name}#5`]: [2, 30, 0, 500, 8] };
    expect(goalFigures(sums, 'dwell')).toEqual({ trials: 8, reached: 2, value: 30, squares: 500 });
    expect(goalFigures({ [name]: [700, 1, 1, 1] }, 'dwell').trials).toBe(0);
    expect(goalFigures({}, 'constructor').trials).toBe(0);
  });
});

describe('figures of a goal', () => {
  test('are those of the values themselves, over all trials of the block', () => {
    const values = [3_000, 12_000, 0, 500];
    const { rate, valuePerTrial, value, reached, valueInterval } = goalPerformance(read(sumsOver(values, 10)));
    expect({ rate, valuePerTrial, value, reached }).toEqual({
      rate: 0.4,
      valuePerTrial: 1_550,
      value: 15_500,
      reached: 4,
    });
    const all = [...values, ...new Array<number>(6).fill(0)];
    const variance = all.reduce((sum, each) => sum + (each - 1_550) ** 2, 0) / 9;
    // t of .975 with 9 degrees of freedom, from a printed table.
    expect(valueInterval!.high - 1_550).toBeCloseTo(2.262_157 * Math.sqrt(variance / 10), 1);
    expect(valueInterval!.low).toBeCloseTo(2 * 1_550 - valueInterval!.high, 9);
  });

  test('say nothing that nobody knows: no rate without a trial, no interval of the value with one', () => {
    expect(goalPerformance(read(undefined))).toMatchObject({
      rate: null,
      valuePerTrial: null,
      valueInterval: null,
    });
    expect(goalPerformance(read(sumsOver([5], 1)))).toMatchObject({
      rate: 1,
      valuePerTrial: 5,
      valueInterval: null,
    });
    expect(meanInterval(3, 6, 12)).toEqual({ low: 2, high: 2 });
    // No three values have these sums.
    expect(meanInterval(3, 6, 11)).toBeNull();
  });
});

describe('figures of a reward', () => {
  /** Sums over trials, as crediting sends them. */
  function figuresOver(spec: RewardSpec, tallies: readonly TrialTally[]) {
    const name = rewardName(spec)!;
    let sums: readonly number[] = [];
    for (const tally of tallies) sums = add(sums, rewardSums(rewardInteger(spec, 'purchase', tally)));
    return rewardFigures(spec, undefined, { [name]: sums, [rewardTrialsName(spec)!]: [tallies.length] }, true);
  }

  test('of a count and of a composite are the mean per trial, below 0 where what is unwanted prevails', () => {
    const count = figuresOver({ kind: 'count', max: 3 }, [{ purchase: { count: 5, value: 0 } }, {}, {}, {}]);
    expect(rewardPerformance({ kind: 'count', max: 3 }, count)).toMatchObject({ trials: 4, rewarded: 1, mean: 0.75 });
    const composite: RewardSpec = { kind: 'composite', weights: { click: 0.5, unsubscribe: -4 } };
    const sums = figuresOver(composite, [{ click: { count: 1, value: 0 } }, { unsubscribe: { count: 1, value: 0 } }]);
    const { mean, interval } = rewardPerformance(composite, sums);
    expect(mean).toBe(-1.75);
    expect(interval!.low).toBeLessThan(-1.75);
  });

  test('of revenue cover the true mean per trial of log-normal orders in 93 to 97 of 100 samples', () => {
    const spec: RewardSpec = { kind: 'revenue', maxMinor: 1e11 };
    const random = testRandom(41);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const [theta, mu, sigma] = [0.2, 8, 0.8];
    const truth = theta * Math.exp(mu + sigma ** 2 / 2);
    let covered = 0;
    const samples = 1_000;
    for (let sample = 0; sample < samples; sample += 1) {
      const tallies = Array.from({ length: 400 }, (): TrialTally => {
        if (random.next() >= theta) return {};
        return { purchase: { count: 1, value: Math.round(Math.exp(mu + sigma * normal())) } };
      });
      const { interval } = rewardPerformance(spec, figuresOver(spec, tallies));
      if (interval!.low <= truth && truth <= interval!.high) covered += 1;
    }
    expect(covered / samples).toBeGreaterThan(0.93);
    expect(covered / samples).toBeLessThan(0.97);
  });

  test('without a trial, and of revenue without a second order, have no interval', () => {
    const spec: RewardSpec = { kind: 'revenue', maxMinor: 1_000 };
    expect(rewardPerformance(spec, figuresOver(spec, []))).toMatchObject({ mean: null, interval: null });
    expect(rewardPerformance(spec, figuresOver(spec, [{}, {}]))).toMatchObject({ mean: 0, interval: null });
    const one = rewardPerformance(spec, figuresOver(spec, [{ purchase: { count: 1, value: 500 } }, {}]));
    expect(one.mean).toBeCloseTo(250, 0);
    expect(one.interval).toBeNull();
  });

  const orders = (values: readonly number[], trials: number): TrialTally[] =>
    Array.from({ length: trials }, (_, i) => (i < values.length ? { purchase: { count: 1, value: values[i]! } } : {}));

  test('of revenue never pass what trials can be worth, however wild the values', () => {
    for (const maxMinor of [1_000, 100_000, 1e11]) {
      const spec: RewardSpec = { kind: 'revenue', maxMinor };
      const wild = Array.from({ length: 24 }, (_, i) => (i % 4 === 0 ? maxMinor : 1));
      for (const trials of [24, 48, 4_800]) {
        const figures = figuresOver(spec, orders(wild, trials));
        for (const { mean, interval } of [rewardPerformance(spec, figures), rewardOfArms(spec, [figures, figures])]) {
          const most = (24 / trials) * maxMinor;
          expect(mean).toBeLessThanOrEqual(most * (1 + 1e-12));
          expect(interval!.low).toBeLessThanOrEqual(mean! * (1 + 1e-12));
          expect(interval!.high).toBeGreaterThanOrEqual(mean! * (1 - 1e-12));
          // The share of trials with an order is unknown, too: 24 of many are at most 36 next time, with 95 %.
          expect(interval!.high).toBeLessThanOrEqual(Math.min(1.5 * most, maxMinor));
        }
      }
    }
  });

  test('of revenue over arms are those of the arms, weighted by trials; one arm alone is itself', () => {
    const spec: RewardSpec = { kind: 'revenue', maxMinor: 1e7 };
    const cheap = figuresOver(spec, orders([90, 100, 110, 105, 95, 100], 60));
    const dear = figuresOver(spec, orders([90_000, 100_000, 110_000, 105_000], 20));
    const [a, b] = [cheap, dear].map((own) => rewardPerformance(spec, own).mean!);
    const both = rewardOfArms(spec, [cheap, dear]);
    expect(both).toMatchObject({ trials: 80, rewarded: 10 });
    expect(both.mean).toBeCloseTo((60 * a! + 20 * b!) / 80, 6);
    // The orders came to 405,600 over 80 trials.
    expect(Math.abs(both.mean! / (405_600 / 80) - 1)).toBeLessThan(0.01);
    expect(both.interval!.low).toBeLessThan(both.mean!);
    expect(both.interval!.high).toBeGreaterThan(both.mean!);
    const untried = figuresOver(spec, []);
    expect(rewardOfArms(spec, [dear, untried])).toEqual(rewardPerformance(spec, dear));
    expect(rewardOfArms(spec, [untried, untried])).toMatchObject({ trials: 0, mean: null, interval: null });
    const none = figuresOver(spec, orders([], 5));
    expect(rewardOfArms(spec, [none, none])).toMatchObject({ trials: 10, mean: 0, interval: null });
  });

  test('of revenue over two arms cover the true mean in 92 to 98 of 100 samples', () => {
    const spec: RewardSpec = { kind: 'revenue', maxMinor: 1e11 };
    const random = testRandom(43);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const sigma = 0.8;
    const arms = [
      { theta: 0.2, mu: 8 },
      { theta: 0.3, mu: 6 },
    ];
    const truth = arms.reduce((sum, { theta, mu }) => sum + (theta * Math.exp(mu + sigma ** 2 / 2)) / 2, 0);
    let covered = 0;
    const samples = 500;
    for (let sample = 0; sample < samples; sample += 1) {
      const figures = arms.map(({ theta, mu }) =>
        figuresOver(
          spec,
          Array.from({ length: 300 }, (): TrialTally => {
            if (random.next() >= theta) return {};
            return { purchase: { count: 1, value: Math.round(Math.exp(mu + sigma * normal())) } };
          }),
        ),
      );
      const { interval } = rewardOfArms(spec, figures);
      if (interval!.low <= truth && truth <= interval!.high) covered += 1;
    }
    expect(covered / samples).toBeGreaterThan(0.92);
    expect(covered / samples).toBeLessThan(0.98);
  });
});
