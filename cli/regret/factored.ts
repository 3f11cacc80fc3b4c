/** A world whose arms are made of parameters, and what learning arm by arm or by effects loses in it. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import type { ParameterDesign } from '../../decisioning/bandits/effects/design.ts';
import type { ArmCounts } from '../../decisioning/bandits/effects/fit.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
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

/** Standard deviations between contexts, of an effect and of the base. */
const CONTEXT_EFFECT_SPREAD = 0.15;
const CONTEXT_BASE_SPREAD = 0.4;

/** How the world is: effects alone, one pair of values that does better together than its parts, or contexts that differ. */
export interface FactoredWorld {
  readonly name: string;
  /** Log-odds by which every arm with the first value of the first and of the second parameter exceeds its effects. */
  readonly interaction: number;
  /** Share of each context; they sum to 1. */
  readonly contexts: readonly number[];
}

export const FACTORED_WORLDS: readonly FactoredWorld[] = [
  { name: 'additive', interaction: 0, contexts: [1] },
  { name: 'with an interaction', interaction: 0.8, contexts: [1] },
  { name: 'in three contexts', interaction: 0, contexts: [0.15, 0.35, 0.5] },
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

/** One run: what was lost against always showing the context's best arm after each fiftieth of the choices, and what that would have earned. */
export interface FactoredRun {
  readonly curve: readonly number[];
  /** Expected conversions of the best arms. */
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
  const counts = rates.map((all) => all.map(() => ({ trials: 0, conversions: 0 })));
  const bestRates = rates.map((all) => Math.max(...all));
  const curve: number[] = [];
  let probabilities: readonly (readonly number[])[] = [];
  let [regret, best] = [0, 0];
  for (let choice = 1; choice <= choices; choice++) {
    if (choice % BATCH_CHOICES === 1) probabilities = probabilitiesOf(learner, counts);
    const context = rates.length > 1 ? drawIndex(world.contexts, random.next()) : 0;
    const arm = drawIndex(probabilities[context]!, random.next());
    const rate = rates[context]![arm]!;
    best += bestRates[context]!;
    regret += bestRates[context]! - rate;
    counts[context]![arm]!.trials++;
    if (random.next() < rate) counts[context]![arm]!.conversions++;
    if (choice >= ((curve.length + 1) * choices) / CURVE_POINTS) curve.push(regret);
  }
  return { curve, best };
}

/** Per context. */
function probabilitiesOf(learner: Learner, counts: readonly (readonly ArmCounts[])[]): readonly (readonly number[])[] {
  if (learner === 'uniform') return counts.map((arms) => arms.map(() => 1 / arms.length));
  if (learner === 'effects, drawn jointly')
    return counts.map((arms) => jointProbabilities(FACTORED_DESIGN, ARM_IDS, arms, FLOOR));
  const leaves = counts.map((_, i) => (i === counts.length - 1 ? 'rest' : `context-${i}`));
  const allocation = allocateCampaign({
    campaignId: 'factored',
    armIds: ARM_IDS,
    armsKey: 'factored',
    leaves,
    strategy: { policy: 'thompson' },
    minExploration: FLOOR,
    priors: {},
    statistics: new Map(
      leaves.map((leaf, i) => [
        leaf,
        new Map(ARM_IDS.map((id, arm) => [id, addStatistics(emptyStatistics, counts[i]![arm]!)])),
      ]),
    ),
    parameters: FACTORED_DESIGN,
    learning: learner === 'effects' ? { by: 'effects' } : {},
    version: 1,
  });
  return leaves.map((leaf) => allocation.leaves[leaf]!.probabilities);
}

/** Per context and arm. */
function ratesOf({ interaction, contexts }: FactoredWorld, random: Random): number[][] {
  const normal = () => normalQuantile(1 - random.next());
  const shared = Array.from({ length: PARAMETERS * VALUES }, () => EFFECT_SPREAD * normal());
  return contexts.map(() => {
    const differ = contexts.length > 1;
    const effects = differ ? shared.map((effect) => effect + CONTEXT_EFFECT_SPREAD * normal()) : shared;
    const base = differ ? BASE + CONTEXT_BASE_SPREAD * normal() : BASE;
    return ARM_IDS.map((id) => {
      const values = FACTORED_DESIGN.arms[id]!;
      const additive = values.reduce((sum, value, parameter) => sum + effects[parameter * VALUES + value]!, base);
      return 1 / (1 + Math.exp(-additive - (values[0] === 0 && values[1] === 0 ? interaction : 0)));
    });
  });
}

/** Worlds and choices have generators of their own, so that every learner meets the same world. */
function randomOf(seed: number, use: 'a' | 'b'): Random {
  return seededRandom(seed.toString(16).padStart(32, use));
}
