import { betaTails, logKernel } from './beta.ts';

/** Newton's steps on the logarithm of a tail take under 20; halving the bracket from 745 to one unit in the last place takes 63. */
const MAX_STEPS = 100;
/** ln of the smallest positive double: a quantile below it is zero. */
const LOG_SMALLEST = -745;
const STEP_TOLERANCE = 1e-15;

/**
 * The quantile of Beta(a, b): the x with P(X ≤ x) = p, to 1e-11 relative to the nearer end of [0, 1] for a, b from 1e-3 to 1e8.
 *
 * @param p from 0 to 1; near 1 the answer is as exact as 1 − p is.
 * @returns a number in [0, 1], 0 where the quantile is below the smallest double; NaN for p outside [0, 1] or bad parameters.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  // The end the quantile is near decides the variable, since digits are densest there.
  if (betaTails(0.5, a, b).lower >= p) return smallQuantile(p, 1 - p, a, b);
  return 1 - smallQuantile(1 - p, p, b, a);
}

/**
 * Solves P(X ≤ x) = p for x ≤ ½ in u = ln x: safeguarded Newton on the logarithm of the smaller tail, which is concave in u and nearly
 * straight far out, so that it converges from any start.
 */
function smallQuantile(p: number, q: number, a: number, b: number): number {
  let low = LOG_SMALLEST;
  let high = Math.log(0.5);
  const onLower = p <= q;
  const target = Math.log(onLower ? p : q);
  if (betaTails(Math.exp(low), a, b).lower >= p) return 0;
  let u = Math.min(Math.max(Math.log(a / (a + b)), low), high);
  for (let step = 0; step < MAX_STEPS; step++) {
    const x = Math.exp(u);
    const tails = betaTails(x, a, b);
    const tail = onLower ? tails.lower : tails.upper;
    const gap = onLower ? Math.log(tail) - target : target - Math.log(tail);
    if (gap === 0) return x;
    if (gap > 0) high = u;
    else low = u;
    const slope = Math.exp(logKernel(x, 1 - x, a, b)) / (1 - x) / tail;
    const newton = u - gap / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - u) <= STEP_TOLERANCE * Math.max(1, Math.abs(u))) return Math.exp(next);
    u = next;
  }
  return Math.exp(u);
}
