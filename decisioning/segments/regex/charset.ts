/** A set of UTF-16 code units as sorted, disjoint, inclusive ranges: [from0, to0, from1, to1, …]. */
export type CharSet = readonly number[];

const MAX_UNIT = 0xffff;

export const DIGITS: CharSet = [0x30, 0x39];
export const WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** ECMAScript WhiteSpace and LineTerminator. */
export const SPACES: CharSet = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
/** What `.` does not match: line feed, carriage return, line and paragraph separator. */
const LINE_ENDS: CharSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];

/** Sort and join ranges given in any order, overlapping or not. */
export function charSet(ranges: readonly number[]): CharSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [from, to] of pairs) {
    const last = joined.length - 1;
    if (last >= 0 && from <= joined[last]! + 1) joined[last] = Math.max(joined[last]!, to);
    else joined.push(from, to);
  }
  return joined;
}

/** Every code unit that is not in the set. */
export function complement(set: CharSet): CharSet {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) rest.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX_UNIT) rest.push(next, MAX_UNIT);
  return rest;
}

/** The set of `.` without the s flag. */
export const ANY_BUT_LINE_ENDS: CharSet = complement(LINE_ENDS);

/** True when the set holds the code unit; binary search. */
export function contains(set: CharSet, unit: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (unit < set[2 * middle]!) high = middle - 1;
    else if (unit > set[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** True for the ASCII letters, digits and underscore that `\b` sees as a word. */
export function isWordUnit(unit: number): boolean {
  return contains(WORD, unit);
}
