/** What may be published, but should not surprise anybody. */
import type { CatalogProblem } from './problems.ts';
import type { CampaignPolicy } from './slice.ts';

/** Said wherever somebody chooses or reads a comparison of strategies that take turns. */
export const ROTATION_WARNING =
  'strategies take turns, so each has times of its own: differences between them may be differences between times';

/** Warnings of a catalog's campaigns, in their order; one for each campaign at most. */
export function warningsOf(policies: readonly CampaignPolicy[]): readonly CatalogProblem[] {
  return policies
    .filter(({ strategies }) => strategies?.mode === 'rotation')
    .map(({ campaignId }) => ({ path: `/campaigns/${campaignId}/strategyMode`, detail: ROTATION_WARNING }));
}
