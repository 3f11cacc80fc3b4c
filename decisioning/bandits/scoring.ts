/** Probabilities for one customer: what was published, and the customer's scores. */
import type { AllocationStrategy, LeafAllocation } from './allocation.ts';
import { withFloor } from './floor.ts';
import { policyFor } from './policies.ts';
import { posteriorMean } from './posterior.ts';

/** Arms of a campaign whose strategy uses scores: each is asked for at every decision, and P(best) computed then. */
export const MAX_SCORED_ARMS = 64;

/** How likely the customer is to reach the goal if shown an arm, in [0, 1]; undefined where nothing is known. */
export type ScoreOf = (armId: string) => number | undefined;

/** How a campaign turns scores into probabilities at the decision; campaigns that use none have no such part. */
export interface Scoring {
  readonly strategy: AllocationStrategy;
  /** The exploration floor, as in the allocation. */
  readonly minExploration: number;
}

/**
 * P(arm) for one customer, floor included, from the published posteriors and the customer's scores. Without a score for every arm (or
 * with one that is not a number from 0 to 1) the bandit decides alone: the published vector itself.
 *
 * @param armIds in the order of the allocation's vectors; at most {@link MAX_SCORED_ARMS} by what publishing allows.
 */
export function scoredProbabilities(
  { strategy, minExploration }: Scoring,
  armIds: readonly string[],
  leaf: string,
  { probabilities, posteriors, pBest }: LeafAllocation,
  scoreOf: ScoreOf,
): readonly number[] {
  const scores: number[] = [];
  for (const armId of armIds) {
    const score = scoreOf(armId);
    if (!(score !== undefined && score >= 0 && score <= 1)) return probabilities;
    scores.push(score);
  }
  return withFloor(
    policyFor(strategy).probabilities(
      { leaf, scores },
      { armIds, posteriors, means: posteriors.map(posteriorMean), pBest },
    ),
    minExploration,
  );
}
