import type { Allocation, LeafAllocation } from '../bandits/allocation.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';
import { splitStratum } from './strata.ts';

/** What reports read of an allocation. */
export interface ShownAllocation extends Pick<Allocation, 'campaignId' | 'version' | 'armIds'> {
  readonly leaves: Readonly<Record<string, Pick<LeafAllocation, 'probabilities' | 'pBest'>>>;
}

/**
 * An allocation under plain leaves: what a customer of the leaf gets before it is known which strategy decides for them. Strategies count by
 * their shares, in mode `rotation` only the one whose turn it is; an allocation of a campaign with one strategy is returned as it is.
 */
export function plainAllocation(
  allocation: Allocation,
  { strategies }: Pick<CampaignPolicy, 'strategies'>,
): ShownAllocation {
  const strata = Object.entries(allocation.leaves).map(([key, leaf]) => ({ ...splitStratum(key), found: leaf }));
  if (strata.every(({ strategyId }) => strategyId === undefined)) return allocation;
  const shareOf = (id: string | undefined): number =>
    allocation.turn === undefined
      ? (strategies?.list.find((each) => each.id === id)?.share ?? 0)
      : Number(allocation.turn === id);
  const leaves = new Map<string, { share: number; readonly found: LeafAllocation }[]>();
  for (const { leaf, strategyId, found } of strata)
    leaves.set(leaf, [...(leaves.get(leaf) ?? []), { share: shareOf(strategyId), found }]);
  const { campaignId, version, armIds } = allocation;
  return {
    campaignId,
    version,
    armIds,
    leaves: Object.fromEntries([...leaves].map(([leaf, parts]) => [leaf, mixed(parts)])),
  };
}

function mixed(
  parts: readonly { readonly share: number; readonly found: LeafAllocation }[],
): ShownAllocation['leaves'][string] {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  // Strategies that were published since may all be others: then each counts alike.
  const weights = parts.map(({ share }) => (total > 0 ? share / total : 1 / parts.length));
  const mean = (of: (leaf: LeafAllocation) => readonly number[]): number[] =>
    of(parts[0]!.found).map((_, arm) => parts.reduce((sum, { found }, i) => sum + weights[i]! * of(found)[arm]!, 0));
  return { probabilities: mean((leaf) => leaf.probabilities), pBest: mean((leaf) => leaf.pBest) };
}
