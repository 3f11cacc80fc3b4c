/** What is believed of every arm of a leaf before its own evidence there. */
import type { AllocationInput } from './allocation.ts';
import { effectsPriors } from './effects/effects-priors.ts';
import { leafPrior } from './leaf-prior.ts';
import { type BetaPosterior, evidenceOf, priorOf } from './posterior.ts';
import type { ArmStatistics } from './statistics.ts';

/**
 * The prior of each arm in one leaf: arm by arm its own and what the other leaves saw of it; where the campaign learns by effects, what the other
 * arms and leaves say of its values, and its imported history on top. None looks at the arm's own evidence in the leaf.
 *
 * @param own evidence of the leaf, in the order of `armIds`.
 * @param totals evidence of all leaves, likewise.
 */
export function armPriors(
  { armIds, priors, parameters, learning }: AllocationInput,
  own: readonly ArmStatistics[],
  totals: readonly ArmStatistics[],
): readonly BetaPosterior[] {
  const imported = armIds.map((armId) => priorOf(priors, armId));
  const elsewhere = totals.map((total, i) => ({
    trials: total.trials - own[i]!.trials,
    conversions: total.conversions - own[i]!.conversions,
  }));
  if (learning?.by === 'effects' && parameters) {
    const history = imported.map(evidenceOf);
    const here = own.map(({ trials, conversions }, i) => ({
      trials: trials + history[i]!.trials,
      conversions: conversions + history[i]!.conversions,
    }));
    const learned = effectsPriors(parameters, armIds, here, elsewhere);
    if (learned)
      return learned.map(({ alpha, beta }, i) => {
        const { trials, conversions } = history[i]!;
        return { alpha: alpha + conversions, beta: beta + (trials - conversions) };
      });
  }
  return imported.map((prior, i) => leafPrior(elsewhere[i]!, prior));
}
