import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import { type ArmStatistics, addStatistics, emptyStatistics, mergeStatistics } from '../bandits/statistics.ts';
import { fullDesign, normalVariate } from '../testing/factored.ts';
import { type Reweighted, reweighted } from '../testing/reweighted.ts';
import { testRandom } from '../testing/seeds.ts';
import { parameterPerformance } from './parameter-performance.ts';

const design = fullDesign(2, 3);
const armIds = Object.keys(design.arms);
const Z = 1.959963984540054;

const seen = (trials: number, conversions: number) =>
  addStatistics(emptyStatistics, { trials, conversions, exposures: 2 * trials, revenueMinor: 100 * conversions });
type Leaves = Record<string, (arm: number) => ArmStatistics>;
const statisticsOf = (leaves: Leaves) =>
  new Map(Object.entries(leaves).map(([leaf, of]) => [leaf, new Map(armIds.map((id, arm) => [id, of(arm)]))]));
const two: Leaves = {
  mobile: (arm) => seen(300 + 20 * arm, 9 + ((arm * 7) % 5)),
  rest: (arm) => seen(900 - 60 * arm, 55 - 2 * arm),
};

/** Rows of the two leaves' arms: constant, value of each parameter, leaf. */
const rows = [0, 1].flatMap((leaf) =>
  armIds.map((id) => [0, ...design.arms[id]!.map((v, p) => 1 + 3 * p + v), 7 + leaf]),
);
const counts = Object.values(two).flatMap((of) => armIds.map((_, arm) => of(arm)));

/** Σ over rows of their leaf's share of trials × rate, all with one value of a parameter, by effects alone. */
function adjusted(b: readonly number[], parameter: number, value: number): number {
  const trials = [0, 1].map((leaf) => counts.slice(9 * leaf, 9 * leaf + 9).reduce((sum, each) => sum + each.trials, 0));
  return rows.reduce((sum, row, i) => {
    const places = row.with(1 + parameter, 1 + 3 * parameter + value);
    const eta = places.reduce((total, place) => total + b[place]!, 0);
    return sum + trials[Math.floor(i / 9)]! / (trials[0]! + trials[1]!) / 9 / (1 + Math.exp(-eta));
  }, 0);
}

/** Estimate and 95 % interval of a function of the coefficients, differentiated numerically. */
function byDifferences({ mode, covariance }: Reweighted, f: (b: readonly number[]) => number) {
  const step = 1e-5;
  const gradient = Array.from(
    { length: 9 },
    (_, i) => (f(mode.with(i, mode[i]! + step)) - f(mode.with(i, mode[i]! - step))) / (2 * step),
  );
  let variance = 0;
  for (const [i, one] of gradient.entries())
    for (const [j, other] of gradient.entries()) variance += one * other * covariance.get(i, j);
  return [f(mode), f(mode) - Z * Math.sqrt(variance), f(mode) + Z * Math.sqrt(variance)];
}

