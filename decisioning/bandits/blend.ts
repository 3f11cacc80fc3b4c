/** Clips an index or a rate to [0, 1]: an unbounded index beside a probability would drown it. */
function clipped(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/**
 * What an arm is worth to one customer: (1 − w)·value + w·score. The value is clipped to [0, 1] first. Without scores the values stay as
 * they are, unclipped.
 *
 * @param scores in [0, 1], in the order of `values`; undefined when the customer has none.
 * @param modelWeight w in [0, 1).
 */
export function blended(
  values: readonly number[],
  scores: readonly number[] | undefined,
  modelWeight: number,
): readonly number[] {
  if (scores === undefined || modelWeight === 0) return values;
  return values.map((value, i) => (1 - modelWeight) * clipped(value) + modelWeight * scores[i]!);
}

/** Shares 1 evenly among the arms for which `holds`; at least one must. @returns one probability per arm, in their order. */
export function evenlyAmong(values: readonly number[], holds: (value: number) => boolean): number[] {
  const count = values.filter(holds).length;
  return values.map((value) => (holds(value) ? 1 / count : 0));
}
