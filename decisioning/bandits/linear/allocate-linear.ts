/** The linear model of an allocation, from the named sums that a campaign's trials have left. */

import { FEATURE_SCALE, featureLength } from '../../features/features.ts';
import type { AllocationInput, AllocationStrategy, LinearTerms } from '../allocation.ts';
import type { Policy } from '../policy.ts';
import { packedLength } from './cholesky.ts';
import { armEffects } from './effects.ts';
import { addMoments, emptyMoments, fitDisjoint, fitShared, type Moments } from './fit.ts';
import { withHistory } from './history.ts';
import { type LinearModel, linearNumbers, MAX_LINEAR_NUMBERS, published } from './model.ts';
import { MOMENT_SCALE, momentsLength, momentsName, momentUnits } from './moments.ts';
import { learnsFromFeatures, linearPolicyFor } from './policies.ts';
import { predict } from './predict.ts';

/** λ of a strategy that names none: the prior counts as one trial in each direction. */
export const DEFAULT_RIDGE = 1;

/**
 * Fits the model that decisions of a linear strategy compute with; all leaves together, features and leaves being two ways to tell customers
 * apart. Undefined, and the bandit decides alone, when the strategy is not linear, no features are declared, no trial has any yet, or a matrix
 * cannot be factored.
 *
 * @throws RangeError for a model that publishing would have refused for its size.
 */
export function allocateLinear(
  input: Pick<
    AllocationInput,
    'campaignId' | 'armIds' | 'leaves' | 'strategy' | 'features' | 'parameters' | 'sums' | 'reward'
  > &
    Partial<Pick<AllocationInput, 'priors'>>,
): LinearModel | undefined {
  const { armIds, strategy, features, parameters } = input;
  if (!features || !learnsFromFeatures(strategy)) return undefined;
  const d = featureLength(features.specs);
  const { ridge = DEFAULT_RIDGE, interactions } = strategy as LinearTerms;
  const effects = parameters && armEffects(parameters, armIds, interactions);
  if (linearNumbers(d, armIds.length, effects?.width) > MAX_LINEAR_NUMBERS)
    throw new RangeError(`allocateLinear: campaign ${input.campaignId} has too many arms for ${d} features`);
  const name = momentsName(features.key, input.reward);
  const units = momentUnits(input.reward);
  const own = armIds.map((armId) => momentsOf(input, armId, name, d, units));
  if (!own.some(({ products }) => products[0]! > 0)) return undefined;
  const arms = withHistory(own, armIds, input.priors ?? {}, d);
  const fit = effects ? fitShared(arms, effects, d, ridge) : fitDisjoint(arms, d, ridge);
  if (!fit?.coefficients.every((value) => Number.isFinite(value)) || !Number.isFinite(fit.noise)) return undefined;
  return {
    key: features.key,
    noise: fit.noise,
    average: published(averageOf(own.reduce(addMoments, emptyMoments(d)), d)),
    coefficients: published(fit.coefficients),
    factors: published(fit.factors),
    ...(effects && { effects }),
  };
}

/** Mean of the features over the trials, from the constant's row of Z. */
function averageOf({ products }: Moments, d: number): number[] {
  return Array.from({ length: d }, (_, i) => (FEATURE_SCALE * products[packedLength(i)]!) / products[0]!);
}

/**
 * The policy of a linear strategy for the average customer: what is published as the campaign's own probabilities, for people to look at and for
 * customers whose features were read by another declaration. Undefined without a model.
 */
export function averagePolicy(
  strategy: AllocationStrategy,
  model: LinearModel | undefined,
  arms: number,
): Policy | undefined {
  const policy = model && linearPolicyFor(strategy);
  const prediction = policy && predict(model, arms, model.average);
  return prediction && { name: policy.name, probabilities: (context) => policy.probabilities(context, prediction) };
}

/** One arm's moments over all leaves. Sums of another length are another format's: as if they were not there. */
function momentsOf(
  { sums, leaves }: Pick<AllocationInput, 'sums' | 'leaves'>,
  armId: string,
  name: string,
  d: number,
  units: number,
): Moments {
  return leaves
    .map((leaf) => sums?.get(leaf)?.get(armId))
    .map((byName) => (byName && Object.hasOwn(byName, name) ? byName[name] : undefined))
    .filter((vector) => vector?.length === momentsLength(d))
    .map((vector) => fromSums(vector!, d, units))
    .reduce(addMoments, emptyMoments(d));
}

/** From sums of products of integers, the upper triangle row by row, to moments in units. @param units integers of one reward. */
function fromSums(vector: readonly number[], d: number, units: number): Moments {
  const scale = MOMENT_SCALE * MOMENT_SCALE;
  const { products, rewards } = emptyMoments(d);
  let at = 0;
  for (let row = 0; row < d; row++)
    for (let column = row; column < d; column++) products[packedLength(column) + row] = vector[at++]! / scale;
  for (let i = 0; i < d; i++) rewards[i] = vector[at++]! / (MOMENT_SCALE * units);
  return { products, rewards, squares: vector[at]! / (units * units) };
}
