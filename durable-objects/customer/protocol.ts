/** What the worker says to a customer's object. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { TracedCandidate } from '../../decisioning/candidates.ts';
import type { PlacementRequest, Switches } from '../../decisioning/decide.ts';
import type { FeatureVector } from '../../decisioning/features/features.ts';
import type { LeasedClaim, Purse, UnitClaim } from '../../decisioning/limits/purse.ts';
import type { EventRejection, RefusalReason } from '../../decisioning/reasons.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import type { ModelUses } from '../../decisioning/scoring/served.ts';
import type { AddressFacts } from './address.ts';
import type { ShownClaims } from './claims.ts';
import type { RefusedPurpose, StoredConsent } from './purposes.ts';
import type {
  LearningFacts,
  OtherUnit,
  PastTouches,
  StoredBehaviour,
  StoredDecision,
  StoredEnrolment,
  StoredOutcome,
} from './stored.ts';

export type * from './stored.ts';

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
  /** Decisions that leave no mark need not be stored: what is reported of them brings them along. Absent from workers that know of none. */
  readonly mayDefer?: true;
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

/** What decisions that leave no mark read of a customer besides traits and counters. */
export interface Standing {
  readonly bucketingId: string;
  readonly consent: StoredConsent;
  readonly timeZone?: string;
}

export type DecideReply =
  | Needs
  | Moved
  | {
      readonly outcome: 'decided';
      readonly decisions: readonly DecidedPlacement[];
      readonly repeated: boolean;
      /** Told where nothing was stored, of a customer who is here. */
      readonly standing?: Standing;
    };

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
  /** Its network has taught the campaign enough today: an exposure begins no trial. Absent from workers that know of no bound. */
  readonly untaught?: true;
  /** Of this customer so many trials of one campaign and UTC day are learned from, from whatever networks; absent where there is no bound. */
  readonly mostTrials?: number;
  /** Where it comes from, as in `TrialMark`: the campaign's shard counts trials of networks. Absent where there is no bound, and from workers of before. */
  readonly network?: number;
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
