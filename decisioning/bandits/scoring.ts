/** Probabilities for one customer: what was published, what a linear model predicts, and the customer's scores. */
import { modelLessBandit } from '../scoring/watch/arm-sums.ts';
import type { AllocationStrategy, LeafAllocation } from './allocation.ts';
import { evenlyAmong } from './blend.ts';
import { withFloor } from './floor.ts';
import { type HybridChoice, hybridChoice } from './hybrid.ts';
import { linearPolicyFor } from './linear/policies.ts';
import type { Prediction } from './linear/predict.ts';
import { isHybrid, policyFor, usesScores } from './policies.ts';
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
  /** `<model id>@<version>` of the model whose scores these are, asked after them; undefined where they are none of a model. */
  readonly scoredBy?: (() => string | undefined) | undefined;
  /** Of the linear model, in the order of the arms; absent where there is none. */
  readonly prediction?: Prediction | undefined;
}

/**
 * P(arm) for one customer, floor included: by what the linear model predicts for them where the strategy uses one, else from the published
 * posteriors, either with the customer's scores. Without a score for every arm (or with one that is not a number from 0 to 1) scores do not
 * count; with neither the bandit decides alone: the published vector itself. A hybrid strategy takes that vector or, where the model is surer, the
 * arm of the highest score (evenly among equals) over the same floor.
 *
 * @param armIds in the order of the allocation's vectors; at most {@link MAX_SCORED_ARMS} by what publishing allows.
 */
export function scoredProbabilities(
  { strategy, minExploration }: Scoring,
  armIds: readonly string[],
  leaf: string,
  found: LeafAllocation,
  { scoreOf, scoredBy, prediction }: CustomerKnown,
): readonly number[] {
  const { probabilities, posteriors, pBest } = found;
  const scores = scoreOf && usesScores(strategy) ? scoresOf(armIds, scoreOf) : undefined;
  const linear = prediction && linearPolicyFor(strategy);
  if (linear) return withFloor(linear.probabilities({ leaf, ...(scores && { scores }) }, prediction), minExploration);
  if (!scores) return probabilities;
  if (isHybrid(strategy)) {
    if (hybridChoice(found, scoredBy?.(), true).method === 'bandit') return probabilities;
    const most = Math.max(...scores);
    return withFloor(
      evenlyAmong(scores, (score) => score === most),
      minExploration,
    );
  }
  return withFloor(
    policyFor(strategy).probabilities(
      { leaf, scores },
      { armIds, posteriors, means: posteriors.map(posteriorMean), pBest },
    ),
    minExploration,
  );
}

/** Who decides for one customer; undefined for strategies that do not choose between bandit and model. */
export function choiceBetween(
  { strategy }: Scoring,
  armIds: readonly string[],
  found: LeafAllocation,
  { scoreOf, scoredBy }: Pick<CustomerKnown, 'scoreOf' | 'scoredBy'>,
): HybridChoice | undefined {
  if (!isHybrid(strategy)) return undefined;
  const scores = scoreOf && scoresOf(armIds, scoreOf);
  return hybridChoice(found, scoredBy?.(), scores !== undefined);
}

/** The model's choice less the bandit's, arm by arm; undefined for strategies that do not choose between them, without a score of every arm, and where both are the same. */
export function versusBandit(
  { strategy }: Scoring,
  armIds: readonly string[],
  { pBest }: LeafAllocation,
  scoreOf: ScoreOf,
): readonly number[] | undefined {
  const scores = isHybrid(strategy) ? scoresOf(armIds, scoreOf) : undefined;
  return scores && modelLessBandit(scores, pBest);
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
