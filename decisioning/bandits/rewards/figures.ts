/** What is known of an arm's rewards: sums over trials, in the reward's own unit. */
import type { SumsByName } from '../named-sums.ts';
import type { ArmStatistics } from '../statistics.ts';
import { MAX_COMPOSITE_INTEGER, type RewardSpec, rewardName, rewardTrialsName, rewardUnits } from './reward.ts';

/**
 * Sums over an arm's trials. For `revenue` Σ and Σ² are of the logarithm of the value, over the trials that have one; for `count` and
 * `composite` of the reward itself. Not integers once evidence is weighed by time; 0 ≤ rewarded ≤ trials.
 */
export interface RewardFigures {
  readonly trials: number;
  /** Trials with a reward other than 0. */
  readonly rewarded: number;
  readonly sum: number;
  readonly squares: number;
}

/** Nothing seen yet. */
export const noFigures: RewardFigures = { trials: 0, rewarded: 0, sum: 0, squares: 0 };

/** a + weight · b. */
export function addFigures(a: RewardFigures, b: RewardFigures, weight = 1): RewardFigures {
  return {
    trials: a.trials + weight * b.trials,
    rewarded: a.rewarded + weight * b.rewarded,
    sum: a.sum + weight * b.sum,
    squares: a.squares + weight * b.squares,
  };
}

/**
 * Reads the sums of a cell.
 *
 * @param spec not `binary`.
 * @param told whether trials under this reward are told apart anywhere in the campaign (`trials:<key>`): only those count then, else all.
 */
export function rewardFigures(
  spec: RewardSpec,
  statistics: Pick<ArmStatistics, 'trials'> | undefined,
  sums: SumsByName | undefined,
  told: boolean,
): RewardFigures {
  const name = rewardName(spec);
  if (name === undefined) throw new RangeError('rewardFigures: a binary reward is counted by the statistics');
  const [rewarded = 0, sum = 0, squares = 0] = ownVector(sums, name) ?? [];
  const trials = told ? (ownVector(sums, rewardTrialsName(spec)!)?.[0] ?? 0) : (statistics?.trials ?? 0);
  const units = rewardUnits(spec);
  return {
    trials: Math.max(trials, rewarded, 0),
    rewarded: Math.max(rewarded, 0),
    sum: sum / units,
    squares:
      Math.max(squares < Number.MAX_SAFE_INTEGER ? squares : mostSquares(spec, rewarded, squares), 0) / units ** 2,
  };
}

/**
 * Squares that were held at their bound say less than there was, and spreads computed from them would look certain: the most that so many rewards can
 * have is taken instead. Not of revenue, where a wide spread of logarithms would multiply the mean; 14 million of the largest orders there are would do it.
 */
function mostSquares(spec: RewardSpec, rewarded: number, squares: number): number {
  if (spec.kind === 'count') return rewarded * spec.max ** 2;
  return spec.kind === 'composite' ? rewarded * MAX_COMPOSITE_INTEGER ** 2 : squares;
}

/** Whether a cell tells the trials under a reward apart from all. */
export function tellsTrials(spec: RewardSpec, sums: SumsByName | undefined): boolean {
  return ownVector(sums, rewardTrialsName(spec) ?? '') !== undefined;
}

function ownVector(sums: SumsByName | undefined, name: string): readonly number[] | undefined {
  return sums && Object.hasOwn(sums, name) ? sums[name] : undefined;
}
