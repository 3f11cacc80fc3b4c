/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) of texts, at once: names, ids, seeds and tokens are some dozens to some hundreds of bytes, and a decision makes four of
 * them. The platform's own answers later, after 3 µs at least; this one takes 0.2 µs a block of 64 bytes, so it loses on texts of some kilobytes, of which there
 * are few. It adds, shifts and masks, so that its time tells nothing of the secret.
 */

const BLOCK_WORDS = 16;
const BLOCK = 64;
const DIGEST_WORDS = 8;
const LENGTH_ROOM = 8;
/** Tokens have some 600 letters, and the longest 2,048. */
const SCRATCH_BYTES = 8_192;
/** From here on the platform's encoder is quicker than a loop: it takes .1 µs to begin. */
const MAX_SPELLED = 64;
const ROOM_PER_UNIT = 3;
/** Of a part: ten digits and a colon. */
const ROOM_PER_LENGTH = 11;
const COLON = 58;
/** What an outer hash is of: a padded secret and a digest. */
const OUTER_BITS = (BLOCK + DIGEST_WORDS * 4) * 8;
/** States of secrets: a deployment has a handful. */
const MAX_KEY_STATES = 16;

/** The first 64 primes' fractional cube roots and the first 8 square roots', 32 bits each: the standard's constants, as it defines them. */
const { ROUNDS, INITIAL } = constants();

function constants(): { readonly ROUNDS: Int32Array; readonly INITIAL: Int32Array } {
  const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  const primes: number[] = [];
  for (let n = 2; primes.length < BLOCK; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return {
    ROUNDS: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    INITIAL: Int32Array.from(primes.slice(0, DIGEST_WORDS), (prime) => fraction(Math.sqrt(prime))),
  };
}

// One hash at a time: nothing is awaited before its end.
const state = new Int32Array(DIGEST_WORDS);
/** A block, and the words that the standard derives of it. */
const schedule = new Int32Array(BLOCK);
/** What is hashed, and its end; what is longer gets an array of its own, which goes with it. */
const scratch = new Uint8Array(SCRATCH_BYTES);
const scratchWords = new DataView(scratch.buffer);
const encoder = new TextEncoder();

/** SHA-256 of the block whose words stand in the schedule, into the state. */
function compress(): void {
  for (let i = BLOCK_WORDS; i < BLOCK; i += 1) {
    const x = schedule[i - 15]!;
    const y = schedule[i - 2]!;
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = (schedule[i - 16]! + small + schedule[i - 7]! + large) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < BLOCK; i += 1) {
    const ofE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + ofE + (g ^ (e & (f ^ g))) + ROUNDS[i]! + schedule[i]!) | 0;
    const ofA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (ofA + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

/** Hashes what stands in `bytes`, behind `before` bytes that are in the state; there is room for its end. */
function digest(bytes: Uint8Array, length: number, before: number): void {
  const end = Math.ceil((length + 1 + LENGTH_ROOM) / BLOCK) * BLOCK;
  bytes.fill(0, length, end);
  bytes[length] = 0x80;
  const last = end - BLOCK;
  const words = bytes === scratch ? scratchWords : new DataView(bytes.buffer);
  for (let at = 0; at < end; at += BLOCK) {
    for (let i = 0; i < BLOCK_WORDS; i += 1) schedule[i] = words.getInt32(at + i * 4);
    if (at === last) schedule[BLOCK_WORDS - 1] = (length + before) * 8;
    compress();
  }
}

/** Writes UTF-8; returns its end. Long texts, and letters outside of ASCII, are the platform's business. */
function write(text: string, bytes: Uint8Array, at: number): number {
  if (text.length > MAX_SPELLED) return at + encoder.encodeInto(text, bytes.subarray(at)).written;
  let all = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    bytes[at + i] = code;
    all |= code;
  }
  return at + (all < 128 ? text.length : encoder.encodeInto(text, bytes.subarray(at)).written);
}

/** Room for so many UTF-16 units, and the end of a hash. */
const roomFor = (units: number): Uint8Array => {
  const most = units * ROOM_PER_UNIT + 2 * BLOCK;
  return most <= SCRATCH_BYTES ? scratch : new Uint8Array(most);
};

/** What a secret does to every text: the states after its two padded blocks. */
interface KeyStates {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

const keys = new Map<string, KeyStates>();

function paddedWith(block: Int32Array, pad: number): Int32Array {
  for (let i = 0; i < BLOCK_WORDS; i += 1) schedule[i] = block[i]! ^ pad;
  state.set(INITIAL);
  compress();
  return state.slice();
}

function statesOf(secret: string): KeyStates {
  const known = keys.get(secret);
  if (known) return known;
  const bytes = roomFor(secret.length);
  const length = write(secret, bytes, 0);
  state.set(INITIAL);
  // Its words stand in the schedule then, or its digest in the state.
  digest(bytes, length, 0);
  const block = new Int32Array(BLOCK_WORDS);
  if (length > BLOCK) block.set(state);
  else for (let i = 0; i < length; i += 1) block[i >> 2] = block[i >> 2]! | (bytes[i]! << (24 - 8 * (i & 3)));
  const states = { inner: paddedWith(block, 0x36363636), outer: paddedWith(block, 0x5c5c5c5c) };
  if (keys.size >= MAX_KEY_STATES) keys.clear();
  keys.set(secret, states);
  return states;
}

/** SHA-256 of a text, as eight words. They are this module's own: read them before the next call. */
export function sha256OfText(text: string): Int32Array {
  const bytes = roomFor(text.length);
  const length = write(text, bytes, 0);
  state.set(INITIAL);
  digest(bytes, length, 0);
  return state;
}

function hmacOfBytes({ inner, outer }: KeyStates, bytes: Uint8Array, length: number): Int32Array {
  state.set(inner);
  digest(bytes, length, BLOCK);
  schedule.set(state);
  schedule[DIGEST_WORDS] = 0x80000000;
  schedule.fill(0, DIGEST_WORDS + 1, BLOCK_WORDS - 1);
  schedule[BLOCK_WORDS - 1] = OUTER_BITS;
  state.set(outer);
  compress();
  return state;
}

/** HMAC-SHA256 of a text, as {@link sha256OfText} has it. */
export function hmacOfText(secret: string, text: string): Int32Array {
  const states = statesOf(secret);
  const bytes = roomFor(text.length);
  return hmacOfBytes(states, bytes, write(text, bytes, 0));
}

/** The same of parts that are joined unambiguously: each behind its length in UTF-16 units, `3:abc`. */
export function hmacOfParts(secret: string, parts: readonly string[]): Int32Array {
  const states = statesOf(secret);
  let units = 0;
  for (const part of parts) units += part.length + ROOM_PER_LENGTH;
  const bytes = roomFor(units);
  let end = 0;
  for (const part of parts) {
    end = write(String(part.length), bytes, end);
    bytes[end] = COLON;
    end = write(part, bytes, end + 1);
  }
  return hmacOfBytes(states, bytes, end);
}
