import { describe, expect, test } from 'vitest';
import { rewardFigures } from '../bandits/rewards/figures.ts';
import { goalFigures, goalName, goalSums, trialOfGoal } from '../bandits/rewards/goal-sums.ts';
import { type RewardSpec, rewardInteger, rewardName, rewardSums, rewardTrialsName } from '../bandits/rewards/reward.ts';
import type { TrialTally } from '../bandits/rewards/tally.ts';
import { testRandom } from '../testing/seeds.ts';
import { goalPerformance } from './goal-performance.ts';
import { meanInterval } from './mean-interval.ts';
import { rewardPerformance } from './reward-performance.ts';

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
});
