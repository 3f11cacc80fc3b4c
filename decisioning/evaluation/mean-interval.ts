import { studentCritical } from '../math/student.ts';
import { DEFAULT_MASS, type Interval } from './interval.ts';

/**
 * Student's interval of a mean from sums: mean ± t·s/√n.
 *
 * @param mass the interval's confidence, in (0, 1).
 * @returns null for fewer than two values, whose spread is unknown.
 */
export function meanInterval(n: number, sum: number, squares: number, mass = DEFAULT_MASS): Interval | null {
  if (n < 2) return null;
  const mean = sum / n;
  // Rounding may leave the difference of two large sums a little below 0.
  const variance = Math.max(squares - sum * mean, 0) / (n - 1);
  const half = studentCritical(mass, n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half };
}
