/** Contributions of a sum of parts to one row's number, against rows that stand for all customers. */
import { opaqueShares } from './opaque.ts';
import type { OpaquePart, Sum, Term } from './parts.ts';
import { addTreeShares } from './tree-shap.ts';
import { columnsFor, sumOfTrees } from './walk.ts';

export interface Comparison {
  readonly row: Float32Array;
  /** At least one, of equal weight. */
  readonly others: readonly Float32Array[];
  /** By column: the player it belongs to, from 0 to `count` − 1. */
  readonly players: Int32Array;
  readonly count: number;
  /** Pairs of orders against each of the others, where shares are estimated. */
  readonly pairs?: number;
}

/** Σ shares = raw − baseline, but for the rounding of doubles. */
export interface Shares {
  readonly raw: number;
  /** The mean over the others. */
  readonly baseline: number;
  readonly shares: Float64Array;
  /** Standard errors by player; absent where every share is exact. */
  readonly errors?: Float64Array;
}

/** The sum's number for a row. */
export function sumFor({ constant, terms }: Sum, row: Float32Array): number {
  return terms.reduce((sum, term) => sum + termOf(term, row), constant);
}

function termOf({ weight, part }: Term, row: Float32Array): number {
  switch (part.kind) {
    case 'column':
      return weight * part.value(row[part.column]!);
    case 'trees':
      return weight * sumOfTrees(part, columnsFor(part, row));
    case 'opaque':
      return weight * part.value(row);
  }
}

export function sharesOf(sum: Sum, comparison: Comparison): Shares {
  const { row, others, players, count, pairs } = comparison;
  const shares = new Float64Array(count);
  const opaque: { readonly weight: number; readonly part: OpaquePart }[] = [];
  for (const { weight, part } of sum.terms) {
    if (part.kind === 'trees') addTreeShares(part, comparison, weight, shares);
    else if (part.kind === 'opaque') opaque.push({ weight, part });
    else {
      const mean = others.reduce((total, other) => total + part.value(other[part.column]!), 0) / others.length;
      shares[players[part.column]!]! += weight * (part.value(row[part.column]!) - mean);
    }
  }
  const baseline = others.reduce((total, other) => total + sumFor(sum, other), 0) / others.length;
  const raw = sumFor(sum, row);
  if (opaque.length === 0) return { raw, baseline, shares };
  const columnsOf: number[][] = Array.from({ length: count }, () => []);
  players.forEach((player, column) => {
    columnsOf[player]!.push(column);
  });
  const value = (mixed: Float32Array) => opaque.reduce((total, term) => total + termOf(term, mixed), 0);
  const estimated = opaqueShares({ value, row, others, columnsOf, pairs });
  for (let player = 0; player < count; player++) shares[player]! += estimated.shares[player]!;
  return { raw, baseline, shares, ...(!estimated.isExact && { errors: estimated.variances.map(Math.sqrt) }) };
}
