/** Lines of the decision log: what a model was told, what was decided, and what came of it. See docs/reference/decision-log.md. */

/** What every line has. Lines of one decision share `decision`; `key` is the same whenever the same thing is told again. */
interface LogLineBase {
  readonly format: 1;
  /** Unique to what the line says: of two lines with one key the later is to be left out. */
  readonly key: string;
  /** Hash of the decision's id: names no customer, and leads back to none. */
  readonly decision: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly campaign: string;
}

/** A scoring as the receipt has it: numbers as the model got them, null for NaN. */
export interface LoggedScoring {
  readonly version: number;
  readonly stage: string;
  readonly row: readonly (number | null)[];
  readonly missing: readonly string[];
  readonly outputs: Readonly<Record<string, number>>;
  /** The version was not there in time: `row` and `outputs` are empty. */
  readonly late?: true;
}

export interface LoggedDecision extends LogLineBase {
  readonly kind: 'decision';
  readonly arm: string;
  readonly leaf: string;
  readonly goal: string;
  readonly propensityCampaign: number;
  readonly propensityArm: number;
  /** By model id. */
  readonly models: Readonly<Record<string, { readonly used?: LoggedScoring; readonly shadow?: LoggedScoring }>>;
}

export interface LoggedExposure extends LogLineBase {
  readonly kind: 'exposure';
  /** Whether it is what statistics count: the first of its sticky period. The campaign's shard may leave it out all the same, behind the bound of its network. */
  readonly trial: boolean;
}

export interface LoggedOutcome extends LogLineBase {
  readonly kind: 'outcome';
  readonly goal: string;
  /** All that was credited so far, in the goal's unit (of money, minor units). */
  readonly value: number;
  /** Orders credited so far. */
  readonly orders: number;
}

export type LogLine = LoggedDecision | LoggedExposure | LoggedOutcome;

/** What the queue carries. */
export interface LogMessage {
  readonly workspaceId: string;
  readonly line: LogLine;
}
