/** Two banners, of which the better one wears out after a month: whom a campaign sends where that never forgets, and one that does. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import { REST_LEAF } from '../../decisioning/bandits/allocation.ts';
import { type ArmStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { type EvidenceCell, weighEvidence } from '../../decisioning/learning/weigh-evidence.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';

const DAY_MS = 86_400_000;
const HOURS_PER_DAY = 24;

/** Days that are played, and the one on which the first banner wears out. */
export const DAYS = 90;
export const TURN = 30;
const VISITORS_PER_DAY = 400;

/** Conversions per visitor before and after. */
export const WEARING = [
  { id: 'old', name: 'Old banner', before: 0.08, after: 0.03 },
  { id: 'new', name: 'New banner', before: 0.05, after: 0.05 },
] as const;

export interface Course {
  /** Share of the second banner's visitors, day by day. */
  readonly shares: readonly number[];
  /** Conversions fewer than with the better banner of each day, expected. */
  readonly lost: number;
}

/** One seeded run of Thompson sampling. @param halfLifeMs undefined: nothing is forgotten. */
export function runChange(halfLifeMs: number | undefined, seed: number): Course {
  const random = seededRandom(seed.toString(16).padStart(32, '4'));
  const cells: EvidenceCell[] = [];
  const shares: number[] = [];
  let lost = 0;
  for (let day = 0; day < DAYS; day += 1) {
    const weighed = weighEvidence({ cells, nowMs: day * DAY_MS, ...(halfLifeMs !== undefined && { halfLifeMs }) });
    const { probabilities } = allocateCampaign({
      campaignId: 'wearing',
      armIds: WEARING.map(({ id }) => id),
      armsKey: 'wearing',
      leaves: [REST_LEAF],
      strategy: { policy: 'thompson' },
      minExploration: 0.01,
      priors: {},
      ...weighed,
      version: 1,
    }).leaves[REST_LEAF]!;
    shares.push(probabilities[1]!);
    const rates = WEARING.map(({ before, after }) => (day < TURN ? before : after));
    const today: ArmStatistics[] = WEARING.map(() => emptyStatistics);
    for (let visitor = 0; visitor < VISITORS_PER_DAY; visitor += 1) {
      const arm = drawIndex(probabilities, random.next());
      const { trials, conversions } = today[arm]!;
      const reached = random.next() < rates[arm]! ? 1 : 0;
      today[arm] = { ...today[arm]!, trials: trials + 1, conversions: conversions + reached };
      lost += Math.max(...rates) - rates[arm]!;
    }
    const hour = day * HOURS_PER_DAY;
    for (const [i, { id }] of WEARING.entries()) cells.push({ leaf: REST_LEAF, arm: id, hour, statistics: today[i]! });
  }
  return { shares, lost };
}
