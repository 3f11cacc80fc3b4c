/** What may be asked of a campaign's learning, and what is told of it. */
import type { Anomaly, Sensitivity } from '../../decisioning/evaluation/anomalies.ts';

/** Evidence is taken, and no allocation is made of it. */
export interface Hold {
  readonly sinceMs: number;
  readonly cause: 'anomaly' | 'person';
  /** Who; absent where the watch did it. */
  readonly actor?: string;
  /** What was odd; empty where a person held it. */
  readonly anomalies: readonly Anomaly[];
}

/** Where a campaign's learning stands. */
export interface LearningView {
  readonly hold: Hold | null;
  /** Null for a campaign that is not watched. */
  readonly watch: {
    readonly holds: boolean;
    readonly sensitivity: Sensitivity;
    /** Hours that bands are learned from. */
    readonly knownHours: number;
    /** Whether these are enough to judge by. */
    readonly judges: boolean;
  } | null;
  /** Hours that nothing is learned from, in ms since the epoch. */
  readonly leftOut: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/** What becomes of what was learned from since the hold began: counted like everything, or left out. */
export interface Release {
  readonly keep: 'all' | 'before';
  /** With `before`: leaves out the hours from this moment on; the hold's begin when absent. */
  readonly sinceMs?: number;
}

export type ReleaseReply =
  | { readonly outcome: 'released'; readonly view: LearningView }
  | { readonly outcome: 'refused'; readonly reason: 'not_held' | 'too_many_left_out' };
