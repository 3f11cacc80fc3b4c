/** A bandit's choice and a model's over simulated customers: who is trusted, and who is not. */
import { describe, expect, test } from 'vitest';
import { addVectors } from '../../bandits/named-sums.ts';
import { seededRandom } from '../../random.ts';
import {
  ARM_SUMS_LENGTH,
  armSumsOfConversion,
  armSumsOfTrial,
  armWeight,
  modelLessBandit,
  readArmSums,
} from './arm-sums.ts';
import { MIN_CONFIDENCE_CONVERSIONS, MIN_CONFIDENCE_TRIALS, modelConfidence } from './confidence.ts';

interface World {
  /** P(conversion) of a customer, in [0, 1), who is shown an arm. */
  readonly rate: (customer: number, arm: number) => number;
  readonly scores: (customer: number, noise: () => number) => readonly number[];
  /** P(arm) as the campaign draws it. */
  readonly probabilities?: (customer: number) => readonly number[];
}

/** What came of `n` customers; the first arm leads in the leaf. */
function sumsOf(n: number, seed: number, { rate, scores, probabilities = () => [0.7, 0.3] }: World) {
  const random = seededRandom(String(seed).padStart(32, '0'));
  const noise = () => random.next();
  let sums: readonly number[] = new Array<number>(ARM_SUMS_LENGTH).fill(0);
  for (let i = 0; i < n; i += 1) {
    const customer = random.next();
    const less = modelLessBandit(scores(customer, noise), [0.75, 0.25]);
    const drawn = probabilities(customer);
    const shown = random.next() < drawn[0]! ? 0 : 1;
    const converts = random.next() < rate(customer, shown);
    const weight = less && armWeight(less, drawn, shown);
    if (weight === undefined) continue;
    sums = addVectors(sums, armSumsOfTrial(weight));
    if (converts) sums = addVectors(sums, armSumsOfConversion(weight));
  }
  return sums;
}

/** Some buy and some do not, whatever they are shown. */
const buyers = (customer: number) => (customer < 0.5 ? 0.02 : 0.3);
/** Each half of the customers likes another arm better. */
const tastes = (customer: number, arm: number) => (customer < 0.5 === (arm === 0) ? 0.03 : 0.015);

describe('confidence in a model', () => {
  test('that knows customers and not arms stays near nothing, however well it tells who buys', () => {
    const noisy: World = { rate: buyers, scores: (c, noise) => [buyers(c) + noise() / 100, buyers(c) + noise() / 100] };
    const told = Array.from({ length: 100 }, (_, seed) => modelConfidence(sumsOf(4_000, seed, noisy))!);
    expect(told.toSorted((a, b) => a - b)[50]).toBeLessThan(0.01);
    expect(told.filter((confidence) => confidence > 0.5)).toEqual([]);
    // Whose scores are the same for all arms says nothing at all.
    const alike: World = { rate: buyers, scores: (c) => [buyers(c), buyers(c)] };
    expect(
      Math.max(...Array.from({ length: 20 }, (_, i) => modelConfidence(sumsOf(4_000, i, alike)) ?? 0)),
    ).toBeLessThan(0.5);
  });

  test('is not raised by buyers who are shown its arm more often than others', () => {
    // Buyers have a wide spread of scores and are nearly always shown the model's arm: AUC of the shown arm's score would be far above a half.
    const chased: World = {
      rate: buyers,
      scores: (c) => [0.1, 0.1 + buyers(c)],
      probabilities: (c) => (c < 0.5 ? [0.7, 0.3] : [0.05, 0.95]),
    };
    const told = Array.from({ length: 40 }, (_, seed) => modelConfidence(sumsOf(4_000, seed, chased))!);
    expect(told.filter((confidence) => confidence > 0.5)).toEqual([]);
  });

  test('that knows whom which arm suits grows towards 1, be its scores of another site’s scale and one in a hundred', () => {
    const right: World = { rate: tastes, scores: (c) => (c < 0.5 ? [0.0136, 0.0131] : [0.0131, 0.0136]) };
    const [some, many] = [sumsOf(4_000, 1, right), sumsOf(60_000, 1, right)].map((sums) => modelConfidence(sums)!);
    expect(some).toBeLessThan(many!);
    expect(many).toBeGreaterThan(0.99);
    expect(readArmSums(sumsOf(60_000, 1, right)).gain).toBeCloseTo(0.015, 2);
  });

  test('that prefers the worse arm is nothing', () => {
    const wrong: World = { rate: tastes, scores: (c) => (c < 0.5 ? [0.1, 0.2] : [0.2, 0.1]) };
    expect(modelConfidence(sumsOf(8_000, 1, wrong))).toBeLessThan(0.001);
    const worse: World = { rate: (_, arm) => (arm === 0 ? 0.2 : 0.1), scores: () => [0.1, 0.2] };
    expect(modelConfidence(sumsOf(8_000, 1, worse))).toBeLessThan(0.001);
  });

  test('is not told of too few trials, nor of too few conversions', () => {
    const all = (n: number, converted: number) => [n, converted, 0, n * 4_000, 0, converted * 4_000];
    const [n, c] = [MIN_CONFIDENCE_TRIALS, MIN_CONFIDENCE_CONVERSIONS];
    expect([all(n - 1, c), all(n, c - 1), all(n, n - c + 1)].map(modelConfidence)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(modelConfidence(all(n, c))).toBeLessThan(0.01);
  });
});

describe('the weight of a trial', () => {
  test('is the difference of both choices by the probability of what was shown, none where both are one', () => {
    const less = modelLessBandit([0.1, 0.3, 0.3], [0.2, 0.5, 0.3])!;
    expect(less).toEqual([0, -0.5, 0.5]);
    expect([0, 1, 2].map((shown) => armWeight(less, [0.5, 0.25, 0.25], shown))).toEqual([0, -2, 2]);
    expect(modelLessBandit([0.1, 0.3], [0.2, 0.8])).toBeUndefined();
  });

  test('is none where one of both arms is shown to nobody, whichever was shown', () => {
    const less = modelLessBandit([0.1, 0.3], [0.8, 0.2])!;
    expect([0, 1].map((shown) => armWeight(less, [1, 0], shown))).toEqual([undefined, undefined]);
  });
});
