/** What a leaf would publish if the campaign had only the arms that are available here and now. */
import { type LeafAllocation, ONLY_STRATEGY } from '../bandits/allocation.ts';
import { withFloor } from '../bandits/floor.ts';
import { normalBest } from '../bandits/linear/normal-best.ts';
import { probabilityBest } from '../bandits/p-best.ts';
import { policyFor } from '../bandits/policies.ts';
import { posteriorMean } from '../bandits/posterior.ts';
import type { RewardMoments } from '../bandits/rewards/moments-of-beliefs.ts';
import type { Scoring } from '../bandits/scoring.ts';
import type { SliceCampaign } from '../catalog/slice.ts';
import type { Stage } from '../lifecycle/phases.ts';
import { scoringFor } from '../strategies/scoring.ts';
import { splitStratum } from '../strategies/strata.ts';
import { maskOf } from './availability.ts';
import type { Steering } from './steering.ts';

/** Masks remembered for one leaf of one allocation: more channels and times than are ever open together. */
const MAX_MASKS = 64;

/** A leaf cut down to some arms; its vectors are in the order of its own `armIds`. */
export interface NarrowedLeaf {
  readonly armIds: readonly string[];
  readonly found: LeafAllocation;
  /** Brings a vector over these arms to the campaign's, 0 for all others. */
  readonly spread: (probabilities: readonly number[]) => readonly number[];
}

/** By mask and floor; gone with the slice and the allocation that it was computed from. Computing one may take milliseconds. */
const memories = new WeakMap<Steering, WeakMap<LeafAllocation, Map<string, NarrowedLeaf>>>();

/**
 * A leaf over the available arms alone, recomputed from the published posteriors: P(best) among them, the policy on them, the floor over them.
 * Rewards that are not binary are taken as normals of the published means and spreads.
 *
 * @param leaf key of the leaf, with its strategy where the campaign has several.
 * @param available in the order of the campaign's arms, at least one.
 * @throws Error for a campaign that steers nothing: it has no arm that is not available.
 */
export function narrowedLeaf(
  campaign: SliceCampaign,
  leaf: string,
  found: LeafAllocation,
  stage: Stage | undefined,
  available: readonly boolean[],
): NarrowedLeaf {
  const { steering } = campaign;
  const own = steering?.policies[splitStratum(leaf).strategyId ?? ONLY_STRATEGY];
  const scoring = own && scoringFor({ scoring: own }, leaf, stage);
  if (!steering || !scoring) throw new Error(`campaign ${campaign.id} has no policy for some of its arms`);
  const memory = memoryOf(steering, found);
  const key = `${maskOf(available)} ${scoring.minExploration}`;
  const known = memory.get(key);
  if (known) return known;
  if (memory.size >= MAX_MASKS) memory.clear();
  const narrowed = narrow(scoring, campaign.armIds, leaf, found, available);
  memory.set(key, narrowed);
  return narrowed;
}

function memoryOf(steering: Steering, found: LeafAllocation): Map<string, NarrowedLeaf> {
  const byLeaf = memories.get(steering) ?? new WeakMap<LeafAllocation, Map<string, NarrowedLeaf>>();
  memories.set(steering, byLeaf);
  const memory = byLeaf.get(found) ?? new Map<string, NarrowedLeaf>();
  byLeaf.set(found, memory);
  return memory;
}

function narrow(
  { strategy, minExploration }: Scoring,
  allIds: readonly string[],
  leaf: string,
  found: LeafAllocation,
  available: readonly boolean[],
): NarrowedLeaf {
  const some = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => available[i]);
  const armIds = some(allIds);
  const posteriors = some(found.posteriors);
  const rates = posteriors.map(posteriorMean);
  const evidence = rewardsOf(found.rewards, some) ?? { means: rates, pBest: [...probabilityBest(posteriors)] };
  const probabilities = withFloor(
    policyFor(strategy).probabilities({ leaf }, { armIds, posteriors, ...evidence }),
    minExploration,
  );
  return {
    armIds,
    found: {
      ...found,
      probabilities,
      pBest: evidence.pBest,
      posteriors,
      expectedRate: probabilities.reduce((sum, probability, i) => sum + probability * rates[i]!, 0),
    },
    spread: (own) => {
      let place = 0;
      return available.map((is) => (is ? own[place++]! : 0));
    },
  };
}

/** Evidence of rewards that are not binary: P(best) of the normals that are published in place of their beliefs. */
function rewardsOf(rewards: RewardMoments | undefined, some: <T>(list: readonly T[]) => readonly T[]) {
  if (!rewards) return undefined;
  const means = some(rewards.means);
  return { means, pBest: [...normalBest(means, some(rewards.spreads))], deviation: rewards.deviation };
}
