/** Whether a campaign changes its phase: a pure function of where it is and what is known. */
import type { DriftAlarm } from '../evaluation/drift.ts';
import type { Confidence } from './confidence.ts';
import { PHASES, type Phase, type PhaseThresholds } from './phases.ts';

/** Why a phase was entered; a closed list. */
export const PHASE_CAUSES = [
  'begun',
  'enough_trials',
  'clear_leader',
  'small_loss',
  'unclear_again',
  'drift',
  'forced',
  'let_go',
] as const;

export type PhaseCause = (typeof PHASE_CAUSES)[number];

/** A phase to enter, and the one reason for it; the numbers are those of the evidence that was handed in. */
export interface PhaseChange {
  readonly phase: Phase;
  readonly cause: PhaseCause;
}

/**
 * What was let go of must be missed clearly before it is asked for again: `optimization` is left where the bounds of entering it are missed three
 * times over (P(best) .95 becomes .85, an expected loss of 2 % becomes 6 %), so that a campaign at the bound does not go to and fro.
 */
export const HYSTERESIS = 3;
/** A P(best) of less than this share of what was asked for is missed clearly, however little that was: three times 1 − .6 is more than there is. */
const CLEARLY_LESS = 0.5;

/** The phase to enter now, or null to stay. Enough evidence for several steps takes them one call after another. */
export function nextPhase(
  phase: Phase,
  numbers: Confidence,
  thresholds: PhaseThresholds,
  alarm: DriftAlarm | null = null,
): PhaseChange | null {
  // Also where it is `learning` already: evidence from before the change must go.
  if (alarm) return { phase: 'learning', cause: 'drift' };
  if (phase === 'initialization')
    return numbers.leastTrials >= thresholds.trialsPerArm ? { phase: 'learning', cause: 'enough_trials' } : null;
  if (phase === 'learning') {
    if (numbers.width > thresholds.width) return null;
    if (numbers.pBest >= thresholds.pBest) return { phase: 'optimization', cause: 'clear_leader' };
    return numbers.expectedLoss <= thresholds.expectedLoss ? { phase: 'optimization', cause: 'small_loss' } : null;
  }
  const unclear =
    numbers.pBest < Math.max(1 - HYSTERESIS * (1 - thresholds.pBest), CLEARLY_LESS * thresholds.pBest) &&
    numbers.expectedLoss > HYSTERESIS * thresholds.expectedLoss;
  return unclear || numbers.width > HYSTERESIS * thresholds.width
    ? { phase: 'learning', cause: 'unclear_again' }
    : null;
}

/**
 * The phase that these numbers lead to from `from` on when nobody has forced anything: what a campaign is in that was only just looked at for the
 * first time.
 */
export function phaseOf(numbers: Confidence, thresholds: PhaseThresholds, from: Phase = 'initialization'): Phase {
  let phase = from;
  // A step for each phase is all there is: one more would be a step back.
  for (let step = 1; step < PHASES.length; step += 1) phase = nextPhase(phase, numbers, thresholds)?.phase ?? phase;
  return phase;
}
