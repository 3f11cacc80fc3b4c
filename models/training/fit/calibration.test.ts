import { describe, expect, it } from 'vitest';
import { sigmoid } from '../predictor.ts';
import { randomFor } from '../random.ts';
import { fitIsotonic, fitPlatt } from './calibration.ts';

/** Log-odds that say twice too much, and 1 too much besides. */
function boastful(count: number) {
  const random = randomFor(3, 'boastful');
  const truth = Float64Array.from({ length: count }, () => 4 * random.next() - 2);
  return { raw: truth.map((z) => 2 * z + 1), answers: truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0)) };
}

describe('calibration', () => {
  it('by a line finds slope and shift', () => {
    const { raw, answers } = boastful(20_000);
    const { apply } = fitPlatt(raw, answers);
    expect(apply(1)).toBeCloseTo(0, 1);
    expect(apply(3) - apply(1)).toBeCloseTo(1, 1);
  });

  it('by steps never falls, and gives each pool its rate', () => {
    const raw = Float64Array.of(1, 2, 3, 4, 5, 6);
    const { apply } = fitIsotonic(raw, Float64Array.of(0, 1, 0, 1, 1, 1));
    expect(sigmoid(apply(2))).toBeCloseTo(0.5, 6);
    expect(sigmoid(apply(3))).toBeCloseTo(0.5, 6);
    expect(sigmoid(apply(6))).toBeCloseTo(1 - 0.5 / 7, 6);
    const curve = Float64Array.from({ length: 80 }, (_, i) => apply(i / 10));
    expect(curve.every((value, i) => i === 0 || value >= curve[i - 1]!)).toBe(true);
  });

  it('by steps gives equal scores one probability', () => {
    const { apply } = fitIsotonic(Float64Array.of(1, 1, 1, 2), Float64Array.of(0, 0, 1, 1));
    expect(sigmoid(apply(1))).toBeCloseTo(1 / 3, 6);
    expect(sigmoid(apply(2))).toBeCloseTo(1 - 0.5 / 5, 6);
  });
});
