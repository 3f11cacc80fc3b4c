/** Which customers a campaign addresses while it is being rolled out. */
import { bucketOf } from '../hash.ts';

/**
 * Whether a customer is among the admitted share: a hash of the bucketing id, independent of holdouts, of strategies and of every other campaign's.
 * Raising the share only adds customers, lowering it only takes some away.
 *
 * @param salt the workspace's salt.
 * @param admitted share, (0, 1], in steps of 1/10,000.
 */
export function isAdmitted(salt: string, campaignId: string, bucketingId: string, admitted: number): boolean {
  return admitted >= 1 || bucketOf(`${salt}:admitted:${campaignId}`, bucketingId) < admitted;
}
