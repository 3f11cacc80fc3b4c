import { describe, expect, test } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { driftOf, driftThreshold, firstChange, type RateBucket } from './drift.ts';

const SEED = 20_261;

/** Conversions of `trials` trials at a rate, one by one. */
function conversions(trials: number, rate: number, random: { next(): number }): number {
  let count = 0;
  for (let i = 0; i < trials; i++) if (random.next() < rate) count += 1;
  return count;
}

function buckets(rates: readonly number[], trials: number, random: { next(): number }): RateBucket[] {
  return rates.map((rate, i) => ({ hour: i, trials, conversions: conversions(trials, rate, random) }));
}

/** After how many buckets the first change among some arms is found; undefined when none is. */
function foundAfter(arms: ReadonlyMap<string, readonly RateBucket[]>, perFalseAlarm: number): number | undefined {
  const length = arms.values().next().value?.length ?? 0;
  const upTo = (n: number) => new Map([...arms].map(([id, all]) => [id, all.slice(0, n)] as const));
  if (!driftOf(arms, perFalseAlarm)) return undefined;
  let [low, high] = [1, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (driftOf(upTo(middle), perFalseAlarm)) high = middle;
    else low = middle + 1;
  }
  return low;
}

describe('the threshold', () => {
  test('is the height at which a reflected sum of standard normals less a half has that run length, simulated', () => {
    const random = testRandom(SEED);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    for (const runLength of [50, 400]) {
      const height = driftThreshold(runLength);
      let total = 0;
      const runs = 1_000;
      for (let run = 0; run < runs; run++) {
        for (let sum = 0; sum <= height; total++) sum = Math.max(0, sum + normal() - 0.5);
      }
      // The standard error of a mean of 1,000 nearly exponential times is 3 %; the approximation itself is good to a few.
      expect(total / runs / runLength).toBeGreaterThan(0.88);
      expect(total / runs / runLength).toBeLessThan(1.12);
    }
  });
});

describe('rates that stay', () => {
  test.each([
    { trials: 50, rate: 0.1 },
    { trials: 200, rate: 0.05 },
    { trials: 1_000, rate: 0.3 },
  ])('of four arms, $trials trials a bucket at $rate, give an alarm no oftener than asked for', ({ trials, rate }) => {
    const random = testRandom(SEED + trials);
    const [runs, perFalseAlarm] = [120, 100];
    let [alarms, watched] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const arms = new Map(
        ['a', 'b', 'c', 'd'].map((id) => [id, buckets(Array(perFalseAlarm).fill(rate), trials, random)] as const),
      );
      const after = foundAfter(arms, perFalseAlarm);
      alarms += after === undefined ? 0 : 1;
      watched += after ?? perFalseAlarm;
    }
    // Alarms per bucket watched: 1 / 100 asked for, 25 % room for 120 runs.
    expect(alarms / watched).toBeLessThan(1.25 / perFalseAlarm);
    // A test that never alarms would find nothing either.
    expect(alarms).toBeGreaterThan(runs / 5);
  });

  test('but of which more and more is known from unequal buckets are no change either', () => {
    const random = testRandom(SEED);
    let alarms = 0;
    for (let run = 0; run < 100; run++) {
      const own = Array.from({ length: 100 }, (_, hour) => {
        const trials = 5 + Math.floor(random.next() * 400);
        return { hour, trials, conversions: conversions(trials, 0.08, random) };
      });
      if (driftOf(new Map([['a', own]]), 1_000)) alarms += 1;
    }
    expect(alarms).toBeLessThan(20);
  });
});

describe('a rate that changes by 30 %', () => {
  test.each([
    { from: 0.1, to: 0.07, trials: 1_000, within: 5 },
    { from: 0.1, to: 0.13, trials: 1_000, within: 5 },
    { from: 0.1, to: 0.07, trials: 200, within: 21 },
  ])(
    'from $from to $to at $trials trials a bucket is found within $within buckets in nine of ten runs, and dated',
    ({ from, to, trials, within }) => {
      const random = testRandom(SEED);
      const [runs, before, after] = [100, 60, 60];
      const delays: number[] = [];
      const dates: number[] = [];
      for (let run = 0; run < runs; run++) {
        const steady = buckets(Array(before + after).fill(0.1), trials, random);
        const changing = buckets([...Array(before).fill(from), ...Array(after).fill(to)], trials, random);
        const arms = new Map([
          ['steady', steady],
          ['changing', changing],
        ]);
        const found = foundAfter(arms, 1_000);
        if (found === undefined || found <= before) continue;
        delays.push(found - before);
        dates.push(driftOf(new Map([...arms].map(([id, all]) => [id, all.slice(0, found)])), 1_000)!.sinceHour);
      }
      expect(delays.filter((delay) => delay <= within).length).toBeGreaterThanOrEqual(0.9 * runs);
      dates.sort((a, b) => a - b);
      const median = dates[dates.length >> 1]!;
      expect(Math.abs(median - before)).toBeLessThanOrEqual(2);
    },
  );

  test('is told with the arm, the rates on both sides and how clear it is', () => {
    const steady = Array.from({ length: 40 }, (_, hour) => ({ hour: 24 * hour, trials: 500, conversions: 50 }));
    const fallen = steady.map((bucket, i) => (i < 25 ? bucket : { ...bucket, conversions: 30 }));
    const alarm = driftOf(
      new Map([
        ['a', steady],
        ['b', fallen],
      ]),
      1_000,
    );
    expect(alarm).toMatchObject({ armId: 'b', sinceHour: 24 * 25, rateBefore: 0.1, rateAfter: 0.06 });
    expect(alarm!.score).toBeGreaterThan(alarm!.threshold);
    expect(alarm!.threshold).toBe(driftThreshold(1_000 * 2 * 2));
  });
});

describe('too little to tell', () => {
  test.each([
    ['nothing', []],
    ['one bucket', [{ hour: 0, trials: 100, conversions: 10 }]],
    ['no conversion at all', Array.from({ length: 50 }, (_, hour) => ({ hour, trials: 100, conversions: 0 }))],
    ['nothing but conversions', Array.from({ length: 50 }, (_, hour) => ({ hour, trials: 100, conversions: 100 }))],
    [
      'fewer than five conversions expected',
      Array.from({ length: 50 }, (_, hour) => ({ hour, trials: 1, conversions: hour < 4 ? 1 : 0 })),
    ],
  ])('%s is no change', (_, own) => {
    expect(firstChange('a', own, driftThreshold(10))).toBeNull();
    expect(driftOf(new Map(), 10)).toBeNull();
  });
});
