/**
 * xoroshiro128+ (Blackman and Vigna 2018, rotations 24, 16 and 37) in 32-bit words: the stream of pure-rand 8, to the bit. Of one's own,
 * because it decides on pages too, where jumps and copies that no decision makes would be bytes.
 */

/**
 * A generator over a state of four words, most significant first in each half: s0 high, s0 low, s1 high, s1 low; not all zero, from which
 * it never moves.
 *
 * @returns the next output's lower 32 bits, as a signed integer.
 */
export function xoroshiro128plus(state: readonly number[]): () => number {
  let [high0, low0, high1, low1] = state as [number, number, number, number];
  return () => {
    const output = (low0 + low1) | 0;
    const low = low1 ^ low0;
    const high = high1 ^ high0;
    const before = low0;
    low0 = (before << 24) ^ (high0 >>> 8) ^ low ^ (low << 16);
    high0 = (high0 << 24) ^ (before >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    low1 = (high << 5) ^ (low >>> 27);
    high1 = (low << 5) ^ (high >>> 27);
    return output;
  };
}
