/** FNV-1a's 32-bit offset basis and prime (Fowler, Noll and Vo). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** How many buckets {@link bucketOf} distinguishes: shares are honoured to a hundredth of a percent. */
export const BUCKETS = 10_000;

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
  return (fnv1a32(String(fnv1a32(id, fnv1a32(salt)))) % BUCKETS) / BUCKETS;
}
