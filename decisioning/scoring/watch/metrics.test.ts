import { describe, expect, test } from 'vitest';
import { addVectors } from '../../bandits/named-sums.ts';
import { seededRandom } from '../../random.ts';
import { scoreMetrics, stabilityIndex } from './metrics.ts';
import {
  conversionScoreSums,
  type KeptScore,
  readScoreSums,
  SCORE_BINS,
  SCORE_SUMS_LENGTH,
  trialScoreSums,
} from './score-sums.ts';

interface Outcome extends KeptScore {
  readonly converted: boolean;
}

const EMPTY: readonly number[] = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
const sumsOf = (outcomes: readonly Outcome[]) =>
  outcomes.reduce((sums, outcome) => {
    const trial = addVectors(sums, trialScoreSums(outcome));
    const conversion = outcome.converted ? conversionScoreSums(outcome) : undefined;
    return conversion ? addVectors(trial, conversion) : trial;
  }, EMPTY);
const metricsOf = (outcomes: readonly Outcome[]) => scoreMetrics(readScoreSums(sumsOf(outcomes)));

/** Scores at the middle of bins, so that binning loses nothing, and outcomes that follow them as far as `trust` says. */
function sample(n: number, seed: string, trust = 1): readonly Outcome[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const score = (Math.floor(random.next() * SCORE_BINS) + 0.5) / SCORE_BINS;
    return { score, missing: false, converted: random.next() < trust * score + (1 - trust) * (1 - score) };
  });
}

describe('scoreMetrics', () => {
  const outcomes = sample(2_000, '0'.repeat(32));
  const metrics = metricsOf(outcomes);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('Brier score and log loss are those of the outcomes themselves, to a millionth each', () => {
    const brier = mean(outcomes.map(({ score = 0, converted }) => (score - Number(converted)) ** 2));
    const loss = mean(outcomes.map(({ score = 0, converted }) => -Math.log(converted ? score : 1 - score)));
    expect(metrics.brier).toBeCloseTo(brier, 6);
    expect(metrics.logLoss).toBeCloseTo(loss, 6);
  });

  test('AUC is that of all pairs, ties by half', () => {
    const scores = (which: boolean) =>
      outcomes.flatMap(({ score = 0, converted }) => (converted === which ? [score] : []));
    const [won, lost] = [scores(true), scores(false)];
    let wins = 0;
    for (const one of won) for (const other of lost) wins += one > other ? 1 : one === other ? 0.5 : 0;
    expect(metrics.auc).toBeCloseTo(wins / (won.length * lost.length), 12);
  });

  test('the standard error of AUC covers what other samples give, about two in three times', () => {
    const others = Array.from({ length: 60 }, (_, i) => metricsOf(sample(500, String(i).padStart(32, '0'))));
    const center = mean(others.map(({ auc }) => auc!));
    const within = others.filter(({ auc, aucError }) => Math.abs(auc! - center) < aucError!).length / others.length;
    expect(within).toBeGreaterThan(0.5);
    expect(within).toBeLessThan(0.85);
  });

  test('calibrated scores have a small ECE and no bias; inverted ones a large ECE and an AUC below a half', () => {
    expect(metrics.ece!).toBeLessThan(0.05);
    expect(Math.abs(metrics.bias!)).toBeLessThan(0.03);
    const inverted = metricsOf(sample(2_000, '1'.repeat(32), 0));
    expect(inverted.ece!).toBeGreaterThan(0.4);
    expect(inverted.auc!).toBeLessThan(0.25);
  });

  test('broken scores and missing inputs are rates of their own, and no outcomes', () => {
    const broken = metricsOf([
      { missing: true, converted: true },
      { score: 0.25, missing: true, converted: false },
      { score: 1, missing: false, converted: true },
      { score: 0, missing: false, converted: false },
    ]);
    expect(broken).toMatchObject({ trials: 4, conversions: 1, brokenRate: 0.25, missingRate: 0.5, auc: 1 });
    expect(broken.brier).toBeCloseTo(0.0625 / 3, 6);
  });

  test('nothing is known of nothing', () => {
    expect(metricsOf([])).toMatchObject({ trials: 0, auc: null, brier: null, ece: null, missingRate: null });
  });

  test('sums are whole numbers, whatever the score', () => {
    for (const score of [0, 1e-9, 1 / 3, 0.9999999, 1])
      expect(sumsOf([{ score, missing: false, converted: true }]).every(Number.isSafeInteger)).toBe(true);
  });
});

test('sound scores are as far from their rates as chance says', () => {
  const many = Array.from({ length: 200 }, (_, i) => metricsOf(sample(400, String(i).padStart(32, '2'))));
  const apart = many.map(({ ece, eceByChance }) => (ece! - eceByChance!.mean) / eceByChance!.deviation);
  expect(Math.abs(apart.reduce((sum, each) => sum + each, 0) / apart.length)).toBeLessThan(0.25);
  expect(apart.filter((each) => Math.abs(each) > 3).length).toBeLessThan(4);
});

describe('stabilityIndex', () => {
  test('is 0 where nothing moved, and the textbook sum where something did', () => {
    expect(stabilityIndex([0.5, 0.5], [10, 10])).toBe(0);
    // (.2 − .5)·ln(.2/.5) + (.8 − .5)·ln(.8/.5)
    expect(stabilityIndex([0.5, 0.5], [2, 8])).toBeCloseTo(0.4158883083359672, 12);
  });

  test('is finite where a bin is empty on either side, and null where nothing was counted', () => {
    expect(stabilityIndex([1, 0], [0, 5])).toBeGreaterThan(10);
    expect(stabilityIndex([1, 0], [0, 0])).toBeNull();
  });
});