describe('parameterPerformance', () => {
  it('sums up to the campaign’s totals over the values of every parameter, arms that are gone and the holdout left out', () => {
    const statistics = statisticsOf(two);
    for (const other of ['gone', HOLDOUT_ARM, '*']) statistics.get('rest')!.set(other, seen(1_000, 500));
    const { totals, parameters } = parameterPerformance(design, armIds, statistics);
    const whole = counts.reduce(mergeStatistics, emptyStatistics);
    expect(totals).toMatchObject(whole);
    for (const { values } of parameters)
      expect(values.reduce<ArmStatistics>(mergeStatistics, emptyStatistics)).toEqual(whole);
    expect(parameters.map(({ id, values }) => [id, values.map((value) => value.id)])).toEqual([
      ['p0', ['v0', 'v1', 'v2']],
      ['p1', ['v0', 'v1', 'v2']],
    ]);
    expect(parameters[0]!.values[0]!.trials).toBe(300 + 320 + 340 + 900 + 840 + 780);
  });

  it('agrees with an independent fit in every effect, ratio, rate and interval', () => {
    const oracle = reweighted({ count: 9, rows }, counts);
    const { parameters } = parameterPerformance(design, armIds, statisticsOf(two));
    for (const [p, { values }] of parameters.entries())
      for (const [v, { effect }] of values.entries()) {
        const others = [0, 1, 2].filter((other) => other !== v);
        const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
        const logOdds = byDifferences(oracle, (b) => b[1 + 3 * p + v]! - mean(others.map((o) => b[1 + 3 * p + o]!)));
        const ratio = byDifferences(oracle, (b) =>
          Math.log(adjusted(b, p, v) / mean(others.map((other) => adjusted(b, p, other)))),
        );
        const { logOdds: found, rateRatio, adjustedRate } = effect!;
        const pairs = [found.estimate, found.low, found.high].map((each, i) => each - logOdds[i]!);
        pairs.push(...[rateRatio.estimate, rateRatio.low, rateRatio.high].map((each, i) => Math.log(each) - ratio[i]!));
        pairs.push(adjustedRate - adjusted(oracle.mode, p, v));
        expect(Math.max(...pairs.map(Math.abs))).toBeLessThan(1e-6);
      }
  });

  it('gives P(best) within half a point of draws from that fit', () => {
    const { mode, covariance } = reweighted({ count: 9, rows }, counts);
    const block = covariance.subMatrix(0, 8, 0, 8);
    const symmetric = Matrix.add(block, block.transpose()).mul(0.5);
    const factor = new CholeskyDecomposition(symmetric).lowerTriangularMatrix;
    const random = testRandom(11);
    const wins = [0, 1].map(() => [0, 0, 0]);
    const draws = 100_000;
    for (let draw = 0; draw < draws; draw++) {
      const z = Array.from({ length: 9 }, () => normalVariate(random));
      const b = mode
        .slice(0, 9)
        .map((each, i) => z.slice(0, i + 1).reduce((sum, one, j) => sum + factor.get(i, j) * one, each));
      for (const p of [0, 1]) {
        const own = b.slice(1 + 3 * p, 4 + 3 * p);
        wins[p]![own.indexOf(Math.max(...own))]!++;
      }
    }
    const { parameters } = parameterPerformance(design, armIds, statisticsOf(two));
    for (const [p, { values }] of parameters.entries())
      for (const [v, { pBest }] of values.entries()) expect(Math.abs(pBest - wins[p]![v]! / draws)).toBeLessThan(0.005);
  });

  it('does not credit a value with the leaves or the values it was shown with', () => {
    const rateOf = (arm: number, leaf: number) => (arm % 3 === 0 ? 0.08 : 0.04) * (leaf === 0 ? 2 : 0.5);
    // The first value of p0 was mostly shown in the good leaf, and with the good value of p1.
    const shown = (arm: number, leaf: number) =>
      (arm < 3 === (leaf === 0) ? 9_000 : 300) * (arm < 3 && arm % 3 === 0 ? 5 : 1);
    const leafOf = (leaf: number) => (arm: number) =>
      seen(shown(arm, leaf), Math.round(shown(arm, leaf) * rateOf(arm, leaf)));
    const { parameters } = parameterPerformance(design, armIds, statisticsOf({ good: leafOf(0), rest: leafOf(1) }));
    const [first, second] = parameters[0]!.values;
    expect(first!.rate! / second!.rate!).toBeGreaterThan(2.5);
    expect(first!.effect!.rateRatio.estimate).toBeCloseTo(1, 1);
    expect(Math.abs(parameters[1]!.values[0]!.effect!.rateRatio.estimate - 2)).toBeLessThan(0.15);
  });

  it('holds the truth in 95 of 100 intervals when worlds are as the prior says', () => {
    const random = testRandom(5);
    let held = 0;
    let all = 0;
    for (let world = 0; world < 150; world++) {
      const effects = Array.from({ length: 6 }, () => 0.5 * normalVariate(random));
      const counted = (id: string) => {
        const [one = 0, other = 0] = design.arms[id]!;
        const eta = -2.5 + effects[one]! + effects[3 + other]! + 0.15 * normalVariate(random);
        let conversions = 0;
        for (let i = 0; i < 200; i++) if (random.next() < 1 / (1 + Math.exp(-eta))) conversions++;
        return seen(200, conversions);
      };
      const { parameters } = parameterPerformance(
        design,
        armIds,
        new Map([['rest', new Map(armIds.map((id) => [id, counted(id)]))]]),
      );
      for (const [p, { values }] of parameters.entries())
        for (const [v, { effect }] of values.entries()) {
          const own = effects.slice(3 * p, 3 * p + 3);
          const truth = own[v]! - (own[0]! + own[1]! + own[2]! - own[v]!) / 2;
          all++;
          if (effect!.logOdds.low <= truth && truth <= effect!.logOdds.high) held++;
        }
    }
    // 900 intervals, three of a parameter together: a standard error of about 1 point.
    expect(held / all).toBeGreaterThan(0.92);
    expect(held / all).toBeLessThan(0.98);
  });

  it('has no effects before the first trial, and none of a parameter with one value', () => {
    const fresh = parameterPerformance(design, armIds, new Map());
    for (const { values } of fresh.parameters)
      for (const { effect, pBest, rate } of values) expect([effect, pBest, rate]).toEqual([null, 1 / 3, null]);
    const single: ParameterDesign = {
      parameters: [...design.parameters, { id: 'p2', values: ['only'] }],
      arms: Object.fromEntries(armIds.map((id) => [id, [...design.arms[id]!, 0]])),
    };
    const [only] = parameterPerformance(single, armIds, statisticsOf(two)).parameters[2]!.values;
    expect(only).toMatchObject({ effect: null, pBest: 1 });
  });

  it.each([
    ['no conversion', () => seen(500, 0)],
    ['nothing but conversions', () => seen(500, 500)],
    ['one arm alone', (arm: number) => (arm === 4 ? seen(100, 3) : emptyStatistics)],
  ])('stays finite with %s', (_what, of) => {
    const answer = JSON.stringify(parameterPerformance(design, armIds, statisticsOf({ rest: of })));
    const zero = JSON.stringify(parameterPerformance(design, armIds, statisticsOf(two)));
    // JSON writes null for what is not finite; there are as many nulls as without the hard case, rates of untried values aside.
    const nulls = (text: string) => text.replaceAll('"rate":null', '').split('null').length;
    expect(nulls(answer)).toBe(nulls(zero));
  });
});
