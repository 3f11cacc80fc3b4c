import { PANEL_POINTS, panelNodes } from '../../math/gauss-panel.ts';
import { type BoundedArm, type Panels, sweepDown } from '../sweep.ts';

/** Standard deviations on either side of a mean beyond which a normal is not looked at: 2·10⁻⁹ of it. */
const REACH = 6;
/** A panel is at most this many of its narrowest arm's standard deviations wide. */
const MAX_DEVIATIONS = 1.5;
/** Once P(every arm lies lower) is below this, what is left cannot move an answer by 1e-6. */
const NEGLIGIBLE = 1e-7;
/** A deviation below this share of its mean counts as it: panels of less would be no wider than the spacing of numbers around the mean. */
const SMALLEST_SHARE = 2 ** -40;
/** 512 needles side by side, each met by eight panels of its own; past this the rest is shared as what was found so far. */
const MAX_PANELS = 4_096;

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

interface SweptNormal extends BoundedArm {
  readonly mean: number;
  readonly deviation: number;
}

const PANELS: Panels<SweptNormal> = {
  widthAt: panelWidth,
  densitiesAt: densities,
  negligible: NEGLIGIBLE,
  most: MAX_PANELS,
};

/**
 * P(each of K independent normals is the largest): ∫ fᵢ ∏_{j≠i} Fⱼ by Gauss–Legendre panels from the top down, as `probabilityBest` does for
 * Betas. Exact to 1e-4; equal arms get equal answers, and an arm whose reach lies below another's gets 0.
 *
 * @param means finite. @param deviations above 0 and finite.
 * @returns probabilities in the same order, sum 1.
 * @throws RangeError for other parameters.
 */
export function normalBest(means: ArrayLike<number>, deviations: ArrayLike<number>): Float64Array {
  return sweepDown(
    Array.from(means, (mean, index) => swept(mean, deviations[index]!, index)),
    PANELS,
  );
}

function swept(mean: number, own: number, index: number): SweptNormal {
  if (!(Number.isFinite(mean) && own > 0 && Number.isFinite(own)))
    throw new RangeError(`normalBest: N(${mean}, ${own}²) is not a distribution`);
  const deviation = Math.max(own, SMALLEST_SHARE * Math.abs(mean));
  return { index, mean, deviation, low: mean - REACH * deviation, high: mean + REACH * deviation };
}

/** As wide as the narrowest arm that the panel meets allows; it may reach into an arm by a step of that arm's own. */
function panelWidth(arms: readonly SweptNormal[], right: number, most: number): number {
  let width = most;
  for (const { high, deviation } of arms) {
    width = Math.min(width, Math.max(0, right - high) + MAX_DEVIATIONS * deviation);
  }
  return width;
}

/** Writes `width` times an arm's density at the points of the panel [right − width, right]. */
function densities(arms: readonly SweptNormal[], right: number, width: number) {
  return (place: number, density: Float64Array): void => {
    const { mean, deviation } = arms[place]!;
    const scale = width / (deviation * ROOT_TWO_PI);
    for (let k = 0; k < PANEL_POINTS; k++) {
      const t = (right - width + width * panelNodes[k]! - mean) / deviation;
      density[k] = scale * Math.exp(-0.5 * t * t);
    }
  };
}
