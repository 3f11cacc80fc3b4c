/** Three dials with five positions each: 125 combinations, which a campaign learns one by one, or through their 15 parts. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import { REST_LEAF } from '../../decisioning/bandits/allocation.ts';
import type { ParameterDesign } from '../../decisioning/bandits/effects/design.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';

/** What each position adds to the rate: the best three make 10 %, the worst 2 %. */
const ADDED = [
  [0.005, 0.01, 0.015, 0.02, 0.035],
  [0.005, 0.01, 0.015, 0.02, 0.035],
  [0.01, 0.012, 0.016, 0.02, 0.03],
] as const;

export const VISITORS = 10_000;
/** Points of a course. */
export const POINTS = 50;
const VISITORS_PER_ALLOCATION = VISITORS / POINTS;

const indices = ADDED[0].flatMap((_, i) => ADDED[1].flatMap((_, j) => ADDED[2].map((_, k) => [i, j, k] as const)));
const ids = indices.map((values) => values.join('_'));
const rates = indices.map((values) => values.reduce((sum, value, dial) => sum + ADDED[dial]![value]!, 0));
const DESIGN: ParameterDesign = {
  parameters: ADDED.map((values, dial) => ({ id: `dial-${dial}`, values: values.map((_, i) => `${i}`) })),
  arms: Object.fromEntries(ids.map((id, arm) => [id, indices[arm]!])),
};
export const BEST_RATE = Math.max(...rates);

/** Conversions lost after each fiftieth of the visitors, expected; one seeded run of Thompson sampling. */
export function runDials(by: 'arms' | 'effects', seed: number): number[] {
  const random = seededRandom(seed.toString(16).padStart(32, '3'));
  const counts = ids.map(() => ({ trials: 0, conversions: 0 }));
  const course: number[] = [];
  let lost = 0;
  for (let point = 0; point < POINTS; point += 1) {
    const { probabilities } = allocateCampaign({
      campaignId: 'dials',
      armIds: ids,
      armsKey: 'dials',
      leaves: [REST_LEAF],
      strategy: { policy: 'thompson' },
      minExploration: 0.01,
      priors: {},
      statistics: new Map([[REST_LEAF, new Map(counts.map((own, i) => [ids[i]!, { ...emptyStatistics, ...own }]))]]),
      parameters: DESIGN,
      ...(by === 'effects' && { learning: { by } }),
      version: 1,
    }).leaves[REST_LEAF]!;
    for (let visitor = 0; visitor < VISITORS_PER_ALLOCATION; visitor += 1) {
      const arm = drawIndex(probabilities, random.next());
      counts[arm]!.trials += 1;
      if (random.next() < rates[arm]!) counts[arm]!.conversions += 1;
      lost += BEST_RATE - rates[arm]!;
    }
    course.push(lost);
  }
  return course;
}
