/** What the worker says to a customer's object. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { TrialTally } from '../../decisioning/bandits/rewards/tally.ts';
import type { TracedCandidate } from '../../decisioning/candidates.ts';
import type { PlacementRequest, Switches } from '../../decisioning/decide.ts';
import type { FeatureVector } from '../../decisioning/features/features.ts';
import type { LeasedClaim, Purse, UnitClaim } from '../../decisioning/limits/purse.ts';
import type { EventRejection, RefusalReason } from '../../decisioning/reasons.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { KeptUses } from '../../decisioning/scoring/kept-use.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import type { ModelUses } from '../../decisioning/scoring/served.ts';
import type { Settlement } from '../budget/protocol.ts';
import type { AddressFacts } from './address.ts';
import type { ShownClaims } from './claims.ts';
import type { RefusedPurpose, StoredConsent } from './purposes.ts';

/** Who the object is; told with every call, stored at the first that writes. */
export interface CustomerAddress {
  readonly workspaceId: string;
  /** The object's own name. */
  readonly name: string;
  /** Anonymous objects erase themselves after 30 idle days. */
  readonly anonymous: boolean;
}

/** What the object needs to know of the request and cannot see itself. */
export interface CallFacts extends CustomerAddress {
  readonly siteId: string;
  readonly receivedAtMs: number;
  /** From secret keys only, within 24 h of now. */
  readonly clientAtMs?: number | undefined;
  /** Purposes that the request refused although there is consent; none when absent. */
  readonly refused?: readonly RefusedPurpose[] | undefined;
}

/** Attributes of the request: `geo`, `device`, `page`, and declared ones. Traits of the customer are beneath them. */
export type RequestAttributes = Readonly<Record<string, unknown>>;

export interface DecideCall extends CallFacts {
  readonly requestId: string;
  /** The caller chose the request id and may repeat it: default answers are remembered too. */
  readonly repeatable: boolean;
  readonly requests: readonly PlacementRequest[];
  /** placement → hash of its rules slice; placements the catalog does not know are left out. */
  readonly rules: Readonly<Record<string, string>>;
  readonly revision: number;
  /** The publisher's sequence number that the allocations must be at least as new as. */
  readonly catalogSeq: number;
  readonly switches: Switches;
  /** Models that the slices name, with their versions in service; absent from workers that know of none. */
  readonly models?: readonly PublishedModel[];
  /** Hashes of their manifests that the worker could not get in time: they are not asked for. */
  readonly lateModels?: readonly string[];
  readonly attributes: RequestAttributes;
  readonly sessionId?: string | undefined;
  /** What an earlier answer said was needed. */
  readonly slices?: readonly { readonly hash: string; readonly body: string }[];
  readonly allocations?: { readonly seq: number; readonly items: readonly Allocation[] };
  readonly modelBodies?: readonly ModelBody[];
  /** Leased units that the decisions may claim; absent from workers that know of no ledgers: then nothing is claimed. */
  readonly purse?: Purse;
}

/** One placement's answer. Default content has neither record nor propensity; a record that the object keeps comes without the features. */
export interface DecidedPlacement {
  readonly placement: string;
  readonly decisionId: string;
  readonly record: DecisionRecord | null;
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  /** What it claimed when it was made, also when it is told again: what of a purse is not here was not used. Absent when nothing. */
  readonly claims?: readonly LeasedClaim[];
}

/** A version as it travels: its manifest's text, named by its SHA-256, and the file that the manifest names. */
export interface ModelBody {
  readonly hash: string;
  readonly manifest: string;
  readonly file: Uint8Array;
}

export interface Needs {
  readonly outcome: 'needs';
  readonly slices: readonly string[];
  readonly allocations: boolean;
  /** Hashes of manifests; absent when none is missing. Who has none of them decides without. */
  readonly models?: readonly string[];
}
/** The customer is known under another name now: hand the legacy over if there is one, then ask there. */
export type Moved = AddressFacts & { readonly outcome: 'moved'; readonly to: string; readonly legacy: Legacy | null };

/** What an anonymous customer leaves to the known one they turned out to be. */
export interface Legacy {
  /** Name of the object that it comes from: taking it twice changes nothing. */
  readonly from: string;
  readonly bucketingId: string;
  /** Decisions up to here were erased or dropped: their tokens are void wherever they arrive. */
  readonly voidUntilMs: number;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly timeZone?: string | undefined;
  /** Purposes that they refused on a page; absent when none. */
  readonly told?: Readonly<Record<string, boolean>>;
  readonly decisions: readonly StoredDecision[];
  /** By decision id; the newest, as far as they fit. */
  readonly receipts: Readonly<Record<string, Receipt>>;
  readonly pastTouches: readonly PastTouches[];
  readonly behaviour: readonly StoredBehaviour[];
  readonly outcomes: readonly StoredOutcome[];
  readonly enrolments: readonly StoredEnrolment[];
}

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

