/** A decision tree as flat lists, its nodes in preorder: the root is 0. */

export interface Tree {
  /** Column that a node asks for; −1 in a leaf. */
  readonly column: Int32Array;
  /** Rows whose value is at most this go to `left`. A number of 32 bits. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where missing values go to `left`. */
  readonly missingLeft: Uint8Array;
  /** Of leaves; a number of 32 bits. */
  readonly value: Float64Array;
  /** How many training rows came through: what explanations weigh the branches with. */
  readonly cover: Float64Array;
}

export function leafOf({ column, threshold, left, right, missingLeft }: Tree, row: ArrayLike<number>, at = 0): number {
  let node = 0;
  while (column[node]! >= 0) {
    const value = row[at + column[node]!]!;
    const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= threshold[node]!;
    node = goesLeft ? left[node]! : right[node]!;
  }
  return node;
}

/** Sum of the leaves that a row reaches. */
export function sumOfTrees(trees: readonly Tree[], row: ArrayLike<number>, at = 0): number {
  let sum = 0;
  for (const tree of trees) sum += tree.value[leafOf(tree, row, at)]!;
  return sum;
}

/** Lists that grow while a tree does. */
export class TreeLists {
  readonly #nodes: {
    column: number;
    threshold: number;
    left: number;
    right: number;
    missingLeft: boolean;
    value: number;
    cover: number;
  }[] = [];

  /** A leaf, until it is split. @returns its place. */
  leaf(value: number, cover: number): number {
    this.#nodes.push({ column: -1, threshold: 0, left: 0, right: 0, missingLeft: false, value, cover });
    return this.#nodes.length - 1;
  }

  setValue(node: number, value: number): void {
    this.#nodes[node]!.value = value;
  }

  split(node: number, column: number, threshold: number, missingLeft: boolean): void {
    Object.assign(this.#nodes[node]!, { column, threshold, missingLeft, value: 0 });
  }

  children(node: number, left: number, right: number): void {
    Object.assign(this.#nodes[node]!, { left, right });
  }

  finish(): Tree {
    const nodes = this.#nodes;
    return {
      column: Int32Array.from(nodes, ({ column }) => column),
      threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
      left: Int32Array.from(nodes, ({ left }) => left),
      right: Int32Array.from(nodes, ({ right }) => right),
      missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => (missingLeft ? 1 : 0)),
      value: Float64Array.from(nodes, ({ value }) => value),
      cover: Float64Array.from(nodes, ({ cover }) => cover),
    };
  }
}
