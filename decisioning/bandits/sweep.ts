/** P(each arm is the largest), panel by panel from the top down: what the quadratures of P(best) share. */
import { PANEL_POINTS, panelTails, panelWeights } from '../math/gauss-panel.ts';

/** Where the quadrature's own error leaves a cdf at or below zero: density / cdf stays finite and nothing turns negative. */
const SMALLEST_CDF = 1e-12;

/** What the sweep must know of an arm. */
export interface SweptArm {
  /** The arm's place in the vectors handed in. */
  readonly index: number;
  /** Above it lies nothing that counts. */
  readonly high: number;
}

/** What the sweep from the top down carries; vectors are in the order of `arms`. */
export interface Sweep {
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
export function newSweep(arms: readonly SweptArm[], best: Float64Array): Sweep {
  return { arms, above: new Float64Array(arms.length), ratios: new Float64Array(arms.length * PANEL_POINTS), best };
}

/**
 * Adds the panel [right − width, right] to every arm's answer.
 *
 * @param fill writes `width` times the density of the arm at a place of `arms`, at the panel's Gauss–Legendre points in ascending order.
 * @returns P(every arm lies below the panel).
 */
export function addPanel(
  { arms, above, ratios, best }: Sweep,
  right: number,
  width: number,
  fill: (place: number, density: Float64Array) => void,
): number {
  const left = right - width;
  const product = new Float64Array(PANEL_POINTS);
  for (let k = 0; k < PANEL_POINTS; k++) product[k] = width * panelWeights[k]!;
  const density = new Float64Array(PANEL_POINTS);
  let allBelow = 1;
  let met = 0;
  for (; met < arms.length && arms[met]!.high > left; met++) {
    fill(met, density);
    const start = above[met]!;
    let mass = start;
    for (let k = 0; k < PANEL_POINTS; k++) {
      mass += panelWeights[k]! * density[k]!;
      let tail = start;
      for (let l = 0; l < PANEL_POINTS; l++) tail += panelTails[k * PANEL_POINTS + l]! * density[l]!;
      const cdf = Math.max(1 - tail, SMALLEST_CDF);
      product[k] = product[k]! * cdf;
      ratios[met * PANEL_POINTS + k] = density[k]! / cdf;
    }
    above[met] = mass;
    allBelow *= Math.max(1 - mass, 0);
  }
  for (let i = 0; i < met; i++) {
    let sum = 0;
    for (let k = 0; k < PANEL_POINTS; k++) sum += product[k]! * ratios[i * PANEL_POINTS + k]!;
    best[arms[i]!.index] = best[arms[i]!.index]! + sum / width;
  }
  return allBelow;
}

/** Divides by the sum, so that what the quadrature cut off is shared as what it found. */
export function normalise(best: Float64Array): Float64Array {
  let sum = 0;
  for (const value of best) sum += value;
  for (let i = 0; i < best.length; i++) best[i] = best[i]! / sum;
  return best;
}
