/** A configuration ready to be played: open slices, and each campaign's policy beside what is true of it. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import type { ConditionDocument, GoalConfiguration } from '../../decisioning/catalog/configuration.ts';
import { type OpenSlice, openSlice } from '../../decisioning/catalog/open.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { compileSegments, type SegmentSet } from '../../decisioning/segments/index.ts';
import type { CampaignTruth } from './spec.ts';
import { type OpenTruth, openTruth } from './truth.ts';

/** What a run of a campaign is measured by: the same for every contender, whatever each makes the most of. */
export interface Yardstick {
  /** The one that the truth's rates are of. */
  readonly goal: GoalConfiguration;
  readonly reward: RewardSpec;
}

export interface PlannedCampaign {
  /** Place among the ids in their order: the same for every contender, since all have the same campaigns. */
  readonly index: number;
  readonly policy: CampaignPolicy;
  /** What it learns from. */
  readonly goal: GoalConfiguration;
  readonly reward: RewardSpec;
  readonly measure: Yardstick;
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
 * @param measures by campaign; its own goal and reward where there is none.
 * @throws RangeError for a condition of the world that does not parse.
 */
export function planOf(
  catalog: Catalog & { readonly segments?: Readonly<Record<string, ConditionDocument>> },
  truth: Readonly<Record<string, CampaignTruth>>,
  measures: ReadonlyMap<string, Yardstick> = new Map(),
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
    const measure = measures.get(campaignId) ?? { goal, reward };
    return [campaignId, { index, policy, goal, reward, measure, windowMsOf, truth: own }];
  });
  return {
    sliceOf: (placement) => slices.get(placement),
    campaigns: new Map(campaigns),
    segments: segments.segments,
  };
}
