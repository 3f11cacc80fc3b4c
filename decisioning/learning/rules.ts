import type { Sensitivity } from '../evaluation/anomalies.ts';

/** What is done about feedback that is odd. */
export interface WatchRules {
  /** Learning waits until a person has looked; else it goes on, and people are told. */
  readonly hold: boolean;
  readonly sensitivity: Sensitivity;
}

/** How a campaign's evidence is weighed before anything is believed of it; a field that is absent changes nothing. */
export interface LearningRules {
  /** After this time evidence counts half. */
  readonly halfLifeMs?: number;
  /** A recent exposure counts as the part of a trial whose outcome can be in by now. */
  readonly delayCorrection?: true;
  /** Arms learn through the values of their parameters; each by itself when absent. */
  readonly by?: 'effects';
  /** Feedback is watched for anomalies. */
  readonly watch?: WatchRules;
}
