/** Who is kept on default content so that lift can be measured: a hash of the bucketing id, fixed before eligibility. */
import { bucketOf } from '../hash.ts';

/**
 * Whether a customer is held out, from everything or from one campaign. The two assignments are independent of each other and of every
 * other campaign's.
 *
 * @param salt the workspace's salt; changing it would move every customer.
 * @param shares of all customers, [0, 0.5].
 */
export function isHeldOut(
  salt: string,
  bucketingId: string,
  campaignId: string,
  shares: { readonly global: number; readonly campaign: number },
): boolean {
  if (shares.global > 0 && bucketOf(`${salt}:holdout`, bucketingId) < shares.global) return true;
  return shares.campaign > 0 && bucketOf(`${salt}:holdout:${campaignId}`, bucketingId) < shares.campaign;
}
