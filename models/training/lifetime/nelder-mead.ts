/** A minimum without derivatives: a simplex that reflects, expands, contracts and shrinks (Nelder and Mead, 1965). */

interface Corner {
  readonly at: readonly number[];
  readonly value: number;
}

export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly steps: number;
}

export interface SearchSettings {
  /** Length of the first simplex's edges. */
  readonly edge?: number;
  /** Ends when the corners' values differ by less. */
  readonly tolerance?: number;
}

/** Four parameters end within some 300 steps; this is for starts that are far off. */
export const MAX_SIMPLEX_STEPS = 5_000;
/** A simplex that has collapsed begins again around the best point; the second time finds nothing better where all is well. */
const MAX_ROUNDS = 4;

/** A local minimum of `f` near `start`; deterministic. What is not a number counts as infinite. */
export function minimize(
  f: (at: readonly number[]) => number,
  start: readonly number[],
  { edge = 0.5, tolerance = 1e-9 }: SearchSettings = {},
): Minimum {
  const safe = (at: readonly number[]): number => {
    const value = f(at);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  let best: Minimum = { at: start, value: safe(start), steps: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = oneSearch(safe, best.at, edge / 2 ** round, tolerance);
    const gain = best.value - found.value;
    best = { ...found, steps: best.steps + found.steps };
    if (round > 0 && gain < tolerance) break;
  }
  return best;
}

function oneSearch(
  f: (at: readonly number[]) => number,
  start: readonly number[],
  edge: number,
  tolerance: number,
): Minimum {
  const corner = (at: readonly number[]): Corner => ({ at, value: f(at) });
  let corners = [corner(start), ...start.map((_, i) => corner(start.map((x, j) => (i === j ? x + edge : x))))];
  let steps = 0;
  for (; steps < MAX_SIMPLEX_STEPS; steps++) {
    corners = corners.toSorted((a, b) => a.value - b.value);
    const best = corners[0]!;
    const worst = corners.at(-1)!;
    if (worst.value - best.value < tolerance && spread(corners) < 1e-7) break;
    corners = step(corner, corners, best, worst);
  }
  const best = corners.reduce((a, b) => (b.value < a.value ? b : a));
  return { at: best.at, value: best.value, steps };
}

function step(
  corner: (at: readonly number[]) => Corner,
  corners: readonly Corner[],
  best: Corner,
  worst: Corner,
): Corner[] {
  const others = corners.slice(0, -1);
  const centre = best.at.map((_, i) => others.reduce((sum, { at }) => sum + at[i]!, 0) / others.length);
  const along = (factor: number): Corner => corner(centre.map((x, i) => x + factor * (worst.at[i]! - x)));
  const reflected = along(-1);
  if (reflected.value < best.value) {
    const expanded = along(-2);
    return [...others, expanded.value < reflected.value ? expanded : reflected];
  }
  if (reflected.value < others.at(-1)!.value) return [...others, reflected];
  const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
  if (contracted.value < Math.min(worst.value, reflected.value)) return [...others, contracted];
  return [best, ...corners.slice(1).map(({ at }) => corner(at.map((x, i) => (x + best.at[i]!) / 2)))];
}

function spread(corners: readonly Corner[]): number {
  const best = corners[0]!;
  return Math.max(...corners.slice(1).flatMap(({ at }) => at.map((x, i) => Math.abs(x - best.at[i]!))));
}
