/** How many customers there are, told from the few whose names fall below a threshold. */
import type { Estimate } from '../evaluation/interval.ts';
import { DEFAULT_MASS } from '../evaluation/interval.ts';
import { normalQuantile } from '../math/normal.ts';

/** Ranks go from 0 to this, excluded: 48 bits, the first eight characters of a name. */
export const RANKS = 2 ** 48;
const RANK_CHARACTERS = 8;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Where a customer stands among all: names are HMACs in base64url, so their ranks are uniform and say nothing about the customer. A
 * character of another alphabet counts as the first.
 *
 * @returns an integer from 0 to {@link RANKS}, excluded
 */
export function rankOf(name: string): number {
  let rank = 0;
  for (let i = 0; i < RANK_CHARACTERS; i += 1) rank = rank * 64 + Math.max(0, ALPHABET.indexOf(name.charAt(i) || 'A'));
  return rank;
}

/**
 * How many customers there are when `held` of them rank below `below`: held / t for the threshold t = below / {@link RANKS}, the
 * unbiased estimator of k minimum values (Beyer et al., SIGMOD 2007; with t the (k+1)-th smallest of all, it is their (K − 1) / h of
 * K = k + 1), with the score interval of n in held ~ Binomial(n, t). Exact when the threshold leaves nobody out.
 *
 * @param held a count, at least 0
 * @param below 1 to {@link RANKS}
 * @returns customers, not rounded
 */
export function countCustomers(held: number, below: number, mass = DEFAULT_MASS): Estimate {
  const share = below / RANKS;
  const z = normalQuantile((1 + mass) / 2);
  const spare = (1 - share) * z * z;
  const spread = Math.sqrt(spare * (spare + 4 * held));
  const end = (sign: 1 | -1): number => Math.max(held, (2 * held + spare + sign * spread) / (2 * share));
  return { estimate: held / share, low: end(-1), high: end(1) };
}
