/** Whether a model is due for training: by what was learned since, by what moved, or by its age. */
import type { Drift } from './input-sums.ts';
import type { ScoreMetrics } from './metrics.ts';

export const RETRAINING_CAUSES = ['drift', 'calibration', 'evidence', 'age'] as const;
export type RetrainingCause = (typeof RETRAINING_CAUSES)[number];

/** Trials below which nothing is said of drift: chance alone moves ten bins of a thousand by a PSI of some .01. */
export const MIN_DRIFT_TRIALS = 1_000;
/** What moved further than this is another population (Siddiqi, Credit Risk Scorecards, 2006). */
export const MAX_PSI = 0.25;
/** Calibration error beyond chance; half of what a version is called back at. */
export const MAX_DRIFTED_ECE = 0.05;
/** Outcomes that are worth a new training: as many as models here were trained with. */
export const NEW_EVIDENCE_TRIALS = 20_000;
/** A year has seasons: half of one after its training a model speaks of another. */
export const MAX_MODEL_AGE_DAYS = 180;

/** What is known of the live version. */
export interface RetrainingFacts {
  readonly registeredAtMs: number;
  readonly nowMs: number;
  /** Trials since it was registered, outcomes or not: what drift is of. */
  readonly trials: number;
  /** Of those whose outcomes had time to come; without a calibration error where its scores are of another scale. */
  readonly metrics: Pick<ScoreMetrics, 'trials' | 'ece' | 'eceByChance'>;
  /** Whether outcomes are of what it predicts. */
  readonly judged: boolean;
  readonly drift: readonly Drift[];
}

/** Why it is due, the gravest cause first, in words; undefined while it is not. */
export function retrainingCause(
  facts: RetrainingFacts,
): { readonly cause: RetrainingCause; readonly detail: string } | undefined {
  const { metrics, drift, judged, nowMs, registeredAtMs } = facts;
  const { trials, ece, eceByChance } = metrics;
  if (facts.trials >= MIN_DRIFT_TRIALS) {
    const moved = drift.filter(({ psi }) => (psi ?? 0) > MAX_PSI).sort((a, b) => (b.psi ?? 0) - (a.psi ?? 0))[0];
    if (moved)
      return {
        cause: 'drift',
        detail: `PSI ${(moved.psi ?? 0).toFixed(2)} of ${moved.input ?? 'the score'} among ${facts.trials} trials`,
      };
  }
  if (trials >= MIN_DRIFT_TRIALS) {
    const astray = (ece ?? 0) - (eceByChance?.mean ?? 0);
    if (judged && astray > MAX_DRIFTED_ECE)
      return {
        cause: 'calibration',
        detail: `calibration error ${astray.toFixed(3)} beyond chance among ${trials} trials`,
      };
  }
  if (judged && trials >= NEW_EVIDENCE_TRIALS)
    return { cause: 'evidence', detail: `${trials} trials with outcomes since it was registered` };
  const days = Math.floor((nowMs - registeredAtMs) / 86_400_000);
  return days >= MAX_MODEL_AGE_DAYS ? { cause: 'age', detail: `registered ${days} days ago` } : undefined;
}
