/** From a forest to one flat array that is walked without asking what kind of comparison a node makes. */
import { MAX_TREE_DEPTH, MAX_TREE_NODES } from '../limits.ts';
import { must, refuse } from '../refuse.ts';
import { type Forest, MEMBER } from './lists.ts';

/** Comparisons, by opset 5's numbers; 0, at most, is the one that all others become. */
const GTE = 2;
const GT = 3;
const EQ = 4;
const NEQ = 5;

/**
 * Four words a node: its threshold (a float), twice the column it reads (and one where a missing value goes the first way), and where it leads
 * when the column's value is at most the threshold, and when it is not. A place is the index of a node's first word, or `~leaf`. All other
 * comparisons become "at most": a < b is a ≤ the float before b.
 */
export interface FlatForest {
  readonly words: Int32Array;
  readonly thresholds: Float32Array;
  readonly roots: readonly number[];
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
export function flatten(
  { features, modes, values, yes, no, missing, members, roots, leaves }: Forest,
  width: number,
): FlatForest {
  // A comparison with a single value takes two nodes.
  const room = 2 * (features.length + members.flat().length);
  must(room > 0, 'nodes');
  if (room > MAX_TREE_NODES) refuse('too_large', 'nodes');
  const words = new Int32Array(4 * room);
  const thresholds = new Float32Array(words.buffer);
  const known = new Uint8Array(features.length);
  let end = 0;
  const reserve = (): number => {
    end += 4;
    return end - 4;
  };
  const follow = (to: number, depth: number): number => {
    must(to < 0 ? ~to < leaves.length : to < features.length, 'nodes');
    if (to < 0) return to;
    if (known[to]) refuse('cyclic', 'nodes');
    known[to] = 1;
    const mode = modes[to]!;
    const value = values[to]!;
    must(mode >= 0 && mode <= MEMBER, 'nodes');
    must(features[to]! >= 0 && features[to]! < width, 'nodes');
    const place = reserve();
    const next = depth + 1 + 2 * (members[to]?.length ?? 0);
    if (next > MAX_TREE_DEPTH) refuse('too_large', 'depth');
    const toYes = follow(yes[to]!, next);
    const toNo = follow(no[to]!, next);
    // Each comparison parts the numbers at some thresholds: up to the first they go one way, from there to the second the other, and so on.
    const set = mode === MEMBER ? members[to]!.toSorted((a, b) => a - b) : [value];
    // "Less" and "at least" part the numbers below the threshold, "at most" and "more" above it; "equal" and sets below and above.
    const last = mode < EQ ? 0 : 2 * set.length - 1;
    must(last >= 0, 'nodes');
    const isFirst = mode < GTE || mode === NEQ;
    let here = isFirst ? toYes : toNo;
    let there = isFirst ? toNo : toYes;
    // NaN differs from everything, and nothing is above, below or at a threshold that is NaN.
    const unequal = mode === NEQ ? toYes : toNo;
    if (mode < MEMBER && Number.isNaN(value)) here = there = unequal;
    const other = missing[to] ? toYes : unequal;
    let at = place;
    for (let k = 0; k <= last; k++) {
      const threshold = (mode < EQ ? mode % GT : k % 2 < 1) ? floatBefore(set[k >> 1]!) : set[k >> 1]!;
      // Nothing is at most NaN: the first way is then for missing values alone.
      const low = Number.isNaN(threshold) ? other : k % 2 ? there : here;
      thresholds[at] = threshold;
      words[at + 1] = 2 * features[to]! + +(low === other);
      words[at + 2] = low;
      at = words[at + 3] = k < last ? reserve() : k % 2 ? here : there;
    }
    return place;
  };
  return { words, thresholds, roots: roots.map((root) => follow(root, 0)) };
}
