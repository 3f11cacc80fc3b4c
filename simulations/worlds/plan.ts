/** A configuration ready to be played: open slices, and each campaign's policy beside what is true of it. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import type { ConditionDocument, GoalConfiguration } from '../../decisioning/catalog/configuration.ts';
import { type OpenSlice, openSlice } from '../../decisioning/catalog/open.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { compileSegments, type SegmentSet } from '../../decisioning/segments/index.ts';
import type { CampaignTruth } from './spec.ts';
import { type OpenTruth, openTruth } from './truth.ts';

export interface PlannedCampaign {
  /** Place among the ids in their order: the same for every contender, since all have the same campaigns. */
  readonly index: number;
  readonly policy: CampaignPolicy;
  readonly goal: GoalConfiguration;
  readonly reward: RewardSpec;
  /** Window of each goal in milliseconds; what comes later is not credited. */
  readonly windowMsOf: (goal: string) => number;
  /** Undefined for a campaign that the world says nothing of: nothing ever comes of it. */
  readonly truth: OpenTruth | undefined;
}

export interface Plan {
  readonly sliceOf: (placement: string) => OpenSlice | undefined;
  /** By id, in the order of ids. */
  readonly campaigns: ReadonlyMap<string, PlannedCampaign>;
  /** Every segment, also those that no campaign uses: truth may. */
  readonly segments: SegmentSet;
}

const BINARY: RewardSpec = { kind: 'binary' };

/**
 * @param catalog with every segment of its configuration, where truth names any.
 * @throws RangeError for a condition of the world that does not parse.
 */
export function planOf(
  catalog: Catalog & { readonly segments?: Readonly<Record<string, ConditionDocument>> },
  truth: Readonly<Record<string, CampaignTruth>>,
): Plan {
  const segments = compileSegments(catalog.segments ?? {});
  if (!segments.ok) throw new RangeError('a world has segments that do not compile');
  const slices = new Map(Object.entries(catalog.placements).map(([id, { rules }]) => [id, openSlice(rules)] as const));
  const { goals, campaigns: known } = catalog.directory;
  const campaigns = catalog.policies.map((policy, index): [string, PlannedCampaign] => {
    const { campaignId, armIds, reward = BINARY } = policy;
    const goal = goals[known[campaignId]!.goal]!;
    const own = Object.hasOwn(truth, campaignId) ? openTruth(truth[campaignId]!, armIds) : undefined;
    const windowMsOf = (id: string): number => (Object.hasOwn(goals, id) ? goals[id]!.windowMs : 0);
    return [campaignId, { index, policy, goal, reward, windowMsOf, truth: own }];
  });
  return {
    sliceOf: (placement) => slices.get(placement),
    campaigns: new Map(campaigns),
    segments: segments.segments,
  };
}
