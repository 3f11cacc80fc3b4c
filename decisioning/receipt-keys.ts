/** The names under which a receipt holds answers. */
import type { SliceCampaign } from './catalog/slice.ts';
import { maskOf } from './steering/availability.ts';
import type { ArmAsk } from './view.ts';

/**
 * The campaign's version is part of it: slices of two revisions may meet in one request. So is which arms are available where some are not: one
 * request may ask for placements on several channels.
 */
export function leafKey(campaign: SliceCampaign, leaf: string, available: ArmAsk['available']): string {
  const known = lastKeys.get(campaign);
  let key = known?.leaf === leaf ? known.key : undefined;
  if (key === undefined) {
    key = `${campaign.id} ${leaf} ${campaign.initialAllocation.armsKey}`;
    lastKeys.set(campaign, { leaf, key });
  }
  return available ? `${key} ${maskOf(available)}` : key;
}

/** Of each campaign the key that was made last: it names several answers of one decision, and mostly the next one's. */
const lastKeys = new WeakMap<SliceCampaign, { readonly leaf: string; readonly key: string }>();

export function campaignKey(campaign: SliceCampaign): string {
  return `${campaign.id} ${campaign.initialAllocation.armsKey}`;
}

export function pressureKey(channelWeights: Readonly<Record<string, number>>, halfLifeMs: number): string {
  return `${halfLifeMs} ${JSON.stringify(channelWeights)}`;
}
