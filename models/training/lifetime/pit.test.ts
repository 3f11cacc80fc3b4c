import { describe, expect, it } from 'vitest';
import { randomFor } from '../random.ts';
import { countTransform, distanceFromUniform, valueTransform } from './pit.ts';

describe('probability integral transforms', () => {
  const shares = Float64Array.of(0.5, 0.3, 0.2);
  const drawn = (u: number) => (u < 0.5 ? 0 : u < 0.8 ? 1 : 2);

  it('are uniform where counts come from the forecast', () => {
    const random = randomFor(1, 'counts');
    const transforms = Array.from({ length: 5_000 }, () => countTransform(shares, drawn(random.next()), random));
    // 1.63/√n is passed by one uniform sample in a hundred.
    expect(distanceFromUniform(transforms)).toBeLessThan(1.63 / Math.sqrt(5_000));
  });

  it('are not where they come from another', () => {
    const random = randomFor(1, 'counts');
    const transforms = Array.from({ length: 5_000 }, () => countTransform(shares, drawn(random.next() ** 2), random));
    expect(distanceFromUniform(transforms)).toBeGreaterThan(0.1);
  });

  it('spread the jump of a value at 0, and nothing else', () => {
    const cdf = (value: number) => (value < 0 ? 0 : Math.min(1, 0.4 + value));
    const random = randomFor(2, 'values');
    expect(valueTransform(cdf, 0.3, random)).toBeCloseTo(0.7, 12);
    for (let i = 0; i < 100; i++) expect(valueTransform(cdf, 0, random)).toBeLessThan(0.4);
  });

  it('lie 0.5 from uniform when all are in the middle, and 0 when there are none', () => {
    expect(distanceFromUniform([0.5, 0.5, 0.5])).toBeCloseTo(0.5, 12);
    expect(distanceFromUniform([])).toBe(0);
  });
});
