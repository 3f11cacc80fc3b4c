import { expect, test } from 'vitest';
import { addVectors } from '../../bandits/named-sums.ts';
import { MIN_CONFIDENCE_TRIALS, modelConfidence } from './confidence.ts';
import { conversionScoreSums, readScoreSums, trialScoreSums } from './score-sums.ts';

/** `n` trials, half of them scored .925, which convert at `high`, the others .075, at `low`. */
function totals(n: number, high: number, low: number) {
  const sums = Array.from({ length: n }, (_, i) => {
    const score = i % 2 === 0 ? 0.925 : 0.075;
    const converts = (Math.floor(i / 2) % 40) / 40 < (i % 2 === 0 ? high : low);
    const kept = { score, missing: false };
    return converts ? addVectors(trialScoreSums(kept), conversionScoreSums(kept)!) : trialScoreSums(kept);
  });
  return readScoreSums(sums.reduce(addVectors));
}

test('grows with evidence towards the AUC of scores that are right', () => {
  const [some, many] = [modelConfidence(totals(400, 0.925, 0.075)), modelConfidence(totals(40_000, 0.925, 0.075))];
  expect(some).toBeLessThan(many!);
  expect(many).toBeCloseTo(0.925, 2);
});

test('is below a half for a coin, and far below where the scores promise what does not come', () => {
  expect(modelConfidence(totals(4_000, 0.5, 0.5))).toBeLessThan(0.5);
  expect(modelConfidence(totals(4_000, 0.2, 0))).toBeLessThan(modelConfidence(totals(4_000, 0.925, 0.075))! - 0.2);
});

test('is not told of too few trials, nor of one kind of outcome', () => {
  expect(modelConfidence(totals(MIN_CONFIDENCE_TRIALS - 2, 0.9, 0.1))).toBeUndefined();
  expect(modelConfidence(totals(MIN_CONFIDENCE_TRIALS, 0, 0))).toBeUndefined();
});
