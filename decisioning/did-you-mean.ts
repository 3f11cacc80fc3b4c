/** What somebody who mistyped a name most likely meant. */

/** Names are at most 64 characters, paths of attributes a little longer: what is longer was not mistyped but pasted. */
const MAX_COMPARED_LENGTH = 80;
/** Each comparison takes up to seven steps a letter: a thousand long names stay within some milliseconds. */
const MAX_COMPARED_NAMES = 1_000;
/** Three slips in a long name are still the same name; four are another. */
const MAX_SLIPS = 3;
/** More slips than two names can have, and one more still fits a byte. */
const UNREACHED = 200;
/** As many names as a sentence takes. */
const MAX_LISTED_NAMES = 8;

/** How many slips a word of this length may have: one in a short word, more in longer ones, and never most of its letters. */
function allowedSlips(length: number): number {
  return length < 3 ? 0 : Math.min(MAX_SLIPS, Math.max(1, Math.floor(length / 3)));
}

/**
 * Slips between two words: letters left out, added, changed, or swapped with their neighbour (optimal string alignment; Damerau 1964).
 *
 * @returns Infinity once it is certain to exceed `limit`
 */
function slipsBetween(one: string, other: string, limit: number): number {
  const far = Number.POSITIVE_INFINITY;
  if (Math.abs(one.length - other.length) > limit) return far;
  const width = other.length + 1;
  let [before, above, row] = [
    new Uint8Array(width),
    Uint8Array.from({ length: width }, (_, j) => j),
    new Uint8Array(width),
  ];
  for (let i = 1; i <= one.length; i++) {
    // Places that are further apart than the limit are not reached within it.
    const [from, to] = [Math.max(1, i - limit), Math.min(other.length, i + limit)];
    row.fill(UNREACHED);
    row[0] = i;
    let least = from === 1 ? i : UNREACHED;
    for (let j = from; j <= to; j++) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1;
      let slips = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + changed);
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) slips = Math.min(slips, before[j - 2]! + 1);
      row[j] = slips;
      least = Math.min(least, slips);
    }
    if (least > limit) return far;
    [before, above, row] = [above, row, before];
  }
  return above[other.length]!;
}

/** Upper and lower case, and what joins words, are no slips: `conversion_weight` is `conversionWeight`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/**
 * The name that is closest to a word, if one is close: by at most one slip in short words, three in long ones. Of equally close ones the
 * first. Undefined when none is, or when the word is too long to have been mistyped.
 *
 * @param names that exist, in an order of preference; those beyond the first thousand are not looked at
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED_LENGTH) return undefined;
  const written = plain(word);
  let nearest: string | undefined;
  let fewest = allowedSlips(written.length) + 1;
  let compared = 0;
  for (const name of names) {
    compared += 1;
    if (compared > MAX_COMPARED_NAMES) break;
    if (name.length > MAX_COMPARED_LENGTH) continue;
    const slips = slipsBetween(written, plain(name), fewest - 1);
    if (slips >= fewest) continue;
    nearest = name;
    fewest = slips;
  }
  return nearest;
}

/**
 * What to put behind `there is no goal "oder"`: `: did you mean "order"?`; all names when none is close and they are few
 * (`: there are click, order`); else nothing.
 *
 * @example there is no goal "oder": did you mean "order"?
 */
export function didYouMean(word: string, names: Iterable<string>): string {
  const known = [...names];
  const nearest = nearestName(word, known);
  if (nearest !== undefined) return `: did you mean "${nearest}"?`;
  if (known.length === 0 || known.length > MAX_LISTED_NAMES) return '';
  return known.length === 1 ? `: there is "${known[0]}"` : `: there are ${known.join(', ')}`;
}
