/** What a leaf's arms are believed to bring where the reward is not just whether the goal was reached. */
import type { AllocationInput } from '../allocation.ts';
import { MAX_BORROWED_TRIALS } from '../leaf-prior.ts';
import { type BetaPosterior, priorOf } from '../posterior.ts';
import type { RewardBelief } from './belief.ts';
import { bestOfSamples } from './best-of-samples.ts';
import { compositeBelief, compositePrior } from './composite-belief.ts';
import { countBelief, countPrior } from './count-belief.ts';
import { addFigures, noFigures, type RewardFigures, rewardFigures, tellsTrials } from './figures.ts';
import { type RewardMoments, spreadOf } from './moments-of-beliefs.ts';
import { revenueBelief, revenuePrior } from './revenue-belief.ts';
import type { RewardSpec } from './reward.ts';

/** Points of one arm at most: P(best) is then exact to .002. */
const MAX_POINTS = 2_048;
/** And at least: to .005 among as many arms as a campaign may have. */
const MIN_POINTS = 256;
/** Points of all arms of a leaf, as long as each has its least: they are sorted at every allocation. */
const MAX_LEAF_POINTS = 32_768;
/** Revenue reaches policies in hundreds of the goal's unit, as `revenueWeight` counts it, so that γ means about the same as with rates. */
export const REVENUE_UNIT = 100;

/** What a policy gets to know of a leaf's arms, every vector in the order of the arms. */
export interface RewardEvidence {
  /** Expected reward per trial, in the reward's unit, `revenue` in hundreds of it. */
  readonly means: readonly number[];
  /** P(the arm's expected reward is the largest); sums to 1. */
  readonly pBest: readonly number[];
  /** Standard deviation of one trial's reward over the campaign, above 0, in the unit of `means`. */
  readonly deviation: number;
  /** What to publish of it; there when decisions may choose among some arms alone. */
  readonly moments?: RewardMoments;
}

/**
 * The evidence of every leaf, in the order of `leaves`; undefined where the reward is binary and the posteriors of rates say it all. An arm's belief in a leaf is from its own trials there and at most 50 trials' worth of its
 * others, as conversions are ({@link MAX_BORROWED_TRIALS}); what is the same for all arms comes from the campaign's total.
 */
export function rewardEvidence(input: AllocationInput): readonly RewardEvidence[] | undefined {
  const { reward, armIds, leaves } = input;
  if (reward === undefined || reward.kind === 'binary') return undefined;
  const unit = reward.kind === 'revenue' ? REVENUE_UNIT : 1;
  const cells = figuresByLeaf(reward, input);
  const totals = armIds.map((_, arm) => cells.reduce((sum, byArm) => addFigures(sum, byArm[arm]!), noFigures));
  const { beliefOf, deviation } = beliefs(
    reward,
    totals.reduce((sum, own) => addFigures(sum, own), noFigures),
  );
  return leaves.map((_, leaf) => {
    const arms = armIds.map((armId, arm) => {
      const own = cells[leaf]![arm]!;
      return beliefOf(withBorrowed(own, totals[arm]!), priorOf(input.priors, armId));
    });
    const means = arms.map(({ mean }) => mean / unit);
    const evidence = { means, pBest: probabilityBestOf(arms), deviation: deviation / unit };
    if (!input.steers) return evidence;
    const spreads = arms.map((arm) => spreadOf(arm) / unit);
    return { ...evidence, moments: { means, spreads, deviation: evidence.deviation } };
  });
}

/** P(each has the largest expected reward), in the order of the beliefs; sums to 1. */
export function probabilityBestOf(arms: readonly RewardBelief[]): readonly number[] {
  const count = Math.min(MAX_POINTS, Math.max(MIN_POINTS, Math.floor(MAX_LEAF_POINTS / arms.length)));
  return [...bestOfSamples(arms.map(({ points }) => points(count)))];
}

/** From an arm's figures and its chance's prior to what is believed of it. */
export type BeliefOf = (figures: RewardFigures, chance: BetaPosterior) => RewardBelief;

/** How a campaign with these figures in all believes of any of its arms. */
export function beliefs(
  spec: RewardSpec,
  campaign: RewardFigures,
): { readonly beliefOf: BeliefOf; readonly deviation: number } {
  switch (spec.kind) {
    case 'binary':
      throw new RangeError('beliefs: a binary reward has the posteriors of its rates');
    case 'revenue': {
      const prior = revenuePrior(campaign, spec.maxMinor);
      return {
        beliefOf: (figures, chance) => revenueBelief(figures, prior, chance, spec.maxMinor),
        deviation: prior.deviation,
      };
    }
    case 'count': {
      const prior = countPrior(campaign);
      return { beliefOf: (figures) => countBelief(figures, prior), deviation: prior.deviation };
    }
    case 'composite': {
      const weights = Object.values(spec.weights).map((weight) => Math.abs(weight));
      const prior = compositePrior(campaign, Math.max(...weights));
      return { beliefOf: (figures) => compositeBelief(figures, prior), deviation: prior.deviation };
    }
  }
}

function figuresByLeaf(
  reward: RewardSpec,
  { armIds, leaves, statistics, sums }: AllocationInput,
): readonly RewardFigures[][] {
  const sumsOf = (leaf: string, armId: string) => sums?.get(leaf)?.get(armId);
  const told = leaves.some((leaf) => armIds.some((armId) => tellsTrials(reward, sumsOf(leaf, armId))));
  return leaves.map((leaf) =>
    armIds.map((armId) => rewardFigures(reward, statistics.get(leaf)?.get(armId), sumsOf(leaf, armId), told)),
  );
}

/** A leaf's own figures and what it borrows of the arm's others. */
function withBorrowed(own: RewardFigures, total: RewardFigures): RewardFigures {
  const elsewhere = addFigures(total, own, -1);
  if (!(elsewhere.trials > 0)) return own;
  return addFigures(own, elsewhere, Math.min(1, MAX_BORROWED_TRIALS / elsewhere.trials));
}
