/** What a single customer's probabilities of arms depend on beside campaign and leaf. */
import { learnsFromFeatures } from '../bandits/linear/policies.ts';
import { usesScores } from '../bandits/policies.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';

/** In the order in which they are told; a closed list. */
export const VARIATIONS = ['features', 'scores', 'availability'] as const;

/** `features`: the policy predicts for each customer; `scores`: theirs count, where there are any; `availability`: not all arms are shown at all times and places. */
export type Variation = (typeof VARIATIONS)[number];

/**
 * Why the published probabilities of a campaign are not those of each of its customers; empty where they are. They are those of its average customer
 * then, or of one to whom every arm could be shown.
 */
export function variesBy({
  strategy,
  strategies,
  features,
  steers,
}: Pick<CampaignPolicy, 'strategy' | 'strategies' | 'features' | 'steers'>): readonly Variation[] {
  const chosenBy = strategies?.list.map((one) => one.strategy) ?? [strategy];
  const holds: Readonly<Record<Variation, boolean>> = {
    features: features !== undefined && chosenBy.some(learnsFromFeatures),
    scores: chosenBy.some(usesScores),
    availability: steers === true,
  };
  return VARIATIONS.filter((variation) => holds[variation]);
}
