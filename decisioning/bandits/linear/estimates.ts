/** What a linear strategy goes by for one customer, arm by arm, for whoever asks why. */
import type { AllocationStrategy } from '../allocation.ts';
import type { Prediction } from './predict.ts';

/** One arm, in the reward's unit: a rate where the reward is whether the goal was reached. */
export interface ArmEstimate {
  /** Expected reward for this customer, zᵀθ. */
  readonly estimate: number;
  /** Of `linear_ucb`: α·√(zᵀA⁻¹z), what is added for what is not known yet; the largest sum is chosen. */
  readonly margin?: number;
  /** Of `linear_thompson`: v·√(zᵀA⁻¹z), the standard deviation with which the estimate is drawn. */
  readonly deviation?: number;
}

/** In the order of the prediction's arms, before any scores and the floor; undefined for strategies that do not go by predictions. */
export function estimatesOf(
  strategy: AllocationStrategy,
  { means, deviations, noise }: Prediction,
): readonly ArmEstimate[] | undefined {
  const of = (spread: (deviation: number) => Partial<ArmEstimate>) =>
    Array.from(means, (estimate, arm) => ({ estimate, ...spread(deviations[arm]!) }));
  switch (strategy.policy) {
    case 'linear_ucb':
      return of((deviation) => ({ margin: strategy.alpha * deviation }));
    case 'linear_thompson':
      return of((deviation) => ({ deviation: (strategy.v ?? noise) * deviation }));
    case 'inverse_gap':
      return of(() => ({}));
    default:
      return undefined;
  }
}
