/** Named sums as rows: JSON lists of integers, told apart by name and length. */
import { saturated } from '../../decisioning/bandits/statistics.ts';

/** Where a vector belongs: its cell, its name and how many elements it has. */
export interface VectorKey {
  readonly leaf: string;
  readonly arm: string;
  readonly name: string;
  readonly length: number;
}

/** The list in a row. */
export function parseVector(text: string): readonly number[] {
  return JSON.parse(text) as readonly number[];
}

/**
 * a + b, element by element, each {@link saturated}.
 *
 * @param a of the same length as b
 */
export function addSaturating(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, i) => saturated(value + (b[i] as number)));
}

/**
 * What a vector is called when it is read. Where vectors of unequal length came under one name, the shortest of the campaign keeps it and the
 * others are called `name#length`: nothing is lost, nothing of unequal length is ever added, and whoever changes what a name means finds out.
 *
 * @param plain the shortest length by name
 */
export function nameOf(
  { name, length }: { readonly name: string; readonly length: number },
  plain: ReadonlyMap<string, number>,
): string {
  return plain.get(name) === length ? name : `${name}#${length}`;
}
