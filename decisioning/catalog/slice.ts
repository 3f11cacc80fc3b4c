/**
 * The catalog as it travels: one rules slice and one contents slice per placement, and one directory for the workspace. All three are
 * immutable JSON named by their SHA-256, so that a reader can check what it was handed and keep it for ever.
 */
import type { ArbitrationTerms } from '../arbitration/terms.ts';
import type { PresetName } from '../arbitration/value.ts';
import type { Allocation, AllocationStrategy } from '../bandits/allocation.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import type { Scoring } from '../bandits/scoring.ts';
import type { FeatureSet } from '../features/features.ts';
import type { LearningRules } from '../learning/rules.ts';
import type { LifecycleRules } from '../lifecycle/phases.ts';
import type { LedgerSpec, Need } from '../limits/ledger-spec.ts';
import type { ArmFacts } from '../scoring/arm-facts.ts';
import type { Steering } from '../steering/steering.ts';
import type { PolicyStrategies, SliceStrategies } from '../strategies/compared.ts';
import type {
  CapRule,
  ConditionDocument,
  Content,
  ContentPurpose,
  GoalConfiguration,
  QuietHours,
  SiteCookie,
  StickyConfiguration,
  WeeklyWindow,
} from './configuration.ts';

/** Raised when the meaning of a stored slice changes; a reader refuses formats it does not know. */
export const SLICE_FORMAT = 1;
/** Of rules slices in which a campaign needs units: whoever does not know of ledgers must refuse them, not spend without asking. */
export const LEDGER_SLICE_FORMAT = 2;

/** A campaign as one placement's decisions need it. Hyperedges of the placement = Σ arms of its campaigns. */
export interface SliceCampaign {
  readonly id: string;
  readonly goal: string;
  readonly conversionWeight: number;
  readonly revenueWeight: number;
  readonly priority: number;
  /** Segment that the customer must be in, if any; a key of the slice's `segments`. */
  readonly segment: string | null;
  readonly condition: ConditionDocument | null;
  /** Milliseconds since the epoch, [start, end); null is open. */
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly timeZone: string;
  readonly weekly: readonly WeeklyWindow[];
  readonly caps: readonly CapRule[];
  /** What each of its claims takes from ledgers, one entry a ledger; absent when it takes nothing. */
  readonly needs?: readonly Need[];
  readonly sticky: StickyConfiguration;
  readonly holdout: number;
  readonly contexts: readonly { readonly id: string; readonly condition: ConditionDocument }[];
  /** Declared for the presets `seed` and `pcvl`; neutral when absent. */
  readonly arbitration?: ArbitrationTerms;
  /** Absent when it is in none. */
  readonly exclusionGroups?: readonly string[];
  /** Counters (`exposures.welcome.count.129600m`) that must all be above 0; absent when there are none. */
  readonly onlyAfter?: readonly string[];
  /** Campaigns to keep a distance from, with the counter that must be 0; absent when there are none. */
  readonly notWithin?: readonly { readonly campaign: string; readonly counter: string }[];
  /** What its customers must have said yes to besides; absent when nothing. Its channel's purpose is in here. */
  readonly purpose?: ContentPurpose;
  /** Pages may decide it themselves; absent where they may not. */
  readonly onDevice?: true;
  readonly armIds: readonly string[];
  readonly shards: number;
  /** What turns the customer's scores into probabilities; absent when the strategy uses none. */
  readonly scoring?: Scoring;
  /** Absent when it has one. */
  readonly strategies?: SliceStrategies;
  /** What its parameters say of where and when arms are shown; absent when they say nothing. */
  readonly steering?: Steering;
  /** What its decisions read of the customer and record; absent when none are declared. */
  readonly features?: FeatureSet;
  /** Where the customer's score of each arm is read, in the order of `armIds`; absent when its arms have none, or no strategy uses them. */
  readonly scorePaths?: readonly string[];
  /** What models may read of each arm below `arm.`, in the order of `armIds`; absent where no model scores its arms. */
  readonly armFacts?: readonly ArmFacts[];
  /** Ids of the models that its own decisions may ask; absent when they ask none. */
  readonly models?: readonly string[];
  /** The output of each of them that the campaign goes by, in their order; empty for one that only other campaigns ask. */
  readonly modelOutputs?: readonly string[];
  /** Longest goal window among the campaign's goals: how long its tokens live. */
  readonly tokenLifeMs: number;
  /** Window of the optimised goal; absent where it is as long as the token's life. */
  readonly goalWindowMs?: number;
  /** What to use until the root has published evidence for exactly these arms and leaves. */
  readonly initialAllocation: Allocation;
}

