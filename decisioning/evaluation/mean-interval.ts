import { studentCritical } from '../math/student.ts';
import { DEFAULT_MASS, type Interval } from './interval.ts';

/** Sums of doubles differ from the true ones by less than this share. */
const ROUNDING = 1e-9;

/**
 * Student's interval of a mean from sums: mean ± t·s/√n.
 *
 * @param mass the interval's confidence, in (0, 1).
 * @returns null for fewer than two values, whose spread is unknown, and for squares that no such values have: sums that were held at a bound.
 */
export function meanInterval(n: number, sum: number, squares: number, mass = DEFAULT_MASS): Interval | null {
  if (n < 2) return null;
  const mean = sum / n;
  if (squares < sum * mean * (1 - ROUNDING)) return null;
  // Rounding may leave the difference of two large sums a little below 0.
  const variance = Math.max(squares - sum * mean, 0) / (n - 1);
  const half = studentCritical(mass, n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half };
}
