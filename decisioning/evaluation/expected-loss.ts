import type { BetaPosterior } from '../bandits/posterior.ts';
import { posteriorMean } from '../bandits/posterior.ts';
import { betaCdf } from '../math/beta.ts';
import { PANEL_POINTS, panelNodes, panelWeights } from '../math/gauss-panel.ts';

/** Beyond so many standard deviations nothing of a posterior is left that could move a loss. */
const REACH = 10;
/** Even panels over the whole range; the leader's own scale gets panels beside them. */
const EVEN_PANELS = 16;
/** Ends of the panels around an arm's mean, in its standard deviations. */
const STEPS = [-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6];
/** Arms whose own scale gets panels: those with the highest means; others end below them. */
const RESOLVED_ARMS = 4;

function deviation({ alpha, beta }: BetaPosterior): number {
  const total = alpha + beta;
  return Math.sqrt((alpha * beta) / (total * total * (total + 1)));
}

/**
 * Expected loss of staying with one arm: E[max θ] − E[θ_chosen], the conversions per trial that knowing the truth would still add (Chapelle and Li 2011
 * call it expected regret). By ∫ (1 − ∏ Fⱼ(x)) dx with Gauss–Legendre panels, to 1e-6 of the rates' range.
 *
 * @param posteriors 1 to 512 independent Beta posteriors, in any order.
 * @param chosen index of the arm that is kept.
 * @returns not negative, in the unit of the rate.
 */
export function expectedLoss(posteriors: readonly BetaPosterior[], chosen: number): number {
  const means = posteriors.map(posteriorMean);
  const sds = posteriors.map(deviation);
  const lows = means.map((mean, i) => Math.max(mean - REACH * sds[i]!, 0));
  const highs = means.map((mean, i) => Math.min(mean + REACH * sds[i]!, 1));
  const from = lows.reduce((most, low) => Math.max(most, low), 0);
  const to = highs.reduce((most, high) => Math.max(most, high), 0);
  const arms = posteriors.filter((_, i) => highs[i]! > from);
  const ends = new Set([from, to]);
  for (let i = 1; i < EVEN_PANELS; i++) ends.add(from + ((to - from) * i) / EVEN_PANELS);
  const leading = [...means.keys()].sort((a, b) => means[b]! - means[a]!).slice(0, RESOLVED_ARMS);
  for (const i of leading) for (const step of STEPS) ends.add(means[i]! + step * sds[i]!);
  const sorted = [...ends].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
  let expectedMax = from;
  for (let panel = 1; panel < sorted.length; panel++) {
    const left = sorted[panel - 1]!;
    const width = sorted[panel]! - left;
    for (let k = 0; k < PANEL_POINTS; k++) {
      const x = left + width * panelNodes[k]!;
      const allBelow = arms.reduce((product, { alpha, beta }) => product * betaCdf(x, alpha, beta), 1);
      expectedMax += width * panelWeights[k]! * (1 - allBelow);
    }
  }
  return Math.max(expectedMax - means[chosen]!, 0);
}
