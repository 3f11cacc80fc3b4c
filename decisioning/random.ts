import { Xoroshiro128Plus } from './xoroshiro.ts';

/** A source of randomness that is handed in, so that every choice can be replayed. */
export interface Random {
  /** Uniform on [0, 1), a multiple of 2^−53. */
  next(): number;
}

/** 128 bits: all of the generator's state, so that seeds cannot be searched. */
const MIN_SEED_LENGTH = 32;
/** SHA-512 in hex; nothing longer carries more into 128 bits of state. */
const MAX_SEED_LENGTH = 128;
const WORD_LENGTH = 8;
/** Four passes let every seed bit reach every state bit: two are enough for that, two are margin. */
const MIXING_PASSES = 4;
/** 2^32 over the golden ratio: every step of the mixing adds one more of them. */
const GOLDEN = 0x9e3779b9;
const CODES = 128;
/** A bit that neither a digit has nor the code of one. */
const NO_DIGIT = 128;
/** What a character is worth, by its code: looked up, since a pattern and a parse take three times as long, and comparisons half as long again. */
const DIGITS = Uint8Array.from({ length: CODES }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? NO_DIGIT : digit;
});

/**
 * A generator that depends on the seed alone: xoroshiro128+ (Blackman and Vigna) over a state into which all of the seed is mixed, so
 * that seeds which differ in one digit give unrelated sequences.
 *
 * @param seed hexadecimal, 32 to 128 digits (e.g. the HMAC of a decision's id).
 * @throws RangeError if the seed is shorter, longer or not hexadecimal.
 */
export function seededRandom(seed: string): Random {
  if (seed.length < MIN_SEED_LENGTH || seed.length > MAX_SEED_LENGTH) refuseSeed();
  // Four variables and no array: this is most of what a draw costs.
  let [high0, low0, high1, low1] = [0, 0, 0, 0];
  for (let start = 0; start < seed.length; start += MIN_SEED_LENGTH) {
    high0 ^= wordAt(seed, start);
    low0 ^= wordAt(seed, start + WORD_LENGTH);
    high1 ^= wordAt(seed, start + 2 * WORD_LENGTH);
    low1 ^= wordAt(seed, start + 3 * WORD_LENGTH);
    // A bijection of the 128 bits (each step changes one word by a function of another), so that no two seeds of 32 digits collide.
    for (let pass = 0, salt = 0; pass < MIXING_PASSES; pass++) {
      salt = (salt + GOLDEN) | 0;
      high0 = avalanche(low1 + salt, high0);
      salt = (salt + GOLDEN) | 0;
      low0 = avalanche(high0 + salt, low0);
      salt = (salt + GOLDEN) | 0;
      high1 = avalanche(low0 + salt, high1);
      salt = (salt + GOLDEN) | 0;
      low1 = avalanche(high1 + salt, low1);
    }
  }
  // Zero is the one state from which the generator never moves.
  return new Xoroshiro128Plus(high0 | low0 | high1 | low1 ? high0 : 1, low0, high1, low1);
}

/**
 * Draws an index with the given probabilities by inverting their cumulative sum.
 *
 * @param probabilities not negative, sum 1 (up to rounding).
 * @param u uniform on [0, 1).
 * @returns an index whose probability is above zero: the last such one where rounding leaves u beyond the sum.
 * @throws RangeError if no probability is above zero.
 */
export function drawIndex(probabilities: ArrayLike<number>, u: number): number {
  let sum = 0;
  let last = -1;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!;
    if (!(probability > 0)) continue;
    last = i;
    sum += probability;
    if (u < sum) return i;
  }
  if (last < 0) throw new RangeError('drawIndex: no probability is above zero');
  return last;
}

/** Eight digits of a seed as 32 bits, those there are where it ends before. */
function wordAt(seed: string, start: number): number {
  const end = Math.min(start + WORD_LENGTH, seed.length);
  let word = 0;
  let seen = 0;
  for (let i = start; i < end; i++) {
    const code = seed.charCodeAt(i);
    const digit = DIGITS[code % CODES]!;
    seen |= code | digit; // what is beyond the table shows, too
    word = (word << 4) | digit;
  }
  if (seen >= NO_DIGIT) refuseSeed();
  return word;
}

function refuseSeed(): never {
  throw new RangeError(`seededRandom: a seed is ${MIN_SEED_LENGTH} to ${MAX_SEED_LENGTH} hexadecimal digits`);
}

/** MurmurHash3's 32-bit finaliser of one word, added to another bit by bit: the latter before the last step, which needs not wait for it. */
function avalanche(word: number, into: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ into ^ (h >>> 16);
}
