/** From a forest to one flat array that is walked without asking what kind of comparison a node makes. */
import { MAX_TREE_DEPTH, MAX_TREE_NODES } from '../limits.ts';
import { refuse } from '../refuse.ts';
import { EQ, type Forest, GT, GTE, LEQ, LT, MEMBER, NEQ, type Split } from './forest.ts';

/**
 * Four words a node: its threshold (a float), the column it reads, and where it leads when the column's value is at most the threshold, and when
 * it is not. A place is the index of a node's first word, or `~leaf`. Columns from `width` on are those of the row again, with −∞ for NaN: all
 * other comparisons become "at most" (a < b is a ≤ the float before b), and only which copy a node reads says where missing values go.
 */
export interface FlatForest {
  readonly words: Int32Array;
  readonly thresholds: Float32Array;
  readonly roots: Int32Array;
  /** Whether any node reads the second copy. */
  readonly readsCopy: boolean;
  /** Comparisons on the longest ways, of all trees together. */
  readonly depth: number;
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** The next float below; NaN, which nothing is at most, below −∞. */
export function floatBefore(value: number): number {
  single[0] = value;
  if (value === 0) return -(2 ** -149);
  if (value === -Infinity) return Number.NaN;
  bits[0]! += value > 0 ? -1 : 1;
  return single[0];
}

/** @throws Refused where a way leads back into itself, nowhere, or on for too long */
export function flatten({ splits, roots, leaves }: Forest, width: number): FlatForest {
  const words: number[] = [];
  const thresholds: number[] = [];
  /** By split: its place once it has one; `OPEN` while the way down from it is being followed. */
  const placed = new Map<number, { place: number; height: number }>();
  let readsCopy = false;

  const reserve = (): number => {
    const place = words.length;
    if (place >= MAX_TREE_NODES * 4) refuse('too_large', `more than ${MAX_TREE_NODES} comparisons`);
    words.push(0, 0, 0, 0);
    thresholds.push(0, 0, 0, 0);
    return place;
  };
  /** x ≤ value ? low : high, and `missing`, one of the two, for NaN. */
  const write = (place: number, feature: number, value: number, low: number, high: number, missing: number): void => {
    // Nothing is at most NaN: "any number, or NaN" is all that is left to ask.
    const never = Number.isNaN(value);
    const [yes, no] = never ? [high, missing] : [low, high];
    const copy = no !== missing;
    readsCopy ||= copy;
    thresholds[place] = never ? Infinity : value;
    words[place + 1] = copy ? feature + width : feature;
    words[place + 2] = yes;
    words[place + 3] = no;
  };
  const writeEqual = (
    place: number,
    feature: number,
    value: number,
    yes: number,
    no: number,
    missing: number,
  ): void => {
    const second = reserve();
    write(place, feature, value, second, no, missing === no ? no : second);
    write(second, feature, floatBefore(value), no, yes, yes);
  };
  const writeSplit = (
    place: number,
    { feature, mode, value, missingIsYes, members }: Split,
    yes: number,
    no: number,
  ): void => {
    const missing = missingIsYes ? yes : no;
    if (mode === LEQ) write(place, feature, value, yes, no, missing);
    else if (mode === LT) write(place, feature, floatBefore(value), yes, no, missing);
    else if (mode === GT) write(place, feature, value, no, yes, missing);
    else if (mode === GTE) write(place, feature, floatBefore(value), no, yes, missing);
    else if (mode === EQ) writeEqual(place, feature, value, yes, no, missing);
    // NaN differs from everything.
    else if (mode === NEQ) writeEqual(place, feature, value, no, yes, yes);
    else if (mode === MEMBER) {
      const rest = [...(members ?? [])];
      const last = rest.pop();
      let at = place;
      for (const member of rest) {
        const next = reserve();
        writeEqual(at, feature, member, yes, next, missingIsYes ? yes : next);
        at = next;
      }
      writeEqual(at, feature, last ?? Number.NaN, yes, no, missing);
    } else refuse('unsupported', `comparison ${mode}`);
  };
  const follow = (to: number, depth: number): { place: number; height: number } => {
    if (to < 0)
      return ~to < leaves.length ? { place: to, height: 0 } : refuse('malformed', `leaf ${~to} does not exist`);
    const known = placed.get(to);
    if (known) return known.height < 0 ? refuse('cyclic', 'a tree leads back into itself') : known;
    const split = splits[to] ?? refuse('malformed', `node ${to} does not exist`);
    if (depth > MAX_TREE_DEPTH) refuse('too_large', `a tree deeper than ${MAX_TREE_DEPTH}`);
    if (!(split.feature >= 0 && split.feature < width))
      refuse('malformed', `a node reads column ${split.feature} of ${width}`);
    const place = reserve();
    placed.set(to, { place, height: -1 });
    const yes = follow(split.yes, depth + 1);
    const no = follow(split.no, depth + 1);
    const before = words.length;
    writeSplit(place, split, yes.place, no.place);
    const own = { place, height: Math.max(yes.height, no.height) + 1 + (words.length - before) / 4 };
    placed.set(to, own);
    return own;
  };

  const starts = roots.map((root) => follow(root, 0));
  const buffer = new ArrayBuffer(words.length * 4);
  const [flat, floats] = [new Int32Array(buffer), new Float32Array(buffer)];
  flat.set(words);
  for (let place = 0; place < words.length; place += 4) floats[place] = thresholds[place]!;
  return {
    words: flat,
    thresholds: floats,
    roots: Int32Array.from(starts, ({ place }) => place),
    readsCopy,
    depth: starts.reduce((sum, { height }) => sum + height, roots.length),
  };
}
