/** Several strategies of one campaign: how they are declared, and which of them decides for a customer. */
import type { AllocationStrategy } from '../bandits/allocation.ts';
import type { Scoring } from '../bandits/scoring.ts';
import { bucketOf } from '../hash.ts';

/**
 * How strategies share a campaign: `concurrent`, each on its own share of the customers; `rotation`, one after the other for everyone, which
 * confounds strategy with time.
 */
export type ComparisonMode = 'concurrent' | 'rotation';

/** Trials after which it is the next strategy's turn in mode `rotation`. */
export const ROTATION_TRIALS = 1_000;

interface Share {
  readonly id: string;
  /** Share of the customers, (0, 1), all together 1; in mode `rotation` of the turns. */
  readonly share: number;
}

/** What the root computes allocations from; 2 to 8 strategies in the order of their declaration. */
export interface PolicyStrategies {
  readonly mode: ComparisonMode;
  readonly list: readonly (Share & { readonly strategy: AllocationStrategy; readonly minExploration: number })[];
}

/** What a decision needs of them. */
export interface SliceStrategies {
  readonly mode: ComparisonMode;
  readonly list: readonly (Share & {
    /** Absent when the strategy uses no scores. */
    readonly scoring?: Scoring;
  })[];
}

/** The strategy whose turn it is in mode `rotation`. @param trials of the campaign, over all strategies and arms. */
export function turnOf({ list }: PolicyStrategies, trials: number): string {
  return list[Math.floor(trials / ROTATION_TRIALS) % list.length]!.id;
}

/**
 * The strategy that a customer belongs to in mode `concurrent`: a hash of the bucketing id, independent of holdouts, of admission and of every other
 * campaign's. It stays the same for as long as ids and shares do.
 *
 * @param salt the workspace's salt.
 */
export function strategyFor({ list }: SliceStrategies, salt: string, campaignId: string, bucketingId: string): string {
  const bucket = bucketOf(`${salt}:strategy:${campaignId}`, bucketingId);
  let sum = 0;
  for (const { id, share } of list) {
    sum += share;
    if (bucket < sum) return id;
  }
  // Rounding may leave the last bucket above the sum.
  return list.at(-1)!.id;
}
