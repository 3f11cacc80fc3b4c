import type { Interval } from './interval.ts';

/**
 * Wilson's score interval of a proportion (JASA 22, 1927): never leaves [0, 1] and covers at small counts too.
 *
 * @param z normal quantile of the confidence, 1.96 for 95 %
 * @param n trials, at least 1
 * @param converted of them, 0 to n
 */
export function wilsonInterval(converted: number, n: number, z: number): Interval {
  const centre = 2 * converted + z * z;
  const spread = z * Math.sqrt(z * z + (4 * converted * (n - converted)) / n);
  const scale = 2 * (n + z * z);
  return { low: (centre - spread) / scale, high: (centre + spread) / scale };
}
