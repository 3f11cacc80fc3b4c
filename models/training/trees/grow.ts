/** Grows one tree over binned rows: the best split of each node, down to a depth. */
import type { Random } from '../../../decisioning/random.ts';
import { below } from '../random.ts';
import type { Binned } from './bins.ts';
import {
  bestSplit,
  emptyHistogram,
  fillHistogram,
  type Histogram,
  type Slopes,
  type Split,
  type SplitRules,
  subtractHistogram,
} from './split.ts';
import { type Tree, TreeLists } from './tree.ts';

export interface GrowRules extends SplitRules {
  readonly depth: number;
  /** Columns that a node may choose from, drawn anew for each; all unless told. */
  readonly columnsPerNode?: number;
}

export interface GrowInput {
  readonly binned: Binned;
  readonly slopes: Slopes;
  /** Rows to grow on; brought into the leaves' order. */
  readonly rows: Int32Array;
  readonly rules: GrowRules;
  readonly random: Random;
  /** The leaf's value from its rows and their sums; also told where the leaf's rows lie, to move their predictions. */
  readonly leafValue: (rows: Int32Array, gradient: number, hessian: number) => number;
  /** Sum of gains by column, added to. */
  readonly gains: Float64Array;
}

/** Where a node's rows lie, and what is known of it. */
interface Node {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly hessian: number;
  /** Its own histogram where it has been made already. */
  readonly histogram: Histogram | undefined;
}

export function growTree(input: GrowInput): Tree {
  return new Grower(input).grow();
}

class Grower {
  readonly #input: GrowInput;
  readonly #lists = new TreeLists();
  readonly #all: Int32Array;
  readonly #gathered: Float64Array;
  readonly #spare: Int32Array;
  /** Histograms that are free again: as many as the tree is deep, not as it has nodes. */
  readonly #free: Histogram[] = [];

  constructor(input: GrowInput) {
    this.#input = input;
    this.#all = Int32Array.from({ length: input.binned.width }, (_, column) => column);
    this.#gathered = new Float64Array(2 * input.rows.length);
    this.#spare = new Int32Array(input.rows.length);
  }

  grow(): Tree {
    const { rows, slopes } = this.#input;
    let [gradient, hessian] = [0, 0];
    for (const row of rows) {
      gradient += slopes.gradient[row]!;
      hessian += slopes.hessian[row]!;
    }
    this.#grow({ from: 0, to: rows.length, depth: 0, gradient, hessian, histogram: undefined });
    return this.#lists.finish();
  }

  #grow(node: Node): number {
    const { rows, rules, leafValue, gains } = this.#input;
    const own = rows.subarray(node.from, node.to);
    const place = this.#lists.leaf(0, own.length);
    const canSplit = node.depth < rules.depth && node.hessian >= 2 * rules.minWeight && own.length > 1;
    const columns = canSplit ? this.#columns() : this.#all;
    const histogram = canSplit ? (node.histogram ?? this.#histogramOf(own, columns)) : node.histogram;
    const split = canSplit ? bestSplit(histogram!, this.#input.binned, columns, node, rules) : undefined;
    if (!split) {
      if (histogram) this.#free.push(histogram);
      this.#lists.setValue(place, Math.fround(leafValue(own, node.gradient, node.hessian)));
      return place;
    }
    gains[split.column] = gains[split.column]! + split.gain;
    this.#lists.split(place, split.column, this.#input.binned.edges[split.column]![split.bin]!, split.missingLeft);
    const [left, right] = this.#children(node, split, histogram!);
    const leftPlace = this.#grow(left);
    const rightPlace = this.#grow(right);
    this.#lists.children(place, leftPlace, rightPlace);
    return place;
  }

  /** The smaller child's histogram is counted, the larger one's is what is left. Drawn columns differ by node: then neither is kept. */
  #children(node: Node, split: Split, histogram: Histogram): [Node, Node] {
    const { rows, rules, slopes } = this.#input;
    const middle = this.#partition(node, split);
    let [gradient, hessian] = [0, 0];
    for (let i = node.from; i < middle; i++) {
      gradient += slopes.gradient[rows[i]!]!;
      hessian += slopes.hessian[rows[i]!]!;
    }
    const depth = node.depth + 1;
    const left = { from: node.from, to: middle, depth, gradient, hessian };
    const right = {
      from: middle,
      to: node.to,
      depth,
      gradient: node.gradient - gradient,
      hessian: node.hessian - hessian,
    };
    if (rules.columnsPerNode !== undefined || depth === rules.depth) {
      this.#free.push(histogram);
      return [
        { ...left, histogram: undefined },
        { ...right, histogram: undefined },
      ];
    }
    const leftIsSmall = middle - node.from <= node.to - middle;
    const small = leftIsSmall ? left : right;
    const counted = this.#histogramOf(rows.subarray(small.from, small.to), this.#all);
    subtractHistogram(histogram, counted);
    return leftIsSmall
      ? [
          { ...left, histogram: counted },
          { ...right, histogram },
        ]
      : [
          { ...left, histogram },
          { ...right, histogram: counted },
        ];
  }

  #histogramOf(rows: Int32Array, columns: Int32Array): Histogram {
    const { binned, slopes } = this.#input;
    const histogram = this.#free.pop() ?? emptyHistogram(binned.width);
    fillHistogram(histogram, binned, columns, rows, slopes, this.#gathered);
    return histogram;
  }

  /** Rows of the left child first, each side in the order it had. @returns where the right child begins. */
  #partition({ from, to }: Node, { column, bin, missingLeft }: Split): number {
    const { rows, binned } = this.#input;
    const bins = binned.bins[column]!;
    const missingBin = binned.missing[column]!;
    let [left, right] = [from, 0];
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const own = bins[row]!;
      if (own === missingBin ? missingLeft : own <= bin) rows[left++] = row;
      else this.#spare[right++] = row;
    }
    rows.set(this.#spare.subarray(0, right), left);
    return left;
  }

  #columns(): Int32Array {
    const { rules, random } = this.#input;
    const wanted = rules.columnsPerNode;
    if (wanted === undefined || wanted >= this.#all.length) return this.#all;
    // The first places of a shuffle; the order of columns decides between equals, so it is kept as drawn.
    for (let i = 0; i < wanted; i++) {
      const j = i + below(random, this.#all.length - i);
      const kept = this.#all[i]!;
      this.#all[i] = this.#all[j]!;
      this.#all[j] = kept;
    }
    return this.#all.slice(0, wanted);
  }
}
