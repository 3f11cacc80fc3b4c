/** Plays finished tests again: the same traffic, shared out by a policy in batches instead of evenly. */
import { allocateCampaign } from '../../../decisioning/bandits/allocate.ts';
import { REST_LEAF } from '../../../decisioning/bandits/allocation.ts';
import { emptyStatistics } from '../../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../../decisioning/catalog/slice.ts';
import { type Random, seededRandom } from '../../../decisioning/random.ts';
import { binomial } from '../../../simulations/worlds/draws.ts';
import type { FinishedTest, Spread } from './archive.ts';
import { shrunkRates } from './archive.ts';

/** What a run over all tests came to, in expected conversions. */
export interface PlayedTests {
  readonly trials: number;
  readonly policy: number;
  /** Every arm equally often, and the best arm always. */
  readonly uniform: number;
  readonly oracle: number;
}

/** What chooses: the parts of a campaign's policy that do not name its arms. */
export type TestPolicy = Pick<CampaignPolicy, 'strategy' | 'minExploration'> & {
  readonly prior: { readonly alpha: number; readonly beta: number };
};

/** One pass over every test, with as many trials as it had. The same seed gives the same run. */
export function playTests(
  tests: readonly FinishedTest[],
  spread: Spread,
  policy: TestPolicy,
  batches: number,
  seed: number,
  onTest: (played: number) => void = () => {},
): PlayedTests {
  const total = { trials: 0, policy: 0, uniform: 0, oracle: 0 };
  for (const [index, test] of tests.entries()) {
    onTest(index);
    const rates = shrunkRates(test, spread);
    const trials = test.reduce((sum, arm) => sum + arm.trials, 0);
    total.trials += trials;
    total.uniform += (trials * rates.reduce((sum, rate) => sum + rate, 0)) / rates.length;
    total.oracle += trials * Math.max(...rates);
    total.policy += playTest(rates, trials, policy, batches, seedOf(seed, index));
  }
  return total;
}

/** Expected conversions of one test. */
function playTest(rates: readonly number[], trials: number, policy: TestPolicy, batches: number, seed: string): number {
  const random = seededRandom(seed);
  const armIds = rates.map((_, i) => `arm-${i}`);
  const counts = rates.map(() => ({ trials: 0, conversions: 0 }));
  const priors = Object.fromEntries(armIds.map((armId) => [armId, policy.prior]));
  let expected = 0;
  for (let batch = 0; batch < batches; batch++) {
    const statistics = new Map(armIds.map((armId, i) => [armId, { ...emptyStatistics, ...counts[i]! }]));
    const { leaves } = allocateCampaign({
      ...policy,
      campaignId: 'test',
      armsKey: 'test',
      armIds,
      leaves: [REST_LEAF],
      priors,
      statistics: new Map([[REST_LEAF, statistics]]),
      version: batch,
    });
    const { probabilities } = leaves[REST_LEAF]!;
    const size = Math.floor((trials * (batch + 1)) / batches) - Math.floor((trials * batch) / batches);
    for (const [arm, shown] of sharesOf(size, probabilities, random).entries()) {
      expected += shown * rates[arm]!;
      counts[arm]!.trials += shown;
      counts[arm]!.conversions += binomial(shown, rates[arm]!, random);
    }
  }
  return expected;
}

/** How often each arm is drawn in `size` independent draws: a multinomial variate, arm by arm. */
function sharesOf(size: number, probabilities: readonly number[], random: Random): number[] {
  let left = size;
  let mass = 1;
  return probabilities.map((probability, i) => {
    const last = i === probabilities.length - 1;
    const shown = last ? left : binomial(left, Math.min(1, probability / mass), random);
    left -= shown;
    mass -= probability;
    return shown;
  });
}

function seedOf(seed: number, test: number): string {
  return seed.toString(16).padStart(24, '0') + test.toString(16).padStart(8, '0');
}
