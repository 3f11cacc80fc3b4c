/** Probabilities for one customer: what was published, what a linear model predicts, and the customer's scores. */
import type { AllocationStrategy, LeafAllocation } from './allocation.ts';
import { withFloor } from './floor.ts';
import { linearPolicyFor } from './linear/policies.ts';
import type { Prediction } from './linear/predict.ts';
import { policyFor, usesScores } from './policies.ts';
import { posteriorMean } from './posterior.ts';

/** Arms of a campaign whose strategy uses scores: each is asked for at every decision, and P(best) computed then. */
export const MAX_SCORED_ARMS = 64;

/** How likely the customer is to reach the goal if shown an arm, in [0, 1]; undefined where nothing is known. */
export type ScoreOf = (armId: string) => number | undefined;

/** How a campaign turns scores and features into probabilities at the decision; campaigns that use neither have no such part. */
export interface Scoring {
  readonly strategy: AllocationStrategy;
  /** The exploration floor, as in the allocation. */
  readonly minExploration: number;
}

/** What is known of one customer. */
export interface CustomerKnown {
  readonly scoreOf?: ScoreOf | undefined;
  /** Of the linear model, in the order of the arms; absent where there is none. */
  readonly prediction?: Prediction | undefined;
}

/**
 * P(arm) for one customer, floor included: by what the linear model predicts for them where the strategy uses one, else from the published
 * posteriors, either with the customer's scores. Without a score for every arm (or with one that is not a number from 0 to 1) scores do not
 * count; with neither the bandit decides alone: the published vector itself.
 *
 * @param armIds in the order of the allocation's vectors; at most {@link MAX_SCORED_ARMS} by what publishing allows.
 */
export function scoredProbabilities(
  { strategy, minExploration }: Scoring,
  armIds: readonly string[],
  leaf: string,
  { probabilities, posteriors, pBest }: LeafAllocation,
  { scoreOf, prediction }: CustomerKnown,
): readonly number[] {
  const scores = scoreOf && usesScores(strategy) ? scoresOf(armIds, scoreOf) : undefined;
  const linear = prediction && linearPolicyFor(strategy);
  if (linear) return withFloor(linear.probabilities({ leaf, ...(scores && { scores }) }, prediction), minExploration);
  if (!scores) return probabilities;
  return withFloor(
    policyFor(strategy).probabilities(
      { leaf, scores },
      { armIds, posteriors, means: posteriors.map(posteriorMean), pBest },
    ),
    minExploration,
  );
}

/** A score of every arm, or none. */
function scoresOf(armIds: readonly string[], scoreOf: ScoreOf): readonly number[] | undefined {
  const scores: number[] = [];
  for (const armId of armIds) {
    const score = scoreOf(armId);
    if (!(score !== undefined && score >= 0 && score <= 1)) return undefined;
    scores.push(score);
  }
  return scores;
}
