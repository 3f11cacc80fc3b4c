/**
 * Published configuration as the compiler reads it: plain values, durations in milliseconds, every default filled in. The wire
 * schemas of `contract/` produce exactly these shapes.
 */
import type { ArbitrationTerms } from '../arbitration/terms.ts';
import type { PresetName } from '../arbitration/value.ts';
import type { FeatureSpec } from '../features/features.ts';
import type { WatchRules } from '../learning/rules.ts';
import type { LifecycleRules } from '../lifecycle/phases.ts';
import type { ComparisonMode } from '../strategies/compared.ts';
import type { Content } from './content-configuration.ts';
import type { CapacityConfiguration, PoolConfiguration, StockConfiguration } from './ledger-configuration.ts';
import type { ParameterConfiguration } from './parameters.ts';
import type { ComparedStrategyConfiguration, StrategyConfiguration } from './strategy-configuration.ts';

export type { Content, ContentPart } from './content-configuration.ts';

/** JSON as it crosses a wire. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A condition of the segment language, not yet parsed. */
export type ConditionDocument = { readonly [key: string]: Json };

/** At most `max` touches within any window of `windowMs`. */
export interface CapRule {
  readonly max: number;
  readonly windowMs: number;
}

export interface BetaPrior {
  readonly alpha: number;
  readonly beta: number;
}

export interface ArmConfiguration {
  readonly id: string;
  readonly name?: string | undefined;
  readonly content: Content;
  /** Evidence imported from history, for cold start; Beta(1, 1) when absent. */
  readonly prior?: BetaPrior | undefined;
  /** Path of the attribute that says how likely the customer is to reach the goal if shown this arm, 0 to 1. */
  readonly score?: string | undefined;
  /** Price of showing it once, in minor units. */
  readonly costMinor: number;
  /** Of an arm that parameters made: the index of its value of each, in their order. */
  readonly values?: readonly number[] | undefined;
}

export type { CapacityConfiguration, PoolConfiguration, StockConfiguration } from './ledger-configuration.ts';
export type {
  ComparedStrategyConfiguration,
  LinearConfiguration,
  StrategyConfiguration,
} from './strategy-configuration.ts';

/** Days are 1 (Monday) to 7 (Sunday); minutes count from local midnight, `toMinute` exclusive, at most 1440. */
export interface WeeklyWindow {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Minutes count from local midnight; a window whose end is not after its beginning reaches over midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  /** Exclusive, at most 1440. */
  readonly toMinute: number;
}

/** A touch of a campaign, or an outcome of a goal, that must lie at most `withinMs` (whole minutes) back; one of the two is named. */
export interface OnlyAfterRule {
  readonly campaign?: string | undefined;
  readonly goal?: string | undefined;
  readonly withinMs: number;
}

/** No touch of that campaign in the past `days`, 1 to 90. */
export interface NotWithinRule {
  readonly campaign: string;
  readonly days: number;
}

export interface ScheduleConfiguration {
  /** Local wall-clock time in `timeZone`, `YYYY-MM-DDTHH:mm`. */
  readonly start?: string | undefined;
  /** Exclusive. */
  readonly end?: string | undefined;
  readonly timeZone: string;
  readonly weekly: readonly WeeklyWindow[];
}

export type StickyConfiguration =
  | { readonly mode: 'none' }
  | { readonly mode: 'session' }
  | { readonly mode: 'days'; readonly days: number };

export type RewardConfiguration =
  | { readonly kind: 'binary' }
  /** In the goal's unit: minor units for money. */
  | { readonly kind: 'revenue'; readonly maxMinor: number }
  | { readonly kind: 'count'; readonly max: number }
  | {
      readonly kind: 'composite';
      readonly goals: readonly { readonly goal: string; readonly weight: number }[];
    };