export type DecideReply =
  | Needs
  | Moved
  | { readonly outcome: 'decided'; readonly decisions: readonly DecidedPlacement[]; readonly repeated: boolean };

/** A candidate with the arm that is kept for the customer, if one is. */
export interface ExplainedCandidate extends TracedCandidate {
  readonly kept?: { readonly armId: string; readonly untilMs: number };
  /** The customer's vector, for a campaign with features that was valued: the probabilities of its arms depend on it. */
  readonly features?: FeatureVector;
  /** The customer's scores by arm, as far as there are any: what `features` are to it, for a campaign whose arms name scores. */
  readonly scores?: Readonly<Record<string, number>>;
  /** `<model id>@<version>` that gave the scores; absent where none of a model are there. */
  readonly scoredBy?: string;
}

export type ExplainReply =
  | Needs
  | Moved
  | {
      readonly outcome: 'explained';
      readonly placements: readonly {
        readonly placement: string;
        readonly heldOut: boolean;
        readonly candidates: readonly ExplainedCandidate[];
        readonly chosen: string | null;
      }[];
      readonly attributes: RequestAttributes;
      readonly touches: readonly {
        readonly channel: string;
        readonly campaignId: string;
        readonly atMs: number;
        readonly pending: boolean;
      }[];
      readonly segments: readonly string[];
      /** What models were given of this customer, by model id; absent from objects that know of none. */
      readonly models?: Readonly<Record<string, ModelUses>>;
      /** Open claims, one entry a decision and ledger; absent from objects that know of none. */
      readonly claims?: readonly (UnitClaim & { readonly campaignId: string; readonly expiresAtMs: number })[];
    };

/** What is known of a customer under some names. */
export interface LookCall extends CallFacts {
  readonly attributes: RequestAttributes;
  /** Paths of attributes and counters. */
  readonly paths: readonly string[];
}

export type LookReply =
  | Moved
  | {
      readonly outcome: 'looked';
      /** By path; null where nothing answers. */
      readonly values: Readonly<Record<string, unknown>>;
      readonly bucketingId: string;
      /** Whether anything is held of them at all. */
      readonly known: boolean;
    };

/** Units of values that are no money: they are in no revenue. */
export type OtherUnit = 'count' | 'ms';

/** A goal as the worker found it in the directory. */
export interface GoalFacts {
  readonly id: string;
  readonly windowMs: number;
  /** Minor units of the currency, or of `unit`. */
  readonly valueMinor: number;
  /** Absent for money. */
  readonly unit?: OtherUnit;
}

/** Feedback about a decision; the token has been verified. */
export interface FeedbackItem {
  readonly index: number;
  readonly record: DecisionRecord;
  /** `dispatch`: its message went out; confirms the claim and is no trial. */
  readonly kind: 'exposure' | 'goal' | 'dispatch';
  readonly goal?: GoalFacts;
  readonly orderId?: string | undefined;
  readonly atMs?: number | undefined;
  /** Of the decision's campaign, as the worker found it in the directory. */
  readonly learning?: LearningFacts;
}

/** Behaviour, or a goal reached without a token. */
export interface EventItem {
  readonly index: number;
  readonly kind: 'behaviour' | 'goal';
  readonly name: string;
  readonly valueMinor: number;
  /** Of a goal's value; absent for money. */
  readonly unit?: OtherUnit;
  readonly windowMs: number;
  readonly orderId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly atMs?: number | undefined;
}

export interface ItemResult {
  readonly index: number;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly reason?: EventRejection;
}

export type EventsReply = Moved | { readonly outcome: 'taken'; readonly results: readonly ItemResult[] };

export interface StoredProfile {
  readonly traits: Readonly<Record<string, unknown>>;
  readonly timeZone?: string | undefined;
  readonly consent: StoredConsent;
}

/** Everything held about one customer. */
export interface CustomerDump {
  readonly profile: StoredProfile;
  readonly createdAtMs: number | null;
  readonly decisions: readonly Readonly<Record<string, unknown>>[];
  readonly outcomes: readonly Readonly<Record<string, unknown>>[];
  readonly behaviour: readonly Readonly<Record<string, unknown>>[];
}

export type ReceiptReply =
  | Moved
  | {
      readonly outcome: 'found';
      readonly record: DecisionRecord;
      readonly receipt: Receipt | null;
      readonly exposedAtMs: number | null;
      /** As in the stored decision; absent from objects that know of no claims. */
      readonly dispatchedAtMs?: number;
      readonly claims?: ShownClaims;
      readonly outcomes: readonly { readonly goal: string; readonly atMs: number; readonly valueMinor: number }[];
    }
  | { readonly outcome: 'not_found' };
