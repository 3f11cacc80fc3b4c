/** Bringing a root's allocation to the publisher. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { OfferReply, PolicyAsOf } from '../publisher/protocol.ts';
import type { CampaignRoot } from './root.ts';

/** What a root needs of its publisher; `knownSeq` is the sequence number that the root goes by, undefined before the first. */
export interface PublisherPort {
  policy(campaignId: string, knownSeq: number | undefined): Promise<PolicyAsOf>;
  offer(campaignId: string, allocation: Allocation, knownSeq: number | undefined): Promise<OfferReply>;
}

/** Offers in a row: one that is right, one after a publish, one after a restored backup; who needs more comes back later. */
export const MAX_OFFERS = 4;

/**
 * Computes and offers until the publisher takes it, correcting policy and version by what it answers.
 *
 * @param now the object's time in ms
 * @throws what the publisher's calls throw, or an Error when the policy changes faster than it can be followed. The evidence stays
 *   wanted then: calling again later loses nothing
 */
export async function publishAllocation(
  root: CampaignRoot,
  publisher: PublisherPort,
  now: () => number,
): Promise<void> {
  const address = root.address();
  if (!address) return;
  if (root.isHeld()) return publishHeld(root, publisher, address.campaignId);
  for (let offers = 0; offers < MAX_OFFERS; offers += 1) {
    const askedSeq = root.wantedSeq();
    const policy = root.policy() ?? (await askPolicy(root, publisher, address.campaignId));
    if (!policy) return root.rest(askedSeq);
    // Read before the evidence is: what is merged while the offer is on its way stays wanted.
    const wantedSeq = root.wantedSeq();
    const allocation = root.compute(policy, now());
    const reply = await publisher.offer(address.campaignId, allocation, root.policySeq());
    switch (reply.outcome) {
      case 'published':
        return root.settle(wantedSeq, allocation);
      case 'outdated_version':
        root.raiseVersion(reply.version);
        break;
      case 'outdated_policy':
        root.correctPolicy(reply.policy, reply.seq);
        // Not `reply.policy`: a later tell may have overtaken the answer.
        if (!root.policy()) return root.rest(wantedSeq);
    }
  }
  throw new Error('campaign allocation: the published policy changes faster than it can be followed');
}

/** While learning is held only what it goes back to is published; the evidence stays wanted. */
async function publishHeld(root: CampaignRoot, publisher: PublisherPort, campaignId: string): Promise<void> {
  for (let offers = 0; offers < MAX_OFFERS; offers += 1) {
    const allocation = root.heldAllocation();
    if (!allocation) return;
    const reply = await publisher.offer(campaignId, allocation, root.policySeq());
    if (reply.outcome === 'outdated_version') root.raiseVersion(reply.version);
    else return root.settleHeld(reply.outcome === 'published' ? allocation : null);
  }
  throw new Error('campaign allocation: versions change faster than they can be followed');
}

async function askPolicy(
  root: CampaignRoot,
  publisher: PublisherPort,
  campaignId: string,
): Promise<CampaignPolicy | null> {
  const { policy, seq } = await publisher.policy(campaignId, root.policySeq());
  // The publisher may have told this root a newer one while the answer was on its way; an answer without a number says nothing of which is.
  if (seq !== undefined || !root.policy()) root.correctPolicy(policy, seq);
  return root.policy();
}
