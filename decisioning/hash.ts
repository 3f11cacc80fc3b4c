/** FNV-1a's 32-bit offset basis and prime (Fowler, Noll and Vo). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** How many buckets {@link bucketOf} distinguishes: shares are honoured to a hundredth of a percent. */
export const BUCKETS = 10_000;
/** The same, not exported: what is exported is read anew for every division, which is then none by a constant. */
const COUNT = 10_000;
/** Of the digits of a 32-bit number. */
const POWERS = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1];

/**
 * 32-bit FNV-1a over the UTF-16 code units of a text, as an unsigned integer. Code units rather than bytes, because that is what
 * GrowthBook's SDKs hash and experiments must keep their assignment when they move here.
 *
 * @param before hash of what stands before the text: of two texts in a row, without joining them
 */
export function fnv1a32(text: string, before = FNV_OFFSET): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/**
 * Where `value` falls on the unit interval under `seed`: GrowthBook's hash, version 1 (steps of 1/1,000, kept for experiments that
 * started under it) or 2 (steps of 1/10,000, hashed twice, so that the seeds of parallel experiments give independent buckets).
 *
 * @returns a number in [0, 1), or null for a version that does not exist.
 */
export function hash(seed: string, value: string, version: number): number | null {
  if (version === 2) return bucketOf(seed, value);
  if (version === 1) return (fnv1a32(value + seed) % 1_000) / 1_000;
  return null;
}

/** The bucket of an id under a salt, in [0, 1) in steps of 1/{@link BUCKETS}: a share s of all ids has `bucketOf(…) < s`. */
export function bucketOf(salt: string, id: string): number {
  return (fnvOfDecimal(fnv1a32(id, fnv1a32(salt))) % COUNT) / COUNT;
}

/** `fnv1a32(String(value))` of an integer from 0 to 2^32 − 1, without the text, which took as long as the hash of an id. */
function fnvOfDecimal(value: number): number {
  let hash = FNV_OFFSET | 0;
  for (const power of POWERS) {
    // The code of 0 is 48, and no number but 0 begins with it.
    if (value >= power || power === 1) hash = Math.imul(hash ^ (48 + (((value / power) >>> 0) % 10)), FNV_PRIME);
  }
  return hash >>> 0;
}
