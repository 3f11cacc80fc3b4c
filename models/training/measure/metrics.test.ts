import { describe, expect, it } from 'vitest';
import { estimate } from './interval.ts';
import { auc, brier, calibrationCurve, calibrationError, logLoss } from './metrics.ts';

const scored = (scores: number[], answers: number[]) => ({
  scores: Float64Array.from(scores),
  answers: Float64Array.from(answers),
});

describe('metrics', () => {
  // Examples of scikit-learn's documentation: roc_auc_score, log_loss and brier_score_loss.
  it('agree with the documented examples of scikit-learn', () => {
    expect(auc(scored([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))).toBe(0.75);
    expect(logLoss(scored([0.9, 0.1, 0.2, 0.65], [1, 0, 0, 1]))).toBeCloseTo(0.21616, 5);
    expect(brier(scored([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]))).toBeCloseTo(0.0375, 10);
  });

  it('AUC counts ties half, and is no number where all answers are the same', () => {
    expect(auc(scored([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]))).toBe(0.5);
    expect(auc(scored([0.1, 0.2], [1, 1]))).toBeNaN();
  });

  it('calibration error weighs the bins by their rows; a score of 1 is in the last bin', () => {
    // Nine rows at .15 with no answer of 1, one at 1 with.
    const rows = scored([...Array<number>(9).fill(0.15), 1], [...Array<number>(9).fill(0), 1]);
    expect(calibrationError(rows)).toBeCloseTo(0.9 * 0.15, 10);
    expect(calibrationCurve(rows).map(({ count }) => count)).toEqual([9, 1]);
  });

  it('intervals hold the value and are the same again with the same seed', () => {
    const rows = scored(
      Array.from({ length: 500 }, (_, i) => (i % 97) / 97),
      Array.from({ length: 500 }, (_, i) => ((i * 7) % 97 > 48 ? 1 : 0)),
    );
    const { value, interval } = estimate(brier, rows, 5);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
    expect(estimate(brier, rows, 5)).toEqual({ value, interval });
  });
});
