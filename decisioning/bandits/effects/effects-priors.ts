/** Learning from the values of parameters: each arm's prior from what all the other arms say about its values. */
import type { BetaPosterior } from '../posterior.ts';
import { type Coefficients, coefficientsOf } from './coefficients.ts';
import type { ParameterDesign } from './design.ts';
import { type ArmCounts, type EffectsFit, fitEffects } from './fit.ts';
import { leafEffects } from './leaf-effects.ts';
import { DEVIATION_SPREAD, initialPrior } from './prior.ts';
import { squaredLength } from './symmetric.ts';

/** Rates below six in a million, and above as near to 1, are not told apart: the Beta stays within what P(best) is exact for. */
const MAX_LOG_ODDS = 12;

/**
 * The prior of every arm in one leaf: what its values' effects, learned from the *other* arms, say about it. With the arm's own counts added
 * it is a Beta posterior like any other, so that every policy uses it unchanged.
 *
 * The model of `fit.ts` is fitted to all arms at once; from it each arm's prior is the prediction that leaves the arm's own counts out, in
 * closed form: with x its row, h = xᵀ·Σ·x, w the information in its counts, r = c − n·θ, g its expected deviation and s = DEVIATION_SPREAD,
 *
 *   m = x·β + g − h·r / (1 − h·w̃),  v = s² + h / (1 − h·w̃),  w̃ = w / (1 + s²·w)   (log-odds)
 *
 * so nothing counts twice. A Beta with the same mode and curvature in log-odds stands for it: α = (1 + e^m) / v, β = (1 + e^−m) / v.
 * An arm that works better or worse than its values shows it by its own counts: v never falls below s², some 44 conversions' worth.
 *
 * Arms' posteriors share effects and are treated as independent all the same when P(best) is computed: sampling them jointly earns no more
 * (`docs/reference/policies.md`, factored arms).
 *
 * @param armIds the order of every vector.
 * @param own counts in this leaf, with imported history.
 * @param elsewhere counts in all other leaves.
 * @returns undefined where nothing was counted at all, here or elsewhere.
 */
export function effectsPriors(
  design: ParameterDesign,
  armIds: readonly string[],
  own: readonly ArmCounts[],
  elsewhere: readonly ArmCounts[],
): BetaPosterior[] | undefined {
  if (!anyTrials(own) && !anyTrials(elsewhere)) return undefined;
  const coefficients = coefficientsOf(design, armIds);
  let prior = initialPrior(coefficients);
  if (anyTrials(elsewhere)) {
    const others = fitEffects(coefficients, elsewhere, prior);
    prior = (others && leafEffects(others)) ?? prior;
  }
  const fit = fitEffects(coefficients, own, prior);
  return fit && coefficients.rows.map((_, arm) => withoutOwn(fit, coefficients, arm, prior.deviations[arm]!));
}

function anyTrials(counts: readonly ArmCounts[]): boolean {
  return counts.some(({ trials }) => trials > 0);
}

function withoutOwn(fit: EffectsFit, { count, rows }: Coefficients, arm: number, expected: number): BetaPosterior {
  const row = rows[arm]!;
  const h = squaredLength(fit.inverse, count, row);
  const weight = fit.information[arm]!;
  const variance = DEVIATION_SPREAD ** 2;
  const widened = h / (1 - (h * weight) / (1 + variance * weight));
  const along = row.reduce((sum, place) => sum + fit.coefficients[place]!, 0);
  return betaOf(along + expected - widened * fit.residuals[arm]!, variance + widened);
}

/** The Beta with the same mode and curvature in log-odds as Normal(mean, variance) (the Laplace bridge: MacKay, 1998). */
function betaOf(mean: number, variance: number): BetaPosterior {
  const odds = Math.exp(Math.min(Math.max(mean, -MAX_LOG_ODDS), MAX_LOG_ODDS));
  return { alpha: (1 + odds) / variance, beta: (1 + 1 / odds) / variance };
}
