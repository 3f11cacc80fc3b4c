/** How a version is watched: what its manifest says, and what holds where it says nothing. */

/** What a manifest may say of watching its version. */
export interface ModelWatch {
  /** Goal whose reaching the model predicts: its scores are judged by outcomes in campaigns that optimise it, and in those whose arms it scores. */
  readonly goal?: string;
  /** `order`: its scores are of another site's scale, so that only who scores above whom is judged; for outputs of kind `value` nothing else ever is. */
  readonly scale?: 'order';
  /** Trials of a window, and the fewest that a judgement is made of. */
  readonly minTrials?: number;
  /** Least area under the curve, (0, 1). */
  readonly minAuc?: number;
  /** How far its area under the curve may be below the live version's. */
  readonly maxAucDrop?: number;
  /** Largest expected calibration error. */
  readonly maxEce?: number;
  /** Largest shares of trials whose score broke, came too late, or lacked an input. */
  readonly maxBrokenRate?: number;
  readonly maxLateRate?: number;
  readonly maxMissingRate?: number;
  /** How long outcomes take: younger trials say nothing of calibration. At least the window of the campaign's goal is waited for. */
  readonly settleHours?: number;
}

/** All of it, with defaults. */
export type WatchRules = Required<Omit<ModelWatch, 'goal' | 'scale'>>;

export const DEFAULT_WATCH: WatchRules = {
  // An inverted model of AUC .75 is seen at a hundred conversions; 400 trials have them at a rate of a quarter.
  minTrials: 400,
  // Worse than a coin: no use of its scores is right then.
  minAuc: 0.5,
  maxAucDrop: 0.05,
  maxEce: 0.1,
  maxBrokenRate: 0.01,
  // An isolate’s first request may come before the file does: where there is little traffic that is a share of all requests.
  maxLateRate: 0.2,
  // Customers of whom little is known are everyday life: a bound of its own makes sense where the inputs are always there.
  maxMissingRate: 1,
  settleHours: 24,
};

/** Least and most of what a manifest may say: fewer trials judge by noise, more than a million are never reached; 90 days is the longest window of a goal. */
export const WATCH_BOUNDS = {
  minTrials: [50, 1_000_000],
  settleHours: [0, 2_160],
} as const;

/** What holds for a version. */
export function watchRules(told: ModelWatch = {}): WatchRules {
  const { goal: _goal, scale: _scale, ...rules } = told;
  return { ...DEFAULT_WATCH, ...rules };
}
