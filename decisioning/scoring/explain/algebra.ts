/** Numbers of a graph as sums of parts: what stays a sum under which operation. */
import type { ColumnPart, Space, Sum, Term } from './parts.ts';

/** One number that a graph works out of a row: a sum, or a function of one. */
export interface Value {
  readonly sum: Sum;
  readonly link?: { readonly of: (raw: number) => number; readonly space: Space };
}

/** Values, terms, and functions that reading one file may make: some 100 bytes each. A row of 1,024 columns into 250 sums has as many. */
export const MAX_TERMS = 262_144;

let termsLeft = MAX_TERMS;

/** Counts what is made of a file. @throws RangeError where it is more than {@link withinTerms} lets it be */
export function spendTerms(count: number): void {
  termsLeft -= count;
  if (termsLeft < 0) throw new RangeError('terms');
}

/** What is read of one file; undefined where it makes more than {@link MAX_TERMS}: sums of sums may double with every node. */
export function withinTerms<T>(read: () => T): T | undefined {
  termsLeft = MAX_TERMS;
  try {
    return read();
  } catch (error) {
    if (termsLeft >= 0) throw error;
    return undefined;
  } finally {
    termsLeft = MAX_TERMS;
  }
}

export function constant(number: number): Value {
  spendTerms(1);
  return { sum: { constant: number, terms: [] } };
}

export function term(part: Term['part']): Value {
  spendTerms(part.kind === 'column' ? (part.cost ?? 1) : 1);
  return { sum: { constant: 0, terms: [{ weight: 1, part }] } };
}

/** The number itself, where no row changes it. */
export function constantOf({ sum, link }: Value): number | undefined {
  if (sum.terms.length > 0) return undefined;
  return link ? link.of(sum.constant) : sum.constant;
}

/** A value that depends on one column alone, as a function of it. */
export function columnOf(value: Value): ColumnPart | undefined {
  const { sum, link } = value;
  const parts: { readonly weight: number; readonly part: ColumnPart }[] = [];
  for (const { weight, part } of sum.terms) {
    if (part.kind !== 'column' || part.column !== (parts[0]?.part.column ?? part.column)) return undefined;
    parts.push({ weight, part });
  }
  const first = parts[0];
  if (!first || link) return undefined;
  const isItself = parts.length === 1 && first.weight === 1 && sum.constant === 0;
  const add = (x: number) => parts.reduce((total, { weight, part }) => total + weight * part.value(x), sum.constant);
  const cost = parts.reduce((total, { part }) => total + (part.cost ?? 1), 1);
  return isItself ? first.part : { kind: 'column', column: first.part.column, value: add, cost };
}

/** A function of one value. @param space what is under it is measured in, where it is the first that is no sum */
export function apply(value: Value, of: (x: number) => number, space: Space): Value {
  const known = constantOf(value);
  if (known !== undefined) return constant(of(known));
  const column = columnOf(value);
  if (column) return term({ ...column, value: (x: number) => of(column.value(x)), cost: (column.cost ?? 1) + 1 });
  const { sum, link } = value;
  spendTerms(1);
  if (!link) return { sum, link: { of, space } };
  return { sum, link: { of: (raw) => of(link.of(raw)), space: 'raw' } };
}

/** Cuts off what no score reaches: what is under it is measured as before. */
export function clip(value: Value, of: (x: number) => number): Value {
  const space = value.link?.space;
  const clipped = apply(value, of, 'raw');
  return clipped.link && space ? { sum: clipped.sum, link: { ...clipped.link, space } } : clipped;
}

/** Σ weightᵢ · valueᵢ + shift; undefined where it is no sum of parts: two values behind functions. */
export function combine(values: readonly Value[], weights: readonly number[], shift = 0): Value | undefined {
  let total = shift;
  const terms: Term[] = [];
  let linked: { readonly value: Value; readonly weight: number } | undefined;
  for (const [i, value] of values.entries()) {
    const weight = weights[i]!;
    const known = constantOf(value);
    if (weight === 0 && known === undefined) continue;
    if (known !== undefined) total += weight * known;
    else if (!value.link) {
      total += weight * value.sum.constant;
      spendTerms(value.sum.terms.length);
      for (const each of value.sum.terms) terms.push({ weight: weight * each.weight, part: each.part });
    } else if (linked) return undefined;
    else linked = { value, weight };
  }
  spendTerms(1);
  if (!linked) return { sum: { constant: total, terms } };
  const { value, weight } = linked;
  return terms.length > 0 ? undefined : apply(value, (x) => weight * x + total, 'raw');
}

/** The product; undefined unless one of them is constant. */
export function product(one: Value, other: Value): Value | undefined {
  const [left, right] = [constantOf(one), constantOf(other)];
  if (right !== undefined) return combine([one], [right]);
  return left === undefined ? undefined : combine([other], [left]);
}

/** From log-odds to a probability; exp never overflows, since it is taken of the negative side alone. */
export function logistic(x: number): number {
  const y = 1 / (1 + Math.exp(-Math.abs(x)));
  return x < 0 ? 1 - y : y;
}
