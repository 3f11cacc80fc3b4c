import { logGamma } from './gamma.ts';

/** Both expansions converge in fewer steps than this for the degrees of freedom that a handful of groups have. */
const MAX_TERMS = 10_000;
const PRECISION = 1e-14;

/**
 * P(χ² > x) with so many degrees of freedom: the regularised upper incomplete gamma function Q(df/2, x/2), by its series below df/2 + 1 and Lentz's
 * continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31). To 1e-10 relative.
 *
 * @param x not negative.
 * @param df 1 to 1,000.
 */
export function chiSquareTail(x: number, df: number): number {
  if (!(x > 0)) return 1;
  const [a, z] = [df / 2, x / 2];
  const front = Math.exp(a * Math.log(z) - z - logGamma(a));
  return z < a + 1 ? 1 - front * lowerSeries(a, z) : front * upperFraction(a, z);
}

function lowerSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n++) {
    term *= z / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, z: number): number {
  let b = z + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return h;
}
