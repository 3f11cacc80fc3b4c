/** What a campaign's parameters do: the figures of every value, and its effect apart from those of the others. */
import type { CampaignStatistics } from '../bandits/allocation.ts';
import { coefficientsOf } from '../bandits/effects/coefficients.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import { fitEffects } from '../bandits/effects/fit.ts';
import { initialPrior } from '../bandits/effects/prior.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../bandits/statistics.ts';
import { type Figures, figuresOf } from './performance.ts';
import { type ValueEffect, valueEffects } from './value-effects.ts';

/** One value: its arms' sums, and what it does. */
export interface ValuePerformance extends Figures {
  readonly id: string;
  /** Null before the first trial, and where it has no other value to be compared with. */
  readonly effect: ValueEffect | null;
  /** P(its effect is the largest of its parameter). */
  readonly pBest: number;
}

export interface ParameterPerformance {
  /** Σ over the campaign's arms: also Σ over the values of each parameter. Arms that are gone are not in it. */
  readonly totals: Figures;
  readonly parameters: readonly { readonly id: string; readonly values: readonly ValuePerformance[] }[];
}

/**
 * Figures and effects per value. Effects come from the model that learning by effects uses (`bandits/effects/fit.ts`), fitted to all leaves at
 * once with a constant of each, so that a value is not credited with the leaves it was shown in, nor with the values it was shown with.
 *
 * @param armIds the campaign's arms.
 * @param statistics sums per leaf and arm, under plain leaves; other arms are ignored.
 */
export function parameterPerformance(
  design: ParameterDesign,
  armIds: readonly string[],
  statistics: CampaignStatistics,
): ParameterPerformance {
  const leaves = [...statistics.values()].filter((arms) => armIds.some((id) => (arms.get(id)?.trials ?? 0) > 0));
  const sums = new Map(armIds.map((id) => [id, pooled([...statistics.values()].map((arms) => arms.get(id)))]));
  const effects = effectsOf(design, armIds, leaves);
  return {
    totals: figuresOf(pooled([...sums.values()])),
    parameters: design.parameters.map(({ id, values }, parameter) => ({
      id,
      values: values.map((value, index) => {
        const arms = armIds.filter((armId) => design.arms[armId]?.[parameter] === index);
        const { effect, pBest } = effects?.[parameter]?.[index] ?? { effect: null, pBest: 1 / values.length };
        return { id: value, ...figuresOf(pooled(arms.map((armId) => sums.get(armId)))), effect, pBest };
      }),
    })),
  };
}

function pooled(list: readonly (ArmStatistics | undefined)[]): ArmStatistics {
  return list.reduce<ArmStatistics>((sum, each) => (each ? mergeStatistics(sum, each) : sum), emptyStatistics);
}

/** Effects per parameter and value; undefined before the first trial. */
function effectsOf(
  design: ParameterDesign,
  armIds: readonly string[],
  leaves: readonly ReadonlyMap<string, ArmStatistics>[],
): ReturnType<typeof valueEffects> | undefined {
  if (leaves.length === 0) return undefined;
  const arms = coefficientsOf(design, armIds);
  // One more coefficient per leaf, as if the leaf were a parameter.
  const rows = leaves.flatMap((_, leaf) => arms.rows.map((row) => [...row, arms.count + leaf]));
  const coefficients = { ...arms, count: arms.count + leaves.length, rows };
  const counts = leaves.flatMap((leaf) => armIds.map((id) => leaf.get(id) ?? emptyStatistics));
  const fit = fitEffects(coefficients, counts, initialPrior(coefficients));
  const weights = leaves.map((leaf) => armIds.reduce((sum, id) => sum + (leaf.get(id)?.trials ?? 0), 0));
  return fit && valueEffects(design, coefficients, fit, weights);
}
