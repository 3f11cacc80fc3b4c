/** A world as it is declared: who comes and when, and what would really make them act. Times are milliseconds, shares are in [0, 1]. */
import type { ConditionDocument } from '../../decisioning/catalog/configuration.ts';

/** How one attribute is spread over customers; drawn once per customer. */
export type AttributeSpec =
  /** Weights by value, not negative, at least one above 0. */
  | { readonly kind: 'choices'; readonly values: readonly (readonly [value: string | number, weight: number])[] }
  | {
      readonly kind: 'normal';
      readonly mean: number;
      readonly sd: number;
      readonly min?: number | undefined;
      readonly max?: number | undefined;
    }
  /** Whole numbers where both ends are whole. */
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  /** A share for each bin between inner edges, ascending; evenly within a bin, from `min` to `max`. */
  | {
      readonly kind: 'histogram';
      readonly edges: readonly number[];
      readonly shares: readonly number[];
      readonly min: number;
      readonly max: number;
    }
  /** True with this probability. */
  | { readonly kind: 'chance'; readonly share: number }
  /** A list that holds each value with its probability. */
  | { readonly kind: 'list'; readonly values: readonly (readonly [value: string, share: number])[] };

/** Who comes, when, and what is asked for them. */
export interface VisitorsSpec {
  /** Expected number of customers who come for the first time, per day with all weights 1. */
  readonly newPerDay: number;
  /** Every visit is followed by another with probability `share`, after `afterMs` on average. */
  readonly again: { readonly share: number; readonly afterMs: number };
  /** Relative weight of each hour of the local day, 24 of them. */
  readonly hours: readonly number[];
  /** Relative weight of each day from Monday, 7 of them. */
  readonly weekdays: readonly number[];
  readonly timeZone: string;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  /** Share of customers who said yes, by channel. */
  readonly consents: Readonly<Record<string, number>>;
  /** Placements asked for at each visit, in this order: those of one channel in one request, another channel's in a request of its own. */
  readonly placements: readonly string[];
  /** Share of decisions whose content is really seen. */
  readonly seen: number;
}

/** Log-normal: half of all lie below the median; `spread` is the standard deviation of the logarithm. */
export interface LogNormalSpec {
  readonly median: number;
  readonly spread: number;
}

/** What really happens when an arm is seen. */
export interface ArmTruth {
  /** P(the campaign's goal is reached), before every factor. */
  readonly rate: number;
  /** Milliseconds from exposure to goal; at once when absent. */
  readonly delay?: LogNormalSpec | undefined;
  /** Value of each time that the goal is reached, in minor units; the goal's own when absent. */
  readonly value?: LogNormalSpec | undefined;
  /** How often a customer who reaches the goal does so, on average; 1 when absent. */
  readonly times?: number | undefined;
  /** P(another goal is reached), by goal. */
  readonly also?: Readonly<Record<string, number>> | undefined;
}

/** What is true of one campaign. */
export interface CampaignTruth {
  readonly arms: Readonly<Record<string, ArmTruth>>;
  /** Rates are multiplied for customers whom the condition holds for. */
  readonly groups: readonly {
    readonly condition: ConditionDocument;
    readonly factor: number;
    readonly arms: Readonly<Record<string, number>>;
  }[];
  /** Factors of the rate by local hour and by day from Monday; absent is 1. */
  readonly hours?: readonly number[] | undefined;
  readonly weekdays?: readonly number[] | undefined;
  /** From `afterMs` on, the rate of an arm (of all without one) is multiplied; linearly over `overMs`. */
  readonly drift: readonly {
    readonly afterMs: number;
    readonly overMs: number;
    readonly arm?: string | undefined;
    readonly factor: number;
  }[];
  /** Every touch of the campaign within the window multiplies the rate by the factor. */
  readonly fatigue?: { readonly factor: number; readonly withinMs: number } | undefined;
}

export interface WorldSpec {
  readonly startMs: number;
  readonly days: number;
  /** Between two allocations of a campaign. */
  readonly allocateEveryMs: number;
  readonly visitors: VisitorsSpec;
  /** By campaign id; nothing ever comes of a campaign without one. */
  readonly truth: Readonly<Record<string, CampaignTruth>>;
}
