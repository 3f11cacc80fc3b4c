/**
 * xoroshiro128+ (Blackman and Vigna 2018, rotations 24, 16 and 37) in 32-bit words: the stream of pure-rand 8, to the bit. Of one's own,
 * because it decides on pages too, where jumps and copies that no decision makes would be bytes.
 */
const TWO_POW_26 = 2 ** 26;
const TWO_POW_53 = 2 ** 53;

/** A generator over a state of four words, most significant first in each half; not all zero, from which it never moves. */
export class Xoroshiro128Plus {
  private high0: number;
  private low0: number;
  private high1: number;
  private low1: number;

  constructor(high0: number, low0: number, high1: number, low1: number) {
    this.high0 = high0;
    this.low0 = low0;
    this.high1 = high1;
    this.low1 = low1;
  }

  /** The next output's lower 32 bits, as a signed integer. */
  step(): number {
    const { high0, low0 } = this;
    const output = (low0 + this.low1) | 0;
    const low = this.low1 ^ low0;
    const high = this.high1 ^ high0;
    this.low0 = (low0 << 24) ^ (high0 >>> 8) ^ low ^ (low << 16);
    this.high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    this.low1 = (high << 5) ^ (low >>> 27);
    this.high1 = (low << 5) ^ (high >>> 27);
    return output;
  }

  /** Two outputs as one number, uniform on [0, 1), a multiple of 2^−53. */
  next(): number {
    // The lowest bits of xoroshiro128+ are its weakest: both halves drop them.
    const high = this.step() >>> 5;
    const low = this.step() >>> 6;
    return (high * TWO_POW_26 + low) / TWO_POW_53;
  }
}
