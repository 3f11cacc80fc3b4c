/** Under which key a customer's evidence of a leaf is kept. */
import type { SliceCampaign } from '../catalog/slice.ts';
import { strategyFor } from './compared.ts';
import { stratumOf } from './strata.ts';

/**
 * The leaf itself for a campaign with one strategy, else the stratum of the strategy that decides for this customer now.
 *
 * @param turn the strategy whose turn it is, in mode `rotation`.
 */
export function leafKeyFor(
  { id, strategies }: Pick<SliceCampaign, 'id' | 'strategies'>,
  leaf: string,
  customer: { readonly salt: string; readonly bucketingId: string },
  turn: string | undefined,
): string {
  if (!strategies) return leaf;
  const own =
    strategies.mode === 'rotation'
      ? (turn ?? strategies.list[0]!.id)
      : strategyFor(strategies, customer.salt, id, customer.bucketingId);
  return stratumOf(own, leaf);
}
