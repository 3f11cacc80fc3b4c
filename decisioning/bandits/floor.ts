/**
 * Mixes a policy's probabilities with an even choice: p′ = f/K + (1 − f)·p. Every arm keeps at least f/K, which off-policy estimates need.
 *
 * @param probabilities of K ≥ 1 arms; normalised here, so that rounding in a policy does not reach the published vector.
 * @param floor f, 0 ≤ f < 1.
 * @returns a new vector, sum 1 within 1e-12.
 * @throws RangeError for a floor outside its range, or probabilities that are negative, not finite or sum to nothing.
 */
export function withFloor(probabilities: ArrayLike<number>, floor: number): number[] {
  if (!(floor >= 0 && floor < 1)) throw new RangeError(`withFloor: the floor ${floor} is not in [0, 1)`);
  const count = probabilities.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (!(probabilities[i]! >= 0)) throw new RangeError(`withFloor: probability ${i} is ${probabilities[i]}`);
    sum += probabilities[i]!;
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) throw new RangeError(`withFloor: probabilities sum to ${sum}`);
  const mixed = new Array<number>(count);
  for (let i = 0; i < count; i++) mixed[i] = floor / count + (1 - floor) * (probabilities[i]! / sum);
  return mixed;
}
