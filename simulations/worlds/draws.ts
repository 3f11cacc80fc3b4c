/** Chance in a world: every draw comes from the world's seed and from what it is for, so that contenders meet the same fate. */
import { normalQuantile } from '../../decisioning/math/normal.ts';
import { drawIndex, type Random, seededRandom } from '../../decisioning/random.ts';
import type { AttributeSpec, LogNormalSpec } from './spec.ts';

/** What draws are for; part of their seed, so that one more draw of one kind moves no other. */
export const PURPOSE = { arrivals: 1, person: 2, decision: 3, fate: 4 } as const;

/** Four 32-bit words as 32 hexadecimal digits: a seed of its own for every (seed, purpose, one, other). */
export function seedText(seed: number, purpose: number, one: number, other: number): string {
  return [seed, purpose, one, other].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** A generator for one purpose; `one` and `other` are whole numbers below 2^32. */
export function randomFor(seed: number, purpose: number, one: number, other: number): Random {
  return seededRandom(seedText(seed, purpose, one, other));
}

/** A Poisson variate: as many unit-rate steps as fit (Devroye 1986, X.3), in pieces so that exp never underflows. */
export function poisson(mean: number, random: Random): number {
  let count = 0;
  for (let left = mean; left > 0; left -= POISSON_PIECE) {
    const limit = Math.exp(-Math.min(left, POISSON_PIECE));
    for (let product = random.next(); product > limit; product *= random.next()) count++;
  }
  return count;
}
const POISSON_PIECE = 100;

/**
 * How many of `count` independent tries succeed: by the gaps between successes, or between failures where these are rarer (Devroye 1986, X.4),
 * so that rare events cost few draws.
 */
export function binomial(count: number, share: number, random: Random): number {
  if (share > 0.5) return count - binomial(count, 1 - share, random);
  if (!(share > 0)) return 0;
  const scale = Math.log(1 - share);
  let successes = 0;
  for (let at = gap(scale, random); at < count; at += 1 + gap(scale, random)) successes++;
  return successes;
}

/** Tries before the next success: a geometric variate. */
function gap(scale: number, random: Random): number {
  return Math.floor(Math.log(1 - random.next()) / scale);
}

/** An exponential variate. */
export function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.next());
}

/** A log-normal variate by inversion: one draw, growing with it. */
export function logNormal({ median, spread }: LogNormalSpec, u: number): number {
  return median * Math.exp(spread * normalQuantile(Math.min(Math.max(u, MIN_U), 1 - MIN_U)));
}
/** Keeps quantiles finite: a draw of exactly 0 exists. */
const MIN_U = 2 ** -53;

/** Mean of a log-normal: median · exp(spread² / 2). */
export function logNormalMean({ median, spread }: LogNormalSpec): number {
  return median * Math.exp(spread ** 2 / 2);
}

/** A customer's value of an attribute. */
export type AttributeValue = string | number | boolean | readonly string[];

/** The value of an attribute for one customer. */
export function drawAttribute(spec: AttributeSpec, random: Random): AttributeValue {
  if (spec.kind === 'list') return spec.values.flatMap(([value, share]) => (random.next() < share ? [value] : []));
  const u = random.next();
  switch (spec.kind) {
    case 'choices': {
      const total = spec.values.reduce((sum, [, weight]) => sum + weight, 0);
      const shares = spec.values.map(([, weight]) => weight / total);
      return spec.values[drawIndex(shares, u)]![0];
    }
    case 'normal': {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
      const value = spec.mean + spec.sd * normalQuantile(Math.min(Math.max(u, MIN_U), 1 - MIN_U));
      return Math.min(Math.max(value, min), max);
    }
    case 'uniform': {
      const whole = Number.isInteger(spec.min) && Number.isInteger(spec.max);
      return whole ? spec.min + Math.floor(u * (spec.max - spec.min + 1)) : spec.min + u * (spec.max - spec.min);
    }
    case 'histogram':
      return histogramQuantile(spec, u);
    case 'chance':
      return u < spec.share;
  }
}

/** The quantile of a histogram: one draw, growing with it. */
export function histogramQuantile(
  { edges, shares, min, max }: Extract<AttributeSpec, { kind: 'histogram' }>,
  u: number,
): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let left = u * total;
  let bin = 0;
  while (bin < shares.length - 1 && left >= shares[bin]!) left -= shares[bin++]!;
  const [low, high] = [edges[bin - 1] ?? min, edges[bin] ?? max];
  return low + (high - low) * Math.min(1, left / shares[bin]!);
}
