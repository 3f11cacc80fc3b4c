/**
 * Shapley values of anything that can only be asked for its value: exactly where few players differ, else estimated over orders of the
 * players drawn from a fixed seed, each with its reverse (Castro and others 2009; antithetic pairs: Mitchell and others 2022).
 */
import { type Random, seededRandom } from '../../random.ts';

/** Up to so many players who differ all 2ⁿ coalitions are asked: 256 against each of 64 rows. */
export const MAX_ENUMERATED_PLAYERS = 8;
/** Pairs of orders against each row, at least 2, so that the error can be told from their difference … */
export const PAIRS_PER_ROW = 2;
/** … and over all rows together: a thousand scores per ten inputs and some tens of milliseconds. */
const LEAST_PAIRS = 64;
/** The same row has the same explanation wherever and whenever it is asked for. */
const SEED = '0f'.repeat(16);

/** Pairs of orders against each of some rows. */
export function leastPairs(rows: number): number {
  return Math.max(PAIRS_PER_ROW, Math.ceil(LEAST_PAIRS / rows));
}

/** Values that are asked for against a row at most. */
export function opaqueRuns(players: number, pairs: number): number {
  const most = 2 ** MAX_ENUMERATED_PLAYERS;
  return players > MAX_ENUMERATED_PLAYERS ? Math.max(most, 2 * pairs * (players + 1)) : 2 ** players;
}

export interface OpaqueGame {
  readonly value: (row: Float32Array) => number;
  readonly row: Float32Array;
  readonly others: readonly Float32Array[];
  /** Columns of each player. */
  readonly columnsOf: readonly (readonly number[])[];
  /** Of orders, against each row; as many as an error needs unless told. */
  readonly pairs?: number | undefined;
}

/** By player; sums to the value of the row − the mean value of the others, whether estimated or not. */
export interface OpaqueShares {
  readonly shares: Float64Array;
  /** Squared standard errors; 0 where they are exact. */
  readonly variances: Float64Array;
  readonly isExact: boolean;
}

export function opaqueShares(game: OpaqueGame): OpaqueShares {
  const { others, columnsOf, pairs = leastPairs(others.length) } = game;
  const shares = new Float64Array(columnsOf.length);
  const variances = new Float64Array(columnsOf.length);
  const random = seededRandom(SEED);
  let isExact = true;
  for (const other of others) {
    const players = differing(game, other);
    if (players.length <= MAX_ENUMERATED_PLAYERS) {
      enumerate(game, other, players, shares);
    } else {
      isExact = false;
      sample(game, other, { players, pairs, random }, shares, variances);
    }
  }
  for (let player = 0; player < shares.length; player++) {
    shares[player]! /= others.length;
    variances[player]! /= others.length ** 2;
  }
  return { shares, variances, isExact };
}

/** Players whose columns are not the same in both rows; the others have no share. */
function differing({ row, columnsOf }: OpaqueGame, other: Float32Array): readonly number[] {
  return columnsOf.flatMap((columns, player) =>
    columns.some((column) => !Object.is(row[column], other[column])) ? [player] : [],
  );
}

function put(target: Float32Array, from: Float32Array, columns: readonly number[]): void {
  for (const column of columns) target[column] = from[column]!;
}

function enumerate(
  { value, row, columnsOf }: OpaqueGame,
  other: Float32Array,
  players: readonly number[],
  shares: Float64Array,
): void {
  const n = players.length;
  const mixed = other.slice();
  const values = Float64Array.from({ length: 2 ** n }, (_, coalition) => {
    players.forEach((player, i) => {
      put(mixed, (coalition >> i) & 1 ? row : other, columnsOf[player]!);
    });
    return value(mixed);
  });
  const weights = coalitionWeights(n);
  players.forEach((player, i) => {
    const bit = 1 << i;
    for (let coalition = 0; coalition < values.length; coalition++) {
      if (coalition & bit) continue;
      shares[player]! += weights[bitCount(coalition)]! * (values[coalition | bit]! - values[coalition]!);
    }
  });
}

/** |S|! (n − |S| − 1)! / n! by |S|. */
function coalitionWeights(n: number): Float64Array {
  const weights = new Float64Array(n);
  let weight = 1 / Math.max(n, 1);
  for (let size = 0; size < n; size++) {
    weights[size] = weight;
    weight = (weight * (size + 1)) / (n - size - 1);
  }
  return weights;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left > 0; left &= left - 1) count++;
  return count;
}

function sample(
  game: OpaqueGame,
  other: Float32Array,
  { players, pairs, random }: { players: readonly number[]; pairs: number; random: Random },
  shares: Float64Array,
  variances: Float64Array,
): void {
  const [sum, squares] = [new Float64Array(shares.length), new Float64Array(shares.length)];
  for (let pair = 0; pair < pairs; pair++) {
    const order = shuffled(players, random);
    const own = new Float64Array(shares.length);
    for (const each of [order, order.toReversed()]) follow(game, other, each, own);
    for (const player of players) {
      const share = own[player]! / 2;
      sum[player]! += share;
      squares[player]! += share ** 2;
    }
  }
  for (const player of players) {
    const mean = sum[player]! / pairs;
    shares[player]! += mean;
    variances[player]! += Math.max(0, squares[player]! / pairs - mean ** 2) / (pairs - 1);
  }
}

/** What each player adds when they come in this order. */
function follow(
  { value, row, columnsOf }: OpaqueGame,
  other: Float32Array,
  order: readonly number[],
  shares: Float64Array,
): void {
  const mixed = other.slice();
  let before = value(mixed);
  for (const player of order) {
    put(mixed, row, columnsOf[player]!);
    const after = value(mixed);
    shares[player]! += after - before;
    before = after;
  }
}

function shuffled(players: readonly number[], random: Random): number[] {
  const order = [...players];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