export interface LearningConfiguration {
  /** After this time what was learned counts half; it never fades when absent. */
  readonly halfLifeMs?: number | undefined;
  readonly delayCorrection?: boolean | undefined;
  readonly by?: 'arms' | 'effects' | undefined;
  /** Not watched when absent. */
  readonly watch?: WatchRules | undefined;
}

/** What content is for, where that needs more than consent to be personalized for. */
export type ContentPurpose = 'ads';

export interface CampaignConfiguration {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly objective: {
    /** The goal whose conversions the strategy learns from. */
    readonly goal: string;
    readonly conversionWeight: number;
    readonly revenueWeight: number;
    readonly priority: number;
    /** What the strategy makes the most of, per trial; whether the goal was reached when absent. */
    readonly reward?: RewardConfiguration | undefined;
    /** Goals that are reported beside the optimised one and steer nothing; none when absent. */
    readonly secondary?: readonly string[] | undefined;
  };
  /** How evidence turns into what the strategy believes; all of it fully, at once and by arm when absent. */
  readonly learning?: LearningConfiguration | undefined;
  readonly audience: { readonly segment?: string | undefined; readonly condition?: ConditionDocument | undefined };
  /** What a customer must have said yes to besides; personalization alone when absent. */
  readonly purpose?: ContentPurpose | undefined;
  readonly placements: readonly string[];
  readonly schedule: ScheduleConfiguration;
  readonly caps: readonly CapRule[];
  /** The pool that its arms' costs are paid from; none when absent, and then nothing may cost. */
  readonly pool?: string | undefined;
  /** The stock that each of its contacts takes one unit of; none when absent. */
  readonly stock?: string | undefined;
  /** Its contacts a day, in the time zone of its schedule; unlimited when absent. */
  readonly dailyCapacity?: number | undefined;
  readonly sticky: StickyConfiguration;
  /** Share of customers kept on default content, [0, 0.5]. */
  readonly holdout: number;
  readonly strategy: StrategyConfiguration;
  /** What linear policies read of the customer; none when absent. */
  readonly features?: readonly FeatureSpec[] | undefined;
  /** 2 to 8 to compare in place of `strategy`. */
  readonly strategies?: readonly ComparedStrategyConfiguration[] | undefined;
  /** How they share the campaign; `concurrent` when absent. */
  readonly strategyMode?: ComparisonMode | undefined;
  /** Phases and what they set; the campaign has none when absent. */
  readonly lifecycle?: LifecycleRules | undefined;
  /** Ordered; the first whose condition holds is the decision's leaf, else `rest`. */
  readonly contexts: readonly { readonly id: string; readonly condition: ConditionDocument }[];
  readonly arms: readonly ArmConfiguration[];
  /** The score of every arm that named none itself; they have it by now. */
  readonly score?: string | undefined;
  /** What the arms were made of; absent when they were declared themselves. */
  readonly parameters?: readonly ParameterConfiguration[] | undefined;
  /** How many statistics shards its feedback is spread over. */
  readonly shards: number;
  /** What the presets `seed` and `pcvl` value it by; neutral when absent. */
  readonly arbitration?: ArbitrationTerms | undefined;
  /** Campaigns with a group in common are never chosen together in one request; none when absent. */
  readonly exclusionGroups?: readonly string[] | undefined;
  /** All must hold; none when absent. */
  readonly onlyAfter?: readonly OnlyAfterRule[] | undefined;
  /** All must hold; none when absent. */
  readonly notWithin?: readonly NotWithinRule[] | undefined;
  /** Pages may decide it themselves. */
  readonly onDevice?: boolean | undefined;
  /** What they report is learned from. */
  readonly learnFromDevice?: boolean | undefined;
}

export interface SegmentConfiguration {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly condition: ConditionDocument;
}

export interface PlacementConfiguration {
  readonly id: string;
  readonly name: string;
  readonly channel: string;
  readonly defaultContent?: Content | undefined;
  /** Whether content may have `html` here. */
  readonly html?: boolean | undefined;
}

