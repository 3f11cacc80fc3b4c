/** How many orders come, as a distribution: what forecasts are checked against besides their mean. */
import { logBeta, logGamma } from '../../math/gamma.ts';
import { aliveProbability, type BgNbd, type OrderHistory, withHistory } from './bg-nbd.ts';

/**
 * P(n orders after the first within `time`) for n = 0 … `largest`; the paper's equation 8. Sums to 1 as `largest` grows.
 *
 * @param time above 0, in the model's unit
 */
export function orderCounts({ r, alpha, a, b }: BgNbd, time: number, largest: number): Float64Array {
  const logMissed = Math.log(alpha / (alpha + time));
  const logHit = Math.log(time / (alpha + time));
  const logStaying = logBeta(a, b);
  const counts = new Float64Array(largest + 1);
  // P(n orders within the time | never stops), a negative binomial, and the sum of those below n.
  let below = 0;
  for (let n = 0; n <= largest; n++) {
    const steady = Math.exp(logGamma(r + n) - logGamma(r) - logGamma(n + 1) + r * logMissed + n * logHit);
    const goesOn = Math.exp(logBeta(a, b + n) - logStaying) * steady;
    // Whoever stops with the n-th order had time for n or more.
    const stops = n === 0 ? 0 : Math.exp(logBeta(a + 1, b + n - 1) - logStaying) * Math.max(0, 1 - below);
    counts[n] = goesOn + stops;
    below += steady;
  }
  return counts;
}

/** P(n orders within the next `time` | history) for n = 0 … `largest`. */
export function nextOrderCounts(model: BgNbd, history: OrderHistory, time: number, largest: number): Float64Array {
  const alive = aliveProbability(model, history);
  const counts = orderCounts(withHistory(model, history), time, largest).map((share) => alive * share);
  counts[0] = counts[0]! + 1 - alive;
  return counts;
}
