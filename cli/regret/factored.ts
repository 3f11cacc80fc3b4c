/** A world whose arms are made of parameters, and what learning arm by arm or by effects loses in it. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import type { ParameterDesign } from '../../decisioning/bandits/effects/design.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { normalQuantile } from '../../decisioning/math/normal.ts';
import { drawIndex, type Random, seededRandom } from '../../decisioning/random.ts';
import { CURVE_POINTS } from './bandit.ts';
import { jointProbabilities } from './joint-effects.ts';

/** Choices between two allocations. */
export const BATCH_CHOICES = 250;
const PARAMETERS = 3;
const VALUES = 5;
/** Log-odds of a rate of 3 %. */
const BASE = Math.log(0.03 / 0.97);
/** Standard deviation of the values' effects in log-odds: the best of five is about 40 % above their average. */
const EFFECT_SPREAD = 0.3;
const FLOOR = 0.01;
const VALUE_IDS = Array.from({ length: VALUES }, (_, i) => `v${i}`);

/** How the world is: effects alone, or with one pair of values that does better together than its parts. */
export interface FactoredWorld {
  readonly name: string;
  /** Log-odds by which every arm with the first value of the first and of the second parameter exceeds its effects. */
  readonly interaction: number;
}

export const FACTORED_WORLDS: readonly FactoredWorld[] = [
  { name: 'additive', interaction: 0 },
  { name: 'with an interaction', interaction: 0.8 },
];

/** 5 × 5 × 5 arms, in the order of {@link Allocation.armIds}. */
export const FACTORED_DESIGN: ParameterDesign = {
  parameters: Array.from({ length: PARAMETERS }, (_, i) => ({ id: `p${i}`, values: VALUE_IDS })),
  arms: Object.fromEntries(
    Array.from({ length: VALUES ** PARAMETERS }, (_, arm) => {
      const values = [Math.floor(arm / VALUES ** 2), Math.floor(arm / VALUES) % VALUES, arm % VALUES];
      return [values.map((value) => VALUE_IDS[value]).join('_'), values];
    }),
  ),
};
const ARM_IDS = Object.keys(FACTORED_DESIGN.arms);

/** How arms are learned: each by itself, by effects, or by effects with all arms drawn together; `uniform` learns nothing. */
export type Learner = 'arms' | 'effects' | 'effects, drawn jointly' | 'uniform';

export const LEARNERS: readonly Learner[] = ['arms', 'effects', 'effects, drawn jointly', 'uniform'];

/** One run: what was lost against always showing the best arm after each fiftieth of the choices, and what that would have earned. */
export interface FactoredRun {
  readonly curve: readonly number[];
  /** Expected conversions of the best arm. */
  readonly best: number;
}

/**
 * Plays one seeded world, whose effects are drawn with the seed: Thompson sampling under a floor of 1 %, learning every
 * {@link BATCH_CHOICES}. Learners that share a seed play the same world.
 *
 * @param choices at least {@link CURVE_POINTS}.
 */
export function factoredRun(learner: Learner, world: FactoredWorld, choices: number, seed: number): FactoredRun {
  const rates = ratesOf(world, randomOf(seed, 'a'));
  const random = randomOf(seed, 'b');
  const best = Math.max(...rates);
  const counts: ArmStatistics[] = ARM_IDS.map(() => emptyStatistics);
  const curve: number[] = [];
  let probabilities: readonly number[] = [];
  let regret = 0;
  for (let choice = 1; choice <= choices; choice++) {
    if (choice % BATCH_CHOICES === 1) probabilities = probabilitiesOf(learner, counts);
    const arm = drawIndex(probabilities, random.next());
    regret += best - rates[arm]!;
    const converted = random.next() < rates[arm]!;
    counts[arm] = addStatistics(counts[arm]!, { trials: 1, conversions: converted ? 1 : 0 });
    if (choice >= ((curve.length + 1) * choices) / CURVE_POINTS) curve.push(regret);
  }
  return { curve, best: best * choices };
}

function probabilitiesOf(learner: Learner, counts: readonly ArmStatistics[]): readonly number[] {
  if (learner === 'uniform') return counts.map(() => 1 / counts.length);
  if (learner === 'effects, drawn jointly') return jointProbabilities(FACTORED_DESIGN, ARM_IDS, counts, FLOOR);
  const allocation = allocateCampaign({
    campaignId: 'factored',
    armIds: ARM_IDS,
    armsKey: 'factored',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: FLOOR,
    priors: {},
    statistics: new Map([['rest', new Map(ARM_IDS.map((id, arm) => [id, counts[arm]!]))]]),
    parameters: FACTORED_DESIGN,
    learning: learner === 'effects' ? { by: 'effects' } : {},
    version: 1,
  });
  return allocation.leaves.rest!.probabilities;
}

function ratesOf({ interaction }: FactoredWorld, random: Random): number[] {
  const effects = Array.from({ length: PARAMETERS * VALUES }, () => EFFECT_SPREAD * normalQuantile(1 - random.next()));
  return ARM_IDS.map((id) => {
    const values = FACTORED_DESIGN.arms[id]!;
    const additive = values.reduce((sum, value, parameter) => sum + effects[parameter * VALUES + value]!, BASE);
    return 1 / (1 + Math.exp(-additive - (values[0] === 0 && values[1] === 0 ? interaction : 0)));
  });
}

/** Worlds and choices have generators of their own, so that every learner meets the same world. */
function randomOf(seed: number, use: 'a' | 'b'): Random {
  return seededRandom(seed.toString(16).padStart(32, use));
}
