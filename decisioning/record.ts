import type { FeatureVector } from './features/features.ts';

/**
 * What a decision leaves behind: the part that its token carries and its customer's object stores. It is enough to credit exposure
 * and outcomes without asking anyone else, also after the campaign has changed or gone.
 */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly workspaceId: string;
  readonly siteId: string;
  /** Name of the customer's object: HMAC of the id, never the id. */
  readonly customer: string;
  /** What groups and holdouts are drawn from; survives `identify`. */
  readonly bucketingId: string;
  readonly placement: string;
  readonly campaignId: string;
  /** `holdout` for a held-out customer. */
  readonly armId: string;
  readonly leaf: string;
  /** The campaign's optimised goal and its window at the time of the decision. */
  readonly goal: string;
  readonly goalWindowMs: number;
  readonly channel: string;
  readonly countsTowardGlobal: boolean;
  readonly atMs: number;
  /** Until when an exposure confirms the claim in time. */
  readonly claimExpiresAtMs: number;
  /** Until when outcomes may be credited: the token's life. */
  readonly expiresAtMs: number;
  readonly propensityCampaign: number;
  readonly propensityArm: number;
  /** The arm was assigned by an earlier decision of the same period. */
  readonly sticky: boolean;
  /** Names the sticky period: one trial per campaign and period. */
  readonly periodKey: string;
  /** Until when this assignment is kept; equal to `atMs` when the campaign is not sticky. */
  readonly stickyUntilMs: number;
  /** Statistics shard of the campaign that this customer's evidence goes to. */
  readonly shard: number;
  /** The campaign measures lift, so the customer's first decision enrols them. */
  readonly measuresLift: boolean;
  /** Catalog revision that decided. */
  readonly revision: number;
  /**
   * The customer's features when the arm was drawn; absent where the campaign declares none, for a held-out customer, and in the token of a
   * decision that the customer's object has stored: there they are in what it keeps.
   */
  readonly features?: FeatureVector;
  /** When the message is to be sent; absent where the campaign steers no times, and on channels that answer at once. */
  readonly sendAtMs?: number;
  /** Of a customer whom their server names, and who may have no object yet: the one that its token brings to life is no visitor's. Absent where the object has stored it, and for visitors. */
  readonly known?: true;
}
