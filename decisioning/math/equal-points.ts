/** Equally likely values of a distribution that is known by its density alone. */

/** Nodes of the table: over the ranges asked for, a bell curve is met by more than a hundred of them, and its mass is exact to 1e-5. */
const NODES = 1_024;

/**
 * The quantile function of a density on [low, high] that need not be normalised: taken as linear between equidistant nodes, summed up and
 * turned round.
 *
 * @param logDensity ln of the density; what matters is at most 700 below its largest value.
 * @returns from a share in (0, 1) to the value below which that share lies.
 */
export function quantilesOf(logDensity: (x: number) => number, low: number, high: number): (share: number) => number {
  const step = (high - low) / (NODES - 1);
  const logs = Float64Array.from({ length: NODES }, (_, i) => logDensity(low + i * step));
  const peak = logs.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const density = logs.map((value) => Math.exp(value - peak));
  const mass = new Float64Array(NODES);
  for (let i = 1; i < NODES; i++) mass[i] = mass[i - 1]! + (density[i - 1]! + density[i]!) / 2;
  return (share) => {
    const wanted = share * mass[NODES - 1]!;
    const i = firstAtLeast(mass, wanted);
    return low + (i - 1 + part(density[i - 1]!, density[i]!, wanted - mass[i - 1]!)) * step;
  };
}

/** How far through a cell of width 1, whose density goes from `start` to `end`, so much mass is reached: the root of start·x + (end − start)·x²/2. */
function part(start: number, end: number, mass: number): number {
  const root = Math.sqrt(Math.max(start * start + 2 * (end - start) * mass, 0));
  return mass > 0 ? Math.min((2 * mass) / (start + root), 1) : 0;
}

/** The first place, from 1, whose value is at least `wanted`; values ascend. */
function firstAtLeast(values: Float64Array, wanted: number): number {
  let [from, to] = [1, values.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (values[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The quantiles of the middles of `count` equal shares, ascending: each as likely as any other. */
export function equalPoints(quantile: (share: number) => number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => quantile((i + 0.5) / count));
}
