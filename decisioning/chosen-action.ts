/** What a decision came to. */
import type { SliceCampaign } from './catalog/slice.ts';
import type { FeatureVector } from './features/features.ts';
import type { UnitClaim } from './limits/purse.ts';

export interface ChosenAction {
  readonly campaign: SliceCampaign;
  /** `holdout` for a held-out customer. */
  readonly armId: string;
  readonly leaf: string;
  readonly propensityCampaign: number;
  readonly propensityArm: number;
  readonly sticky: boolean;
  readonly periodKey: string;
  readonly stickyUntilMs: number;
  readonly measuresLift: boolean;
  readonly allocationVersion: number;
  /** As in the record. */
  readonly features?: FeatureVector;
  /** Units that showing it takes, one entry a ledger; absent when it takes none. */
  readonly claims?: readonly UnitClaim[];
  /** As in the record. */
  readonly sendAtMs?: number;
}
