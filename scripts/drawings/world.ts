/** Three banners whose rates are known to us and not to the policy: what it has learned and whom it sends where, at three moments. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import type { AllocationStrategy } from '../../decisioning/bandits/allocation.ts';
import { REST_LEAF } from '../../decisioning/bandits/allocation.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { credibleInterval, type Interval } from '../../decisioning/evaluation/interval.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';

/** Conversions per visitor, worst first. */
export const BANNERS = [
  { id: 'a', name: 'Banner A', rate: 0.04 },
  { id: 'b', name: 'Banner B', rate: 0.05 },
  { id: 'c', name: 'Banner C', rate: 0.08 },
] as const;

/** Visitors after which a picture looks. */
export const MOMENTS = [50, 500, 5_000] as const;

/** Visitors between two allocations: about what a second brings to a busy page. */
const VISITORS_PER_ALLOCATION = 10;

/** A banner at one moment. */
export interface Known {
  readonly name: string;
  readonly rate: number;
  /** 95 % credible interval of its rate. */
  readonly interval: Interval;
  /** Posterior mean. */
  readonly mean: number;
  /** Of the next visitors. */
  readonly share: number;
  /** Of all visitors so far. */
  readonly shareSoFar: number;
}

export interface Moment {
  readonly visitors: number;
  readonly banners: readonly Known[];
  /** Conversions fewer than if everybody had seen the best banner, expected. */
  readonly lost: number;
}

/** One seeded run of a strategy under the runtime's own allocation. */
export function runWorld(strategy: AllocationStrategy, minExploration: number, seed: number): Moment[] {
  const random = seededRandom(seed.toString(16).padStart(32, '5'));
  const armIds = BANNERS.map(({ id }) => id);
  const seen = BANNERS.map(() => ({ trials: 0, conversions: 0 }));
  const best = Math.max(...BANNERS.map(({ rate }) => rate));
  const allocate = () =>
    allocateCampaign({
      campaignId: 'banners',
      armIds,
      armsKey: 'banners',
      leaves: [REST_LEAF],
      strategy,
      minExploration,
      priors: {},
      statistics: new Map([
        [REST_LEAF, new Map(seen.map((counts, i) => [armIds[i]!, { ...emptyStatistics, ...counts }]))],
      ]),
      version: 1,
    }).leaves[REST_LEAF]!;
  let leaf = allocate();
  let lost = 0;
  const moments: Moment[] = [];
  for (let visitors = 1; visitors <= MOMENTS[2]; visitors += 1) {
    const arm = drawIndex(leaf.probabilities, random.next());
    seen[arm]!.trials += 1;
    if (random.next() < BANNERS[arm]!.rate) seen[arm]!.conversions += 1;
    lost += best - BANNERS[arm]!.rate;
    if (visitors % VISITORS_PER_ALLOCATION === 0) leaf = allocate();
    if (!MOMENTS.some((moment) => moment === visitors)) continue;
    const banners = BANNERS.map(({ name, rate }, i) => {
      const posterior = leaf.posteriors[i]!;
      const mean = posterior.alpha / (posterior.alpha + posterior.beta);
      const shareSoFar = seen[i]!.trials / visitors;
      return { name, rate, interval: credibleInterval(posterior), mean, share: leaf.probabilities[i]!, shareSoFar };
    });
    moments.push({ visitors, banners, lost });
  }
  return moments;
}