/** Everything needed to choose for one placement: no content, no names, no secrets. */
export interface RulesSlice {
  readonly format: typeof SLICE_FORMAT | typeof LEDGER_SLICE_FORMAT;
  readonly placement: string;
  readonly channel: {
    readonly id: string;
    readonly countsTowardGlobal: boolean;
    readonly requiresConsent: boolean;
    readonly cap: CapRule | null;
    readonly claimTtlMs: number;
    /** Absent when it may be used at any hour. */
    readonly quietHours?: QuietHours;
  };
  readonly globalCap: CapRule | null;
  readonly globalHoldout: number;
  /** Salt of every hash that assigns customers to groups. */
  readonly salt: string;
  readonly exploration: number;
  /** `weighted` when absent. */
  readonly preset?: PresetName;
  readonly fatigue: {
    readonly weight: number;
    readonly halfLifeMs: number;
    readonly channelWeights: Readonly<Record<string, number>>;
  };
  readonly campaigns: readonly SliceCampaign[];
  /** The segments its campaigns use, and those that these refer to. */
  readonly segments: Readonly<Record<string, ConditionDocument>>;
  /** Ids of the models that its decisions may ask for scores; absent when they ask none. */
  readonly models?: readonly string[];
  /** Every decision for somebody who may be remembered is stored with its receipt; absent where only those are that something goes by. */
  readonly receipts?: 'all';
}

/** What the worker attaches to a decision after it was made. */
export interface ContentsSlice {
  readonly format: typeof SLICE_FORMAT;
  readonly placement: string;
  readonly defaultContent: Content | null;
  /** campaign id → arm id → content. */
  readonly contents: Readonly<Record<string, Readonly<Record<string, Content>>>>;
}

export interface DirectoryAttribute {
  readonly type: 'string' | 'number' | 'boolean' | 'string_list';
  readonly source: 'server' | 'any' | 'device';
}

/** The campaign facts that feedback, performance and the campaign's root need. */
export interface DirectoryCampaign {
  readonly name: string;
  readonly goal: string;
  readonly shards: number;
  readonly armIds: readonly string[];
  readonly leaves: readonly string[];
  readonly armsKey: string;
  readonly policy: CampaignPolicy;
  /** What people call its parameters; absent where none of these has a name besides its id. */
  readonly parameterNames?: ParameterNames;
}

/** By parameter id; only what was given a name. */
export type ParameterNames = Readonly<
  Record<string, { readonly name?: string; readonly values: Readonly<Record<string, string>> }>
>;

/** What the root of a campaign computes allocations from. Content-addressed by `armsKey` + strategy: equal policy, equal result. */
export interface CampaignPolicy {
  readonly campaignId: string;
  readonly armIds: readonly string[];
  /** How the arms are made of parameters; absent when they were declared themselves. */
  readonly parameters?: ParameterDesign;
  /** Its parameters say where or when arms are shown; absent when they do not. */
  readonly steers?: true;
  readonly armsKey: string;
  /** Ordered leaf ids; always ends with `rest`. */
  readonly leaves: readonly string[];
  readonly strategy: AllocationStrategy;
  readonly minExploration: number;
  readonly priors: Readonly<Record<string, { readonly alpha: number; readonly beta: number }>>;
  /** What devices report is learned from; absent where it is not. */
  readonly learnsFromDevice?: true;
  readonly holdout: number;
  readonly shards: number;
  /** What its trials record of customers, and linear policies learn from; absent when none are declared. */
  readonly features?: FeatureSet;
  /** What a trial is worth; absent when it is whether the goal was reached. */
  readonly reward?: RewardSpec;
  /** Goals to sum up beside the optimised one; absent when there are none. */
  readonly secondaryGoals?: readonly string[];
  /** How evidence is weighed; absent when all of it counts fully and at once, arm by arm. */
  readonly learning?: LearningRules;
  /** Several strategies to compare; `strategy` and `minExploration` are the first one's then. Absent when there is one. */
  readonly strategies?: PolicyStrategies;
  /** Absent when the campaign has no phases. */
  readonly lifecycle?: LifecycleRules;
  /** What the watch of models goes by; absent when the campaign asks none. */
  readonly models?: {
    /** How long an outcome may take. */
    readonly goalWindowMs: number;
    /** Ids of the models that choose its customers: through its audience, or through what it is worth where campaigns compete. */
    readonly selects: readonly string[];
  };
}

/** Workspace-wide facts that the edge needs to check requests. */
export interface Directory {
  readonly format: typeof SLICE_FORMAT;
  readonly workspaceId: string;
  readonly currency: string;
  /** Ids of all channels, built-in ones included, in their order: what consent may be given for. */
  readonly channels: readonly string[];
  readonly goals: Readonly<Record<string, GoalConfiguration>>;
  readonly attributes: Readonly<Record<string, DirectoryAttribute>>;
  readonly sites: Readonly<
    Record<
      string,
      {
        readonly kind: 'web' | 'app' | 'server';
        readonly origins: readonly string[];
        readonly consent: 'required' | 'not_required';
        readonly cookie?: SiteCookie;
      }
    >
  >;
  readonly campaigns: Readonly<Record<string, DirectoryCampaign>>;
  /** By key; absent when there are none. */
  readonly ledgers?: Readonly<Record<string, LedgerSpec>>;
}

/** One published revision: which slices make it up. */
export interface CatalogManifest {
  readonly revision: number;
  /** SHA-256 over the manifest's other hashes, hex: the name of the catalog. */
  readonly hash: string;
  readonly publishedAtMs: number;
  readonly directory: string;
  /** placement id → hashes (hex SHA-256 of the JSON text) of its two slices. */
  readonly placements: Readonly<Record<string, { readonly rules: string; readonly contents: string }>>;
}
