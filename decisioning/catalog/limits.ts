/** What one campaign and one slice may hold. */

/** Largest slice, as UTF-8 JSON; the publisher's limit is the same. An isolate keeps some dozens of them in its 128 MB. */
export const MAX_SLICE_BYTES = 4 * 1_024 * 1_024;
/** Arms × leaves (`rest` included) of one campaign: the size of its allocation and the cost of computing it grow with both. */
export const MAX_ARM_LEAF_CELLS = 4_096;
/** Pools, stocks and capacities of a workspace: an isolate that needs them all renews some fifty leases a second. */
export const MAX_LEDGERS = 500;
/** Ledgers that the campaigns of one placement take from: a request brings units of each, some 100 bytes, and an isolate leases them all. */
export const MAX_PLACEMENT_LEDGERS = 64;
/** Above this the floor would be most of the policy. */
export const MAX_MIN_EXPLORATION = 0.5;

/** Length of a text in UTF-8, in bytes; lone surrogates count as the three bytes of their replacement. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
