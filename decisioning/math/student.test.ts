import { describe, expect, it } from 'vitest';
import { studentCritical } from './student.ts';

describe('studentCritical', () => {
  // Printed t tables, two-sided.
  it.each([
    [0.95, 1, 12.706_204_736],
    [0.95, 5, 2.570_581_836],
    [0.95, 30, 2.042_272_456],
    [0.99, 10, 3.169_272_673],
    [0.5, 2, 0.816_496_581],
  ])('at mass %d with %d degrees of freedom is %d', (mass, degrees, t) => {
    expect(studentCritical(mass, degrees) / t).toBeCloseTo(1, 8);
  });

  it('becomes the normal 1.959964 as evidence grows, without losing digits', () => {
    expect(studentCritical(0.95, 1e7)).toBeCloseTo(1.959_964, 6);
  });

  it('is 0 at mass 0 and NaN outside', () => {
    expect(studentCritical(0, 5)).toBe(0);
    for (const bad of [-0.1, 1, Number.NaN]) expect(studentCritical(bad, 5)).toBeNaN();
    expect(studentCritical(0.95, 0)).toBeNaN();
  });
});
