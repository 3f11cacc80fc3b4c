/** Randomness of training: from a seed's number and a word for what it is used for, the same on every machine. */
import { fnv1a32 } from '../../decisioning/hash.ts';
import { type Random, seededRandom } from '../../decisioning/random.ts';

const HEX = 16;
const DIGITS = 8;
const PARTS = 4;

/**
 * A generator for one use: changing how much one use draws changes no other.
 *
 * @param seed any number
 * @param use e.g. `forest:17`
 */
export function randomFor(seed: number, use: string): Random {
  const part = (i: number) => fnv1a32(`${seed}/${use}/${i}`).toString(HEX).padStart(DIGITS, '0');
  return seededRandom(Array.from({ length: PARTS }, (_, i) => part(i)).join(''));
}

/** Uniform on 0 … count − 1. */
export function below(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}

/** Puts the elements into a random order, in place (Fisher and Yates). */
export function shuffle<Values extends Int32Array | number[]>(values: Values, random: Random): Values {
  for (let i = values.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    const kept = values[i]!;
    values[i] = values[j]!;
    values[j] = kept;
  }
  return values;
}

/** A standard normal (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
