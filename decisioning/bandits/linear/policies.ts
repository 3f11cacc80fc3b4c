/** From a strategy to its linear policy. */
import type { AllocationStrategy } from '../allocation.ts';
import { blended } from '../blend.ts';
import { inverseGapShares } from '../inverse-gap.ts';
import type { LinearPolicy } from './linear-policy.ts';
import { linearThompson } from './linear-thompson.ts';
import { linearUcb } from './linear-ucb.ts';

/** Whether a policy computes with features when its campaign declares some. */
export function learnsFromFeatures({ policy }: { readonly policy: string }): boolean {
  return policy === 'linear_ucb' || policy === 'linear_thompson' || policy === 'inverse_gap';
}

/** The linear policy of a strategy; undefined for those that have none. @throws RangeError for parameters that publishing would have refused. */
export function linearPolicyFor(strategy: AllocationStrategy): LinearPolicy | undefined {
  switch (strategy.policy) {
    case 'linear_ucb':
      return linearUcb(strategy.alpha, strategy.modelWeight ?? 0);
    case 'linear_thompson':
      return linearThompson(strategy.v, strategy.modelWeight ?? 0);
    case 'inverse_gap':
      return linearInverseGap(strategy.gamma, strategy.modelWeight ?? 0);
    default:
      return undefined;
  }
}

/** Inverse gap weighting (SquareCB: Foster and Rakhlin, 2020) of the rewards that the linear model predicts for the customer. */
function linearInverseGap(gamma: number, modelWeight: number): LinearPolicy {
  return {
    name: 'inverse_gap',
    probabilities: ({ scores }, { means }) => inverseGapShares(blended(Array.from(means), scores, modelWeight), gamma),
  };
}
