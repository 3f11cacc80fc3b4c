/** How far a version's scores may be trusted where it scored: what a choice between bandit and model goes by. */
import { scoreMetrics } from './metrics.ts';
import type { ScoreTotals } from './score-sums.ts';

/** Trials of a leaf below which nothing is said: at 200 the error of an AUC is some .04. */
export const MIN_CONFIDENCE_TRIALS = 200;
/** Standard errors that are taken off: nineteen in twenty versions are at least as good as is said of them. */
const CAUTION = 1.645;

/**
 * Calibrated accuracy in [0, 1]: P(of two customers, the one who converts scores higher), at its lower bound, less the calibration error beyond chance.
 * A coin has at most .5, so that a model that knows nothing never outbids a bandit of two arms.
 *
 * @returns undefined while too little is known
 */
export function modelConfidence(totals: ScoreTotals): number | undefined {
  const { trials, auc, aucError, ece, eceByChance } = scoreMetrics(totals);
  if (trials < MIN_CONFIDENCE_TRIALS || auc === null || aucError === null) return undefined;
  const astray = Math.max(0, (ece ?? 0) - (eceByChance?.mean ?? 0));
  return Math.min(1, Math.max(0, auc - CAUTION * aucError - astray));
}
