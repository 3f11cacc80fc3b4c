import { describe, expect, it } from 'vitest';
import { logLoss } from '../measure/metrics.ts';
import { sigmoid } from '../predictor.ts';
import { normal, randomFor } from '../random.ts';
import { madeUp } from '../testing/made.ts';
import { sumOfTrees } from '../trees/tree.ts';
import { fitBoosting } from './boosting.ts';

/** y = x, with noise that grows with x; x uniform on 0 … 1. */
function cone(count: number, seed: number) {
  const random = randomFor(seed, 'cone');
  const values = new Float64Array(count).map(() => Math.fround(random.next()));
  return { rows: { values, width: 1 }, answers: values.map((x) => x + 0.5 * x * normal(random)) };
}

describe('gradient boosting', () => {
  it('one round of depth 1 and rate 1 is the best split, with the means of its sides', () => {
    const rows = { values: Float64Array.of(1, 2, 3, 10, 11, 12), width: 1 };
    const answers = Float64Array.of(0, 0, 3, 8, 8, 11);
    const model = fitBoosting(rows, answers, { loss: 'squared', rounds: 1, depth: 1, learningRate: 1, l2: 0 });
    expect(model.trees[0]!.threshold[0]).toBe(6.5);
    expect(model.predict([3])).toBeCloseTo(1, 6);
    expect(model.predict([6.6])).toBeCloseTo(9, 6);
    expect([...model.trees[0]!.cover]).toEqual([6, 3, 3]);
  });

  it('sends missing values to the side where they belong', () => {
    const x = Float64Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? Number.NaN : i % 3 === 1 ? 1 : 2));
    const answers = x.map((value) => (value === 2 ? 0 : 5));
    const model = fitBoosting({ values: x, width: 1 }, answers, { loss: 'squared', rounds: 60, depth: 1 });
    expect(model.predict([Number.NaN])).toBeCloseTo(5, 1);
    expect(model.predict([2])).toBeCloseTo(0, 1);
  });

  it('quantiles hold what they say: 10 % below the lower, 10 % above the upper, in rows not seen', () => {
    const [made, fresh] = [cone(4_000, 1), cone(4_000, 2)];
    for (const level of [0.1, 0.9]) {
      const model = fitBoosting(made.rows, made.answers, {
        loss: 'quantile',
        level,
        rounds: 120,
        depth: 3,
        minWeight: 30,
      });
      const below = fresh.answers.filter((y, i) => y <= model.predict(fresh.rows.values, i)).length / 4_000;
      expect(Math.abs(below - level)).toBeLessThan(0.02);
    }
  });

  it('counts: the mean prediction is the mean count', () => {
    const { rows, answers } = madeUp(2_000, 4);
    const counts = answers.map((y, i) => y * (1 + (i % 3)));
    const model = fitBoosting(rows, counts, { loss: 'poisson', rounds: 60, depth: 3 });
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(counts.map((_, i) => model.predict(rows.values, i * 4)))).toBeCloseTo(mean(counts), 1);
  });

  it('stops when held rows no longer improve, and keeps the best rounds', () => {
    const [made, held] = [madeUp(300, 6), madeUp(300, 6, { seed: 9 })];
    const settings = { rounds: 400, depth: 5, minWeight: 0.1, learningRate: 0.3 };
    const validation = { rows: held.rows, answers: held.answers };
    const { trees } = fitBoosting(made.rows, made.answers, { ...settings, validation, patience: 10 });
    expect(trees.length).toBeGreaterThan(2);
    expect(trees.length).toBeLessThan(60);
    const later = fitBoosting(made.rows, made.answers, { ...settings, rounds: trees.length + 10 });
    expect(later.trees.slice(0, trees.length)).toEqual(trees);
    const lossAfter = (rounds: number) => {
      const raw = (i: number) => later.base + sumOfTrees(later.trees.slice(0, rounds), held.rows.values, i * 6);
      const scores = held.answers.map((_, i) => sigmoid(raw(i)));
      return logLoss({ scores, answers: held.answers });
    };
    const losses = Array.from({ length: later.trees.length + 1 }, (_, rounds) => lossAfter(rounds));
    expect(losses.indexOf(Math.min(...losses))).toBe(trees.length);
  });

  it('refuses a quantile without a level between 0 and 1', () => {
    const { rows, answers } = madeUp(10, 3);
    expect(() => fitBoosting(rows, answers, { loss: 'quantile', level: 1 })).toThrow('level 1');
  });
});
