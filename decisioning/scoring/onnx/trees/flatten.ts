/** From a forest to one flat array that is walked without asking what kind of comparison a node makes. */
import type { Call } from '../call.ts';
import { MAX_TREE_DEPTH, MAX_TREE_NODES } from '../limits.ts';
import { must, refuse } from '../refuse.ts';
import { type Forest, MEMBER } from './lists.ts';

/** Comparisons, by opset 5's numbers. */
const [LEQ, LT, GTE, GT, EQ, NEQ] = [0, 1, 2, 3, 4, 5] as const;

/**
 * Four words a node: its threshold (a float), the column it reads, and where it leads when the column's value is at most the threshold, and when
 * it is not. A place is the index of a node's first word, or `~leaf`. Columns from `width` on are those of the row again, with −∞ for NaN: all
 * other comparisons become "at most" (a < b is a ≤ the float before b), and only which copy a node reads says where missing values go.
 */
export interface FlatForest {
  readonly words: Int32Array;
  readonly thresholds: Float32Array;
  readonly roots: readonly number[];
  /** Whether any node reads the second copy. */
  readonly readsCopy: boolean;
}

/** The next float below; NaN, which nothing is at most, below −∞. */
export function floatBefore(value: number): number {
  const single = Float32Array.of(value);
  const bits = new Int32Array(single.buffer);
  if (value === 0) return -(2 ** -149);
  bits[0]! += value > 0 ? -1 : 1;
  return single[0]!;
}

/** @throws Refused where a way leads back into itself, nowhere, or on for too long */
export function flatten(call: Call, forest: Forest, width: number, rows: number): FlatForest {
  const { features, modes, values, yes, no, missing, members } = forest;
  const words: number[] = [];
  const thresholds: number[] = [];
  /** By node: its place and the length of its longest way, which is −1 while it is being followed. */
  const known: [place: number, height: number][] = [];
  let readsCopy = false;

  const reserve = (): number => {
    if (words.length >= MAX_TREE_NODES * 4) refuse('too_large', 'too many comparisons');
    thresholds.push(0, 0, 0, 0);
    return words.push(0, 0, 0, 0) - 4;
  };
  /** x ≤ value ? low : high, and `other`, one of the two, for NaN. */
  const write = (place: number, feature: number, value: number, low: number, high: number, other: number): void => {
    // Nothing is at most NaN: all that is left to ask is whether the column has a value.
    const never = Number.isNaN(value);
    const [first, second] = never ? [high, other] : [low, high];
    const copy = second !== other;
    readsCopy ||= copy;
    thresholds[place] = never ? Infinity : value;
    words[place + 1] = copy ? feature + width : feature;
    words[place + 2] = first;
    words[place + 3] = second;
  };
  /** Writes a comparison, and more nodes after it where it takes more. */
  const compare = (place: number, i: number, toYes: number, toNo: number): void => {
    const [mode, feature, value] = [modes[i]!, features[i]!, values[i]!];
    const isTurned = mode === GTE || mode === GT || mode === NEQ;
    // NaN differs from everything.
    const other = missing[i] || mode === NEQ ? toYes : toNo;
    const [low, high] = isTurned ? [toNo, toYes] : [toYes, toNo];
    const never = mode === NEQ ? toYes : toNo;
    // No number is above or below a threshold that is none.
    if (mode < MEMBER && Number.isNaN(value)) write(place, feature, value, never, never, other);
    else if (mode === LT || mode === GTE) write(place, feature, floatBefore(value), low, high, other);
    else if (mode < EQ) write(place, feature, value, low, high, other);
    else compareEqual(place, i, low, high, other);
  };
  /** The value itself, or each of a set, is at most itself and not at most the float before. */
  const compareEqual = (place: number, i: number, low: number, high: number, other: number): void => {
    const feature = features[i]!;
    const wanted = members[i] ?? [values[i]!];
    must(wanted.length > 0, 'an empty set');
    let at = place;
    for (let k = 0; k < wanted.length; k++) {
      const second = reserve();
      const next = k < wanted.length - 1 ? reserve() : high;
      write(at, feature, wanted[k]!, second, next, next === high && other === low ? second : next);
      write(second, feature, floatBefore(wanted[k]!), next, low, low);
      at = next;
    }
  };
  const follow = (to: number, depth: number): [place: number, height: number] => {
    if (to < 0) return [to, 0];
    const found = known[to];
    if (found) return found[1] < 0 ? refuse('cyclic', 'a tree leads back into itself') : found;
    must(to < features.length, `node ${to} does not exist`);
    must(modes[to]! >= LEQ && modes[to]! <= MEMBER, 'a comparison of no known mode');
    must(features[to]! >= 0 && features[to]! < width, `column ${features[to]} of ${width}`);
    if (depth > MAX_TREE_DEPTH) refuse('too_large', 'a tree too deep');
    const place = reserve();
    known[to] = [place, -1];
    const [toYes, yesHeight] = follow(yes[to]!, depth + 1);
    const [toNo, noHeight] = follow(no[to]!, depth + 1);
    const before = words.length;
    compare(place, to, toYes, toNo);
    const own = 1 + (words.length - before) / 4 + Math.max(yesHeight, noHeight);
    known[to] = [place, own];
    return [place, own];
  };

  const ends = forest.roots.map((root) => follow(root, 0));
  call.spend(rows * ends.reduce((sum, [, height]) => sum + height + 1, 0));
  const flat = Int32Array.from(words);
  const floats = new Float32Array(flat.buffer);
  for (let place = 0; place < flat.length; place += 4) floats[place] = thresholds[place]!;
  return { words: flat, thresholds: floats, roots: ends.map(([place]) => place), readsCopy };
}
