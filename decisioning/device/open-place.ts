/** A place of a bundle, made ready for `decide()`: on the device, and at the edge when it is decided again. */
import { REST_LEAF } from '../bandits/allocation.ts';
import type { OpenCampaign, OpenSlice } from '../catalog/open.ts';
import type { SliceCampaign } from '../catalog/slice.ts';
import { decide, type PlacementDecision } from '../decide.ts';
import { compileCondition } from '../segments/compile.ts';
import type { Resolve } from '../segments/subject.ts';
import type { Evidence } from '../view.ts';
import type { DeviceCampaign, DevicePlace } from './bundle.ts';

/** How a campaign's conditions are answered: both null of a campaign for everyone. */
export type Holds = Pick<OpenCampaign, 'condition' | 'contexts'>;

/** By asking them. */
export function compiledHolds({ condition, contexts }: DeviceCampaign): Holds {
  return {
    condition: condition && compileCondition(condition),
    contexts: contexts.map((context) => ({ id: context.id, holds: compileCondition(context.condition) })),
  };
}

/** What no campaign for devices has: publishing has seen to it. */
const NOTHING = {
  segment: null,
  caps: [],
  sticky: { mode: 'none' },
  holdout: 0,
  contexts: [],
  weekly: [],
  startsAtMs: null,
  endsAtMs: null,
  // The value is the rank alone: `weighted` gives 1 · rate + 0 · revenue + 0.
  conversionWeight: 1,
  revenueWeight: 0,
  priority: 0,
  initialAllocation: {},
} as const;

const member = () => false;

function openSlice({ placement, exploration, campaigns }: DevicePlace, holdsOf: (campaign: DeviceCampaign) => Holds) {
  return {
    rules: {
      placement,
      exploration,
      channel: { cap: null },
      globalCap: null,
      globalHoldout: 0,
      fatigue: { weight: 0 },
    },
    campaigns: campaigns.map((campaign) => ({
      rules: { ...NOTHING, id: campaign.id, armIds: campaign.armIds, leaves: campaign.leaves },
      ...holdsOf(campaign),
    })),
    segments: { membershipBy: () => member },
    // Fields that only campaigns read which publishing keeps from devices are not there.
  } as unknown as OpenSlice;
}

/** What is published of a leaf travels with its campaign. */
const leafOf = (campaign: SliceCampaign, leaf: string) =>
  (campaign as SliceCampaign & Pick<DeviceCampaign, 'leaves'>).leaves[leaf]!;

const EVIDENCE: Evidence = {
  expected: (campaign, leaf) => ({ rate: leafOf(campaign, leaf).rank, revenueMinor: 0, version: 0 }),
  probabilities: (campaign, leaf) => leafOf(campaign, leaf).arms,
};

const zero = () => 0;
const nothing = () => undefined;

/**
 * Decides for places of a bundle, in their order, as one request: no campaign is chosen twice. What is chosen names its leaf, and what was
 * refused its reason: `candidates` of each decision.
 */
export function decideOnDevice(
  places: readonly DevicePlace[],
  nowMs: number,
  resolve: Resolve,
  holdsOf: (campaign: DeviceCampaign) => Holds = compiledHolds,
): PlacementDecision[] {
  return decide({
    requests: places.map(({ placement, seed }) => ({ placement, seed, decisionId: placement })),
    sliceOf: (placement) => {
      const place = places.find((each) => each.placement === placement);
      return place && openSlice(place, holdsOf);
    },
    evidence: EVIDENCE,
    switches: { killSwitch: false, pausedCampaigns: [] },
    customer: {
      bucketingId: '',
      sessionKey: '',
      resolve,
      touches: zero,
      pressure: zero,
      assignment: nothing,
      consents: nothing,
    },
    nowMs,
    trace: true,
  });
}

/** Where a customer landed, by campaign; campaigns that do not address them, or were chosen before, are not in it. */
export function leavesOf({ candidates = [] }: PlacementDecision): Record<string, string> {
  return Object.fromEntries(candidates.flatMap(({ campaignId, leaf }) => (leaf ? [[campaignId, leaf]] : [])));
}

/** Ids of all leaves that a campaign's conditions may lead to. */
export function leafIdsOf({ contexts }: DeviceCampaign): string[] {
  return [...contexts.map(({ id }) => id), REST_LEAF];
}
