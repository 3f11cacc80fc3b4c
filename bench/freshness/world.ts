/** Campaigns whose allocations count: how many reports an allocation knows can be read off any decision by it. */
import type { OptimizeResponse } from '../../contract/decisions.ts';

/** One placement each, all asked for at once: the most that a request may name. */
export const CAMPAIGNS = Array.from({ length: 20 }, (_, i) => `fresh-${i}`);
/** Beyond it P(best) moves by less from one report to the next than it is exact to (1e-4). */
export const MAX_REPORTS = 50;

const ARM = 'told';

/** Documents to publish: two arms each, no floor, every decision a trial of its own. */
export const DOCUMENTS = [
  ...CAMPAIGNS.map((id) => ({ kind: 'placement', id, name: id })),
  ...CAMPAIGNS.map((id) => ({
    ...{ kind: 'campaign', id, name: id, placements: [id], objective: { goal: 'click' } },
    ...{ sticky: { mode: 'none' }, caps: [], strategy: { policy: 'thompson', minExploration: 0 } },
    arms: [ARM, 'other'].map((arm) => ({ id: arm, content: { text: arm } })),
  })),
];

/**
 * How many exposures without a click of the first arm this decision knows of. The arms' beliefs are then Beta(1, 1 + n) and Beta(1, 1), so that
 * the first is the best with probability 1 / (n + 2).
 */
export function reportsKnown({ arm, propensity }: OptimizeResponse['decisions'][number]): number {
  const chosen = propensity?.arm ?? Number.NaN;
  return Math.round(1 / (arm === ARM ? chosen : 1 - chosen) - 2);
}

/** Token by campaign of what was decided for the first arm. */
export const tokensOf = ({ decisions }: OptimizeResponse): [campaign: string, token: string][] =>
  decisions.flatMap(({ campaign, arm, token }) => (campaign && token && arm === ARM ? [[campaign, token]] : []));
