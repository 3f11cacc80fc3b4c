/** Two crowds who want opposite things: what a policy shows to each of them, at three moments. */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import type { AllocationStrategy } from '../../decisioning/bandits/allocation.ts';
import { ONLY_STRATEGY, REST_LEAF } from '../../decisioning/bandits/allocation.ts';
import {
  MOMENT_SCALE,
  momentsLength,
  momentsName,
  rewardMoments,
  trialMoments,
} from '../../decisioning/bandits/linear/moments.ts';
import { predictor } from '../../decisioning/bandits/linear/predict.ts';
import { scoredProbabilities } from '../../decisioning/bandits/scoring.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { type FeatureSet, featureLength, featureSet, featureVector } from '../../decisioning/features/features.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';
import { MOMENTS } from './world.ts';

/** Conversions per visitor, for those who come the first time and for regulars. */
export const OFFERS = [
  { id: 'welcome', name: 'Welcome', rates: [0.1, 0.02] },
  { id: 'new-in', name: 'New in', rates: [0.05, 0.05] },
  { id: 'points', name: 'Points', rates: [0.02, 0.1] },
] as const;

/** The two crowds, half of the visitors each; the feature tells them apart. */
export const CROWDS = ['First visit', 'Regulars'] as const;

const FEATURES = featureSet([{ id: 'regular', attribute: 'regular', type: 'boolean' }]) as FeatureSet;
const VECTORS = CROWDS.map((_, crowd) => featureVector(FEATURES, () => crowd === 1));
const VISITORS_PER_ALLOCATION = 10;

/** What one crowd gets of one offer. */
export interface Given {
  /** Of the crowd's next visitors. */
  readonly share: number;
  /** Of its visitors so far. */
  readonly shareSoFar: number;
}

export interface CrowdMoment {
  readonly visitors: number;
  /** By offer, then by crowd. */
  readonly given: readonly (readonly Given[])[];
  /** Conversions fewer than if both crowds had seen their best offer, expected. */
  readonly lost: number;
}

/** What the campaign's root would have been told. */
function newEvidence() {
  const length = momentsLength(featureLength(FEATURES.specs));
  return OFFERS.map(() => ({ trials: 0, conversions: 0, moments: new Array<number>(length).fill(0) }));
}

type Evidence = ReturnType<typeof newEvidence>;

/** P(offer) for each crowd under the runtime's own allocation and prediction. */
function sharesOf(strategy: AllocationStrategy, minExploration: number, evidence: Evidence): (readonly number[])[] {
  const armIds = OFFERS.map(({ id }) => id);
  const counts = evidence.map(
    ({ trials, conversions }, i) => [armIds[i]!, { ...emptyStatistics, trials, conversions }] as const,
  );
  const sums = evidence.map(({ moments }, i) => [armIds[i]!, { [momentsName(FEATURES.key)]: moments }] as const);
  const allocation = allocateCampaign({
    campaignId: 'offers',
    armIds,
    armsKey: 'offers',
    leaves: [REST_LEAF],
    strategy,
    minExploration,
    priors: {},
    statistics: new Map([[REST_LEAF, new Map(counts)]]),
    sums: new Map([[REST_LEAF, new Map(sums)]]),
    features: FEATURES,
    version: 1,
  });
  const model = allocation.linear?.[ONLY_STRATEGY];
  const predictionOf = predictor();
  return VECTORS.map((vector) =>
    scoredProbabilities({ strategy, minExploration }, armIds, REST_LEAF, allocation.leaves[REST_LEAF]!, {
      prediction: predictionOf(model, armIds.length, vector),
    }),
  );
}

/** One seeded run of a strategy. */
export function runCrowds(strategy: AllocationStrategy, minExploration: number, seed: number): CrowdMoment[] {
  const random = seededRandom(seed.toString(16).padStart(32, '6'));
  const evidence = newEvidence();
  const shown = OFFERS.map(() => CROWDS.map(() => 0));
  const moments: CrowdMoment[] = [];
  let shares = sharesOf(strategy, minExploration, evidence);
  let lost = 0;
  for (let visitors = 1; visitors <= MOMENTS[2]; visitors += 1) {
    const crowd = random.next() < 0.5 ? 0 : 1;
    const arm = drawIndex(shares[crowd]!, random.next());
    const rate = OFFERS[arm]!.rates[crowd]!;
    const reward = random.next() < rate ? 1 : 0;
    const seen = evidence[arm]!;
    const { z } = VECTORS[crowd]!;
    const changes = [trialMoments(z), rewardMoments(z, 0, reward * MOMENT_SCALE)];
    for (const change of changes) for (const [i, value] of change.entries()) seen.moments[i] = seen.moments[i]! + value;
    seen.trials += 1;
    seen.conversions += reward;
    shown[arm]![crowd] = shown[arm]![crowd]! + 1;
    lost += Math.max(...OFFERS.map(({ rates }) => rates[crowd]!)) - rate;
    if (visitors % VISITORS_PER_ALLOCATION === 0) shares = sharesOf(strategy, minExploration, evidence);
    if (MOMENTS.some((moment) => moment === visitors)) moments.push({ visitors, given: givenOf(shares, shown), lost });
  }
  return moments;
}

function givenOf(shares: readonly (readonly number[])[], shown: readonly (readonly number[])[]): Given[][] {
  return shown.map((counts, arm) =>
    counts.map((count, crowd) => {
      const all = shown.reduce((sum, each) => sum + each[crowd]!, 0);
      return { share: shares[crowd]![arm]!, shareSoFar: all === 0 ? 0 : count / all };
    }),
  );
}
