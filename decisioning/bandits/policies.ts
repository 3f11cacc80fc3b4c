/** From what a marketer declared to the policy that does it, and what that policy wants of the customer. */
import type { AllocationStrategy } from './allocation.ts';
import { epsilonGreedy } from './epsilon-greedy.ts';
import { fixedSplit } from './fixed-split.ts';
import { inverseGap } from './inverse-gap.ts';
import type { Policy } from './policy.ts';
import { thompson } from './thompson.ts';
import { ucb } from './ucb.ts';

/** The policy of a strategy. @throws RangeError for parameters that publishing would have refused. */
export function policyFor(strategy: AllocationStrategy): Policy {
  switch (strategy.policy) {
    // Without a model or without features the linear policies do as their kin among the bandits.
    case 'thompson':
    case 'linear_thompson':
      return thompson(strategy.modelWeight ?? 0);
    case 'ucb':
    case 'linear_ucb':
      return ucb(strategy.modelWeight ?? 0);
    case 'epsilon_greedy':
      return epsilonGreedy(strategy.epsilon, strategy.topArms ?? 1);
    case 'inverse_gap':
      return inverseGap(strategy.gamma, strategy.modelWeight ?? 0);
    case 'fixed_split':
      return fixedSplit(strategy.weights);
  }
}

/** Whether a strategy asks for the customer's scores: by a weight above 0, by letting them choose among more than one arm, or instead of the bandit. */
export function usesScores(strategy: {
  readonly policy: string;
  readonly modelWeight?: number | undefined;
  readonly topArms?: number | undefined;
  readonly hybrid?: boolean | undefined;
}): boolean {
  return (strategy.modelWeight ?? 0) > 0 || (strategy.topArms ?? 1) > 1 || strategy.hybrid === true;
}

/** Whether a strategy chooses between bandit and model. */
export function isHybrid(strategy: { readonly policy: string; readonly hybrid?: boolean | undefined }): boolean {
  return strategy.hybrid === true;
}
