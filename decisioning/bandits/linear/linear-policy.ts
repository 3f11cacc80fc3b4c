import type { PolicyContext } from '../policy.ts';
import type { Prediction } from './predict.ts';

/**
 * A way of choosing among arms by what a linear model predicts for one customer. Like a `Policy` it does not draw: it says with which
 * probability each arm is to be drawn.
 */
export interface LinearPolicy {
  readonly name: string;
  /** One probability per arm in the prediction's order, each in [0, 1], sum 1 up to rounding, equal for arms that are alike. */
  probabilities(context: PolicyContext, prediction: Prediction): ArrayLike<number>;
}
