/** P(each arm is the largest), panel by panel from the top down: what the quadratures of P(best) share. */
import { PANEL_POINTS, panelTails, panelWeights } from '../math/gauss-panel.ts';

/** Where the quadrature's own error leaves a cdf at or below zero: density / cdf stays finite and nothing turns negative. */
const SMALLEST_CDF = 1e-12;

/** The same under names of this module: what another exports is looked up anew at every use. */
const [POINTS, WEIGHTS, TAILS] = [PANEL_POINTS, panelWeights, panelTails];

/** Of one panel, and of one sweep, which nothing interrupts: arrays of their own would be a fifth of what a sweep takes. */
const product = new Float64Array(PANEL_POINTS);
const density = new Float64Array(PANEL_POINTS);
let scratch = new Float64Array(0);

/** What the sweep must know of an arm. */
export interface SweptArm {
  /** The arm's place in the vectors handed in. */
  readonly index: number;
  /** Above it lies nothing that counts. */
  readonly high: number;
}

/** What the sweep from the top down carries; vectors are in the order of `arms`. */
interface Sweep {
  /** By descending upper end, so that those met so far come first. */
  readonly arms: readonly SweptArm[];
  /** P(arm > right end of the panel). */
  readonly above: Float64Array;
  /** Density / cdf at the panel's points, arm by arm. */
  readonly ratios: Float64Array;
  /** The answer, in the caller's order, not yet normalised. */
  readonly best: Float64Array;
}

/** A sweep that has met nothing yet. @param best zeros, one for each place in the caller's order. */
function newSweep(arms: readonly SweptArm[], best: Float64Array): Sweep {
  const room = arms.length * (POINTS + 1);
  if (scratch.length < room) scratch = new Float64Array(room);
  scratch.fill(0, 0, room);
  return { arms, above: scratch.subarray(0, arms.length), ratios: scratch.subarray(arms.length, room), best };
}

/**
 * Adds the panel [right − width, right] to every arm's answer.
 *
 * @param fill writes `width` times the density of the arm at a place of `arms`, at the panel's Gauss–Legendre points in ascending order.
 * @returns P(every arm lies below the panel).
 */
function addPanel(
  { arms, above, ratios, best }: Sweep,
  right: number,
  width: number,
  fill: (place: number, density: Float64Array) => void,
): number {
  const left = right - width;
  for (let k = 0; k < POINTS; k++) product[k] = width * WEIGHTS[k]!;
  let allBelow = 1;
  let met = 0;
  for (; met < arms.length && arms[met]!.high > left; met++) {
    fill(met, density);
    const start = above[met]!;
    let mass = start;
    for (let k = 0; k < POINTS; k++) {
      mass += WEIGHTS[k]! * density[k]!;
      let tail = start;
      for (let l = 0; l < POINTS; l++) tail += TAILS[k * POINTS + l]! * density[l]!;
      const cdf = Math.max(1 - tail, SMALLEST_CDF);
      product[k] = product[k]! * cdf;
      ratios[met * POINTS + k] = density[k]! / cdf;
    }
    above[met] = mass;
    allBelow *= Math.max(1 - mass, 0);
  }
  for (let i = 0; i < met; i++) {
    let sum = 0;
    for (let k = 0; k < POINTS; k++) sum += product[k]! * ratios[i * POINTS + k]!;
    best[arms[i]!.index] = best[arms[i]!.index]! + sum / width;
  }
  return allBelow;
}

/** An arm that can be left out where another lies above it altogether. */
export interface BoundedArm extends SweptArm {
  /** Below it lies nothing that counts. */
  readonly low: number;
}

/** How panels are laid over arms. */
export interface Panels<Arm> {
  /** Width of the panel whose right end is given, at most `most`. */
  readonly widthAt: (arms: readonly Arm[], right: number, most: number) => number;
  /** The `fill` of {@link addPanel} for the panel [right − width, right]. */
  readonly densitiesAt: (
    arms: readonly Arm[],
    right: number,
    width: number,
  ) => (place: number, density: Float64Array) => void;
  /** Once P(every arm lies lower) is below this, the sweep ends. */
  readonly negligible: number;
  /** It ends after so many panels at the latest; what is left is shared as what was found so far. */
  readonly most: number;
}

/**
 * P(each arm is the largest): panels from the highest end downwards until no arm can still be it. Arms whose whole range lies below another's
 * get exactly 0.
 *
 * @param all one for each place of the answer, in any order.
 * @returns probabilities by `index`, sum 1; empty when there is no arm.
 */
export function sweepDown<Arm extends BoundedArm>(all: readonly Arm[], panels: Panels<Arm>): Float64Array {
  const best = new Float64Array(all.length);
  const floor = all.reduce((most, { low }) => Math.max(most, low), Number.NEGATIVE_INFINITY);
  const arms = all.filter(({ high }) => high > floor).sort((one, other) => other.high - one.high);
  if (arms.length === 1) best[arms[0]!.index] = 1;
  if (arms.length < 2) return best;
  const sweep = newSweep(arms, best);
  let right = arms[0]!.high;
  for (let panel = 0; panel < panels.most && right > floor; panel++) {
    const width = panels.widthAt(arms, right, right - floor);
    if (addPanel(sweep, right, width, panels.densitiesAt(arms, right, width)) < panels.negligible) break;
    right -= width;
  }
  return normalise(best);
}

/** Divides by the sum, so that what the quadrature cut off is shared as what it found. */
export function normalise(best: Float64Array): Float64Array {
  let sum = 0;
  for (const value of best) sum += value;
  for (let i = 0; i < best.length; i++) best[i] = best[i]! / sum;
  return best;
}