export interface ChannelConfiguration {
  readonly id: string;
  readonly name: string;
  /** Its touches count against the workspace's cap over all such channels. */
  readonly countsTowardGlobal: boolean;
  /** Decided only for customers who said yes to this channel. */
  readonly requiresConsent: boolean;
  /** Of all its campaigns; absent where each says so itself. */
  readonly purpose?: ContentPurpose | undefined;
  readonly cap: CapRule | null;
  /** How long a claim waits for its exposure. */
  readonly claimTtlMs: number;
  /** Weight of one of its touches in fatigue pressure. */
  readonly fatigueWeight: number;
  /** When customers are left alone, on their own clocks; null when any hour will do. */
  readonly quietHours: QuietHours | null;
  /** How many of its contacts can be carried out; unlimited when absent. */
  readonly capacity?: CapacityConfiguration | undefined;
}

export interface GoalConfiguration {
  readonly id: string;
  readonly name: string;
  readonly source: 'server' | 'any';
  /** How long after a decision an outcome may still be credited to it; the token's life. */
  readonly windowMs: number;
  /** Value of one outcome in minor units when the event names none. */
  readonly defaultValueMinor: number;
  /** What the values of its events are; money in the workspace's currency when absent. */
  readonly unit?: 'money' | 'count' | 'ms' | undefined;
}

export interface AttributeConfiguration {
  readonly id: string;
  readonly type: 'string' | 'number' | 'boolean' | 'string_list';
  /** `device`: known on pages alone, and never sent. */
  readonly source: 'server' | 'any' | 'device';
  readonly description?: string | undefined;
}

export interface SiteConfiguration {
  readonly id: string;
  readonly name: string;
  readonly kind: 'web' | 'app' | 'server';
  readonly origins: readonly string[];
  /** Whether the page script must wait for consent before anything is stored. */
  readonly consent: 'required' | 'not_required';
  /** Absent: none is set, and none is read. */
  readonly cookie?: SiteCookie | undefined;
}

/** A cookie with the signed anonymous id, set by the API where it answers on the same site as the page. */
export interface SiteCookie {
  /** Unless told it depends on domain and scheme: worker/edge/cookie.ts. */
  readonly name?: string | undefined;
  /** Absent: only the host that answers gets it back. */
  readonly domain?: string | undefined;
  readonly maxAgeDays: number;
}

export interface SettingsConfiguration {
  readonly id: 'workspace';
  /** Share of customers kept on default content everywhere, [0, 0.5]. */
  readonly holdout: number;
  /** Cap over all channels that count toward it. */
  readonly globalCap: CapRule | null;
  readonly arbitration: {
    /** Share of decisions that pick uniformly among the eligible campaigns, [0, 1]. */
    readonly exploration: number;
    /** How campaigns are valued against each other; `weighted` when absent. */
    readonly preset?: PresetName | undefined;
  };
  readonly fatigue: {
    /** Subtracted from a candidate's value per unit of pressure; 0 switches soft fatigue off. */
    readonly weight: number;
    readonly halfLifeMs: number;
  };
  /** ISO 4217; minor units are its own. */
  readonly currency: string;
  /** Which decisions are stored with their receipts when they are made; `needed` when absent. */
  readonly receipts?: 'needed' | 'all' | undefined;
}

/** Everything one revision publishes. */
export interface Configuration {
  readonly campaigns: readonly CampaignConfiguration[];
  readonly segments: readonly SegmentConfiguration[];
  readonly placements: readonly PlacementConfiguration[];
  readonly channels: readonly ChannelConfiguration[];
  readonly goals: readonly GoalConfiguration[];
  readonly attributes: readonly AttributeConfiguration[];
  readonly sites: readonly SiteConfiguration[];
  readonly pools: readonly PoolConfiguration[];
  readonly stocks: readonly StockConfiguration[];
  readonly settings: SettingsConfiguration;
}
