/** Randomness for tests: everything from one number, which a failing test names. */
import type { Random } from '../random.ts';
import { seededRandom } from '../random.ts';

const TWO_POW_32 = 2 ** 32;

/** A generator of a test's own. */
export function testRandom(seed: number): Random {
  return seededRandom(seed.toString(16).padStart(32, '0'));
}

/** Seeds that say nothing about each other: 64 hexadecimal digits, as hosts made them at first, so that histories stay what they are. */
export function nextSeed(random: Random): string {
  let seed = '';
  for (let word = 0; word < 8; word++) {
    seed += Math.floor(random.next() * TWO_POW_32)
      .toString(16)
      .padStart(8, '0');
  }
  return seed;
}

/** One of a list, evenly. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
