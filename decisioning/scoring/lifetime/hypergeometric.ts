/** A term that adds less than this to the sum ends it: a unit in the last place. */
const TOLERANCE = 1e-16;
/** z up to 0.999 ends within about 40,000 terms; parameters of customers need under 500. */
export const MAX_SERIES_TERMS = 100_000;

/**
 * Gauss's hypergeometric function ₂F₁(a, b; c; z) for c > 0 and 0 ≤ z < 1, by its series; where a + b > c, by Euler's transformation
 * (1 − z)^(c−a−b) ₂F₁(c−a, c−b; c; z), whose terms are the smaller ones (Abramowitz and Stegun, 15.1.1 and 15.3.3). About 1e-13 relative where the
 * terms have one sign.
 *
 * @returns NaN outside, or where the series does not end within {@link MAX_SERIES_TERMS}.
 */
export function hypergeometric(a: number, b: number, c: number, z: number): number {
  if (!(c > 0 && z >= 0 && z < 1)) return Number.NaN;
  if (a + b > c) return (1 - z) ** (c - a - b) * series(c - a, c - b, c, z);
  return series(a, b, c, z);
}

function series(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 0; n < MAX_SERIES_TERMS; n++) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    sum += term;
    if (Math.abs(term) <= TOLERANCE * Math.abs(sum)) return sum;
  }
  return Number.NaN;
}
