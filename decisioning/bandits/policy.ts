import type { BetaPosterior } from './posterior.ts';

/** What is known when an arm is to be chosen. */
export interface PolicyContext {
  readonly leaf: string;
  /** The customer's score of every arm, in [0, 1], in the order of `armIds`; absent when one is missing, and when an allocation is published. */
  readonly scores?: readonly number[];
}

/** What has been learned of the arms in that leaf; every vector is in the order of `armIds`. */
export interface PolicyEvidence {
  /** 1 to 512 ids. */
  readonly armIds: readonly string[];
  readonly posteriors: readonly BetaPosterior[];
  /** Expected reward per trial, in the reward's unit (revenue in hundreds of it): the posteriors' means where the reward is binary. */
  readonly means: readonly number[];
  /** Standard deviation of one trial's reward over the campaign, in the unit of `means`, above 0; absent where the reward is binary. */
  readonly deviation?: number;
  /** P(the arm's expected reward is the largest); sums to 1. */
  readonly pBest: ArrayLike<number>;
}

/**
 * A way of choosing among arms. A policy does not draw: it says with which probability each arm is to be drawn, so that the
 * propensity of a decision is known exactly and any decision can be replayed.
 */
export interface Policy {
  readonly name: string;
  /** One probability per arm in the order of `armIds`, each in [0, 1], sum 1 up to rounding, equal for arms that are alike. */
  probabilities(context: PolicyContext, evidence: PolicyEvidence): ArrayLike<number>;
}
