/** How good a version's scores are, from their sums. */
import type { ScoreTotals } from './score-sums.ts';

/** Figures of scores that came with outcomes; null where there is too little to tell. */
export interface ScoreMetrics {
  readonly trials: number;
  readonly conversions: number;
  /** Scored trials that did not convert. */
  readonly others: number;
  /** P(a converted trial scores above one that did not), ties by half; of binned scores. Null while one kind is missing. */
  readonly auc: number | null;
  /** Standard error of `auc` (Hanley and McNeil, Radiology 1982). */
  readonly aucError: number | null;
  /** Mean of (score − outcome)². */
  readonly brier: number | null;
  /** Mean of −ln P(outcome), in nats. */
  readonly logLoss: number | null;
  /** Expected calibration error: mean distance of a bin's mean score from its rate, by trials (Naeini, Cooper and Hauskrecht, AAAI 2015). */
  readonly ece: number | null;
  /**
   * What `ece` would be of scores that are right: chance alone moves the rates of bins. Mean and standard deviation, each bin's rate taken as normal, its
   * mean distance √(2/π)·σ.
   */
  readonly eceByChance: { readonly mean: number; readonly deviation: number } | null;
  /** Mean score less rate: above 0 the model promises too much. */
  readonly bias: number | null;
  readonly missingRate: number | null;
  readonly brokenRate: number | null;
  readonly lateRate: number | null;
}

/** The figures of one version's totals. */
export function scoreMetrics(totals: ScoreTotals): ScoreMetrics {
  const { trials, broken, late, missing, brier, logLoss, bins } = totals;
  const scored = trials - broken - late;
  const conversions = bins.reduce((sum, bin) => sum + bin.conversions, 0);
  const promised = bins.reduce((sum, { mean, trials: n }) => sum + (mean ?? 0) * n, 0);
  const astray = bins.reduce((sum, bin) => sum + Math.abs((bin.mean ?? 0) * bin.trials - bin.conversions), 0);
  const auc = aucOf(totals, conversions, scored - conversions);
  const per = (sum: number, of: number): number | null => (of > 0 ? sum / of : null);
  return {
    trials,
    conversions,
    others: scored - conversions,
    auc,
    aucError: auc === null ? null : aucErrorOf(auc, conversions, scored - conversions),
    brier: per(brier, scored),
    logLoss: per(logLoss, scored),
    ece: per(astray, scored),
    eceByChance: scored > 0 ? chanceEce(totals, scored) : null,
    bias: per(promised - conversions, scored),
    missingRate: per(missing, trials),
    brokenRate: per(broken, trials),
    lateRate: per(late, trials),
  };
}

function chanceEce({ bins }: ScoreTotals, scored: number): { readonly mean: number; readonly deviation: number } {
  let [mean, variance] = [0, 0];
  for (const { trials, mean: score } of bins) {
    const own = trials * (score ?? 0) * (1 - (score ?? 0));
    mean += Math.sqrt((own * 2) / Math.PI);
    variance += own * (1 - 2 / Math.PI);
  }
  return { mean: mean / scored, deviation: Math.sqrt(variance) / scored };
}

function aucOf({ bins }: ScoreTotals, positives: number, negatives: number): number | null {
  if (positives === 0 || negatives === 0) return null;
  let below = 0;
  let wins = 0;
  for (const { trials, conversions } of bins) {
    const others = trials - conversions;
    wins += conversions * (below + others / 2);
    below += others;
  }
  return wins / (positives * negatives);
}

function aucErrorOf(auc: number, positives: number, negatives: number): number {
  const both = auc / (2 - auc);
  const other = (2 * auc * auc) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (both - auc * auc) + (negatives - 1) * (other - auc * auc)) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}

/** Share that an empty bin counts as: the index would be infinite otherwise. */
const LEAST_SHARE = 1e-4;

/**
 * Population stability index: Σ (actual − reference) · ln(actual / reference) over bins. Below .1 nothing moved, above .25 much did (Siddiqi, Credit Risk
 * Scorecards, 2006).
 *
 * @param counts per bin, as many as `reference` has shares
 * @returns null where nothing was counted
 */
export function stabilityIndex(reference: readonly number[], counts: readonly number[]): number | null {
  if (reference.length !== counts.length) throw new RangeError('stabilityIndex: other bins');
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  return reference.reduce((sum, share, bin) => {
    const expected = Math.max(LEAST_SHARE, share);
    const actual = Math.max(LEAST_SHARE, counts[bin]! / total);
    return sum + (actual - expected) * Math.log(actual / expected);
  }, 0);
}
