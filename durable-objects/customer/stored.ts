/** What a customer's object keeps: decisions and what became of them, behaviour, outcomes. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { TrialTally } from '../../decisioning/bandits/rewards/tally.ts';
import type { LeasedClaim } from '../../decisioning/limits/purse.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { KeptUses } from '../../decisioning/scoring/kept-use.ts';
import type { Settlement } from '../budget/protocol.ts';

/** Units of values that are no money: they are in no revenue. */
export type OtherUnit = 'count' | 'ms';

/** A goal credited to a decision. */
export interface CreditedOutcome {
  readonly goal: string;
  readonly atMs: number;
  /** Minor units of the currency, or of the goal's own unit. */
  readonly valueMinor: number;
  readonly orders: readonly string[];
}

/** Units that a stored decision took of one lease. */
export type StoredClaim = Omit<LeasedClaim, 'decisionId'>;

/** A decision and what became of it. */
export interface StoredDecision {
  readonly record: DecisionRecord;
  readonly requestId: string;
  /** What it took of ledgers, at most one entry a lease; absent where it took nothing. */
  readonly claims?: readonly StoredClaim[];
  /** The name that ledgers know its claims by; its id where absent. */
  readonly claimedAs?: string;
  /** What its claims came to, all together and once for ever; absent while they are open, and where there are none. */
  readonly settled?: Settlement['kind'];
  /** When its message went out, where that was told before it was seen: that is the touch then. */
  readonly dispatchedAtMs?: number;
  /** Null until the content was seen. */
  readonly exposedAtMs: number | null;
  /** Seen, or sent where that came first, after the claim had lapsed. */
  readonly late: boolean;
  /** The first exposure of its sticky period. */
  readonly isTrial: boolean;
  /** The period's trial reached the optimised goal; kept on the trial. */
  readonly converted: boolean;
  readonly outcomes: readonly CreditedOutcome[];
  /** What its campaign learned from when the content was seen: what is counted of it later is counted by the same rules. */
  readonly learning?: LearningFacts;
  /** Goals its period reached so far; kept on the trial, and only where the campaign learns from more than conversions. */
  readonly tally?: TrialTally;
  /** By model id, what the campaign's models made of the customer; absent where it asked none. Of held-out customers too. */
  readonly models?: Readonly<Record<string, KeptUses>>;
  /** Of a trial that models scored: nobody knew then who the customer was. */
  readonly ofNobody?: true;
  /** Seen when its network had taught the campaign enough: its sticky period begins no trial any more, with what it bought left out. */
  readonly untaught?: true;
  /** Of a trial that a page told of: its network on that day and how many trials of that are learned from, as in `TrialMark`. */
  readonly network?: readonly [network: number, most: number];
}

/** What a campaign learns from besides whether its goal was reached; absent where it is nothing else. */
export interface LearningFacts {
  /** `binary` when absent. */
  readonly reward?: RewardSpec;
  /** Goals that are reported beside the optimised one. */
  readonly secondaryGoals?: readonly string[];
  /** Delays of conversions are counted. */
  readonly delay?: true;
  /** Trials are counted by the site that they were shown on, too. */
  readonly watch?: true;
  /** Width of the buckets that moments of features are counted in, in hours; a day when absent. */
  readonly momentsHours?: number;
}

/** Touches of one campaign, channel and day whose decisions had to make room: caps go on counting them, as of the day's latest. */
export interface PastTouches {
  readonly campaignId: string;
  readonly channel: string;
  readonly countsTowardGlobal: boolean;
  /** Days since the epoch. */
  readonly day: number;
  readonly count: number;
  readonly atMs: number;
}

export interface StoredBehaviour {
  readonly atMs: number;
  readonly name: string;
  readonly valueMinor: number;
  readonly eventId: string | null;
}

/** A goal the customer reached, whatever it was credited to. */
export interface StoredOutcome {
  readonly atMs: number;
  readonly goal: string;
  readonly valueMinor: number;
  readonly orderId: string | null;
  readonly eventId: string | null;
  /** What the value is, when it is no money. */
  readonly unit?: OtherUnit;
}

/** First eligibility for a campaign that measures lift. */
export interface StoredEnrolment {
  readonly campaignId: string;
  readonly atMs: number;
  readonly leaf: string;
  readonly armId: string;
  readonly goal: string;
  readonly goalWindowMs: number;
  readonly shard: number;
  readonly converted: boolean;
}
