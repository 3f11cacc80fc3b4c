import { xoroshiro128plus } from './xoroshiro.ts';

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
const TWO_POW_26 = 2 ** 26;
const TWO_POW_53 = 2 ** 53;
/** Four passes let every seed bit reach every state bit: two are enough for that, two are margin. */
const MIXING_PASSES = 4;

/**
 * A generator that depends on the seed alone: xoroshiro128+ (Blackman and Vigna) over a state into which all of the seed is mixed, so
 * that seeds which differ in one digit give unrelated sequences.
 *
 * @param seed hexadecimal, 32 to 128 digits (e.g. the HMAC of a decision's id).
 * @throws RangeError if the seed is shorter, longer or not hexadecimal.
 */
export function seededRandom(seed: string): Random {
  if (seed.length < MIN_SEED_LENGTH || seed.length > MAX_SEED_LENGTH) refuseSeed();
  const draw = xoroshiro128plus(stateOf(seed));
  return {
    next(): number {
      // The lowest bits of xoroshiro128+ are its weakest: both halves drop them.
      const high = draw() >>> 5;
      const low = draw() >>> 6;
      return (high * TWO_POW_26 + low) / TWO_POW_53;
    },
  };
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

function stateOf(seed: string): number[] {
  const state = [0, 0, 0, 0];
  for (let start = 0; start < seed.length; start += MIN_SEED_LENGTH) {
    for (let i = 0; i < 4; i++) state[i] = state[i]! ^ wordAt(seed, start + i * WORD_LENGTH);
    mix(state);
  }
  // Zero is the one state from which the generator never moves.
  return state.some(Boolean) ? state : [1, 0, 0, 0];
}

/** Up to eight digits of a seed as 32 bits, 0 beyond its end; not a pattern and a parse, which take three times as long. */
function wordAt(seed: string, start: number): number {
  let word = 0;
  for (let i = start; i < start + WORD_LENGTH && i < seed.length; i++) {
    const code = seed.charCodeAt(i);
    const isLetter = code > 57;
    const digit = isLetter ? (code | 32) - 87 : code - 48;
    if (!(digit >= 0 && digit < 16 && isLetter === digit > 9)) refuseSeed();
    word = (word << 4) | digit;
  }
  return word;
}

function refuseSeed(): never {
  throw new RangeError(`seededRandom: a seed is ${MIN_SEED_LENGTH} to ${MAX_SEED_LENGTH} hexadecimal digits`);
}

/** A bijection of the 128 bits (each step changes one word by a function of another), so that no two seeds of 32 digits collide. */
function mix(state: number[]): void {
  for (let pass = 0; pass < MIXING_PASSES; pass++) {
    for (let i = 0; i < 4; i++) {
      const other = state[(i + 3) & 3]!;
      state[i] = state[i]! ^ avalanche((other + Math.imul(4 * pass + i + 1, 0x9e3779b9)) | 0);
    }
  }
}

/** MurmurHash3's 32-bit finaliser. */
function avalanche(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
