import type { BetaPosterior } from './posterior.ts';

/** What is known when an arm is to be chosen. Policies that look at the customer read more of it; those here need the leaf only. */
export interface PolicyContext {
  readonly leaf: string;
}

/** What has been learned of the arms in that leaf; every vector is in the order of `armIds`. */
export interface PolicyEvidence {
  /** 1 to 512 ids. */
  readonly armIds: readonly string[];
  readonly posteriors: readonly BetaPosterior[];
  /** P(the arm's rate is the largest) under `posteriors`; sums to 1. */
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
