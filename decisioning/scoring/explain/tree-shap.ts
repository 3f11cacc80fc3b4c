/**
 * Exact Shapley values of trees against rows to compare with: interventional TreeSHAP (Lundberg and others 2020, "From local explanations to global
 * understanding with explainable AI for trees"). A player is an input; all its columns come from the customer or all from the other row.
 */
import type { TreesPart } from './parts.ts';
import { columnsFor, goesYes } from './walk.ts';

/** Whose value a player has on the way down: nobody's yet, the customer's, the other row's. */
const [OPEN, OWN, OTHER] = [0, 1, -1] as const;

/** 1 / (p · C(p + q, p)): what a leaf gives each of p players, where q others must not be there. */
function shareOf(p: number, q: number): number {
  let ways = 1;
  for (let i = 1; i <= q; i++) ways = (ways * (p + i)) / i;
  return 1 / (p * ways);
}

/** A part of each leaf's weight for every player on the way to it, for one row against one other. */
class Walk {
  readonly #trees: TreesPart;
  readonly #playerOf: Int32Array;
  readonly #row: Float64Array;
  readonly #shares: Float64Array;
  readonly #side: Int8Array;
  readonly #way: number[] = [];
  #other: Float64Array = new Float64Array();
  #own = 0;

  constructor(trees: TreesPart, players: Int32Array, row: ArrayLike<number>, shares: Float64Array) {
    this.#trees = trees;
    this.#playerOf = Int32Array.from(trees.columns, ({ column }) => players[column]!);
    this.#row = columnsFor(trees, row);
    this.#shares = shares;
    this.#side = new Int8Array(shares.length);
  }

  against(other: ArrayLike<number>, weight: number): void {
    this.#other = columnsFor(this.#trees, other);
    for (const root of this.#trees.roots) this.#visit(root, weight);
  }

  #visit(at: number, weight: number): void {
    if (at < 0) {
      this.#leaf(this.#trees.leaves[~at]! * weight);
      return;
    }
    const split = this.#trees.splits[at]!;
    const own = goesYes(split, this.#row[split.feature]!) ? split.yes : split.no;
    const other = goesYes(split, this.#other[split.feature]!) ? split.yes : split.no;
    const player = this.#playerOf[split.feature]!;
    const side = this.#side[player]!;
    if (own === other) this.#visit(own, weight);
    else if (side !== OPEN) this.#visit(side === OWN ? own : other, weight);
    else {
      this.#take(player, OWN, own, weight);
      this.#take(player, OTHER, other, weight);
    }
  }

  #take(player: number, side: typeof OWN | typeof OTHER, at: number, weight: number): void {
    this.#side[player] = side;
    this.#way.push(player);
    this.#own += side === OWN ? 1 : 0;
    this.#visit(at, weight);
    this.#own -= side === OWN ? 1 : 0;
    this.#way.pop();
    this.#side[player] = OPEN;
  }

  #leaf(value: number): void {
    const own = this.#own;
    const others = this.#way.length - own;
    const gain = own > 0 ? value * shareOf(own, others) : 0;
    const loss = others > 0 ? value * shareOf(others, own) : 0;
    for (const player of this.#way) this.#shares[player]! += this.#side[player] === OWN ? gain : -loss;
  }
}

/**
 * Adds the contributions of trees to `shares`, one a player; together they are f(row) − the mean of f over `others`.
 *
 * @param players by column of the row: whose it is
 * @param weight that all of it is multiplied by
 */
export function addTreeShares(
  trees: TreesPart,
  { row, others, players }: { row: ArrayLike<number>; others: readonly ArrayLike<number>[]; players: Int32Array },
  weight: number,
  shares: Float64Array,
): void {
  const walk = new Walk(trees, players, row, shares);
  for (const other of others) walk.against(other, weight / others.length);
}
