/** The phases of a campaign's life, and what each of them sets. */

/** In the order in which a campaign goes through them; drift leads back to `learning`. */
export const PHASES = ['initialization', 'learning', 'optimization'] as const;

export type Phase = (typeof PHASES)[number];

/** What holds while a campaign is in a phase. */
export interface PhaseSettings {
  /** Exploration floor, [0, 1); the strategy's `minExploration` where that is more. */
  readonly floor: number;
  /** Share of the customers that the campaign addresses, (0, 1]. */
  readonly admitted: number;
  /** How much of the strategy's `modelWeight` counts, [0, 1]; at 0 the customer's scores are not asked for. */
  readonly modelWeight: number;
}

/** When a campaign moves on, on the pooled evidence of its arms. */
export interface PhaseThresholds {
  /** Trials that every arm needs before `learning` begins. */
  readonly trialsPerArm: number;
  /** P(best) of the leading arm from which it is clear. */
  readonly pBest: number;
  /** Expected loss of staying with the leading arm, as a share of its rate, below which the others do not matter. */
  readonly expectedLoss: number;
  /** Width of the leading arm's 95 % credible interval as a share of its rate that `optimization` tolerates. */
  readonly width: number;
}

/** How changes of the arms' rates are watched for. */
export interface DriftRules {
  /** Width of a bucket in whole hours; a day evens out the time of day. */
  readonly bucketHours: number;
  /** Hours for which a bucket waits before it counts: later conversions still come in. */
  readonly settleHours: number;
  /** Buckets between two false alarms of a campaign whose rates do not change, on average. */
  readonly bucketsPerFalseAlarm: number;
}

/** A campaign's lifecycle, as declared. */
export interface LifecycleRules {
  readonly phases: Readonly<Record<Phase, PhaseSettings>>;
  readonly thresholds: PhaseThresholds;
  /** Absent when nothing is watched. */
  readonly drift?: DriftRules;
}

/** What a published allocation says of its campaign's phase. */
export interface Stage extends PhaseSettings {
  readonly phase: Phase;
}

/**
 * What is set unless told. At first a tenth of the customers see the campaign, half of them whatever arm chance says and none by a score that
 * was never compared with anything: a mistake reaches few, and what is gathered judges the arms, not the model. Then half, with a fifth at random:
 * the spread that P(best) needs to settle. At last everyone, with the strategy's own floor.
 */
export const DEFAULT_PHASES: Readonly<Record<Phase, PhaseSettings>> = {
  initialization: { floor: 0.5, admitted: 0.1, modelWeight: 0 },
  learning: { floor: 0.2, admitted: 0.5, modelWeight: 0.5 },
  optimization: { floor: 0, admitted: 1, modelWeight: 1 },
};

/**
 * 30 trials tell an arm that fails altogether; 95 % is what decisions are usually made on; a loss of 2 % of the rate is less than what the floor costs;
 * an interval half as wide as the rate is about 3,000 trials at a rate of 2 %.
 */
export const DEFAULT_THRESHOLDS: PhaseThresholds = { trialsPerArm: 30, pBest: 0.95, expectedLoss: 0.02, width: 0.5 };

/** A false alarm in about three years of daily buckets; a day for what comes late. */
export const DEFAULT_DRIFT: DriftRules = { bucketHours: 24, settleHours: 24, bucketsPerFalseAlarm: 1_000 };

/** The stage of a campaign in a phase. */
export function stageOf({ phases }: LifecycleRules, phase: Phase): Stage {
  return { phase, ...phases[phase] };
}
