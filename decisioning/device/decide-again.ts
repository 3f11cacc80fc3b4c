/** A device's report, decided again at the edge: the same `decide()`, over what the bundle says and what the device told. */
import type { PlacementDecision } from '../decide.ts';
import type { Resolve } from '../segments/subject.ts';
import type { DeviceBundle, DeviceCampaign, DevicePlace } from './bundle.ts';
import { decideOnDevice, type Holds, leafIdsOf } from './open-place.ts';
import type { DeviceRefusal } from './reasons.ts';
import { type Knows, type Residual, residual } from './residual.ts';

/** What a device says it decided for one placement. */
export interface ReportedDecision {
  readonly placement: string;
  /** Absent: default content. */
  readonly campaign?: string | undefined;
  readonly arm?: string | undefined;
  /** Leaf by campaign, for those that addressed the visitor: what attributes that stayed on the device came to. */
  readonly leaves: Readonly<Record<string, string>>;
}

export type Judged =
  | { readonly placement: string; readonly decision: PlacementDecision; readonly campaign?: DeviceCampaign }
  | { readonly placement: string; readonly refused: DeviceRefusal };

const noSegment = (id: string): never => {
  throw new Error(`a bundle names the segment ${id}`);
};

/**
 * Judges the decisions of one report, in the order in which the device made them. Where a condition depends on attributes that stayed on the
 * device, its own word is taken for which way it went, if it is a way that the known attributes leave open; all else is computed.
 *
 * @param resolve what the report told: facts of the page and attributes that may leave the device
 */
export function decideAgain(
  bundle: DeviceBundle,
  reported: readonly ReportedDecision[],
  resolve: Resolve,
): readonly Judged[] {
  const knows: Knows = (path) => {
    const own = Object.hasOwn(bundle.reads, path) && bundle.reads[path]!.own;
    return own ? undefined : { value: resolve(path) };
  };
  const asked = reported.flatMap((one) => {
    const place = bundle.places.find(({ placement }) => placement === one.placement);
    return place ? [{ one, place }] : [];
  });
  const impossible = new Set<string>();
  const holds = new Map<DeviceCampaign, Holds>();
  for (const { one, place } of asked) {
    for (const campaign of place.campaigns) {
      const way = wayOf(campaign, ownLeaf(one.leaves, campaign.id), knows);
      if (way) holds.set(campaign, way);
      else impossible.add(one.placement);
    }
  }
  const places: DevicePlace[] = asked.flatMap(({ one, place }) => (impossible.has(one.placement) ? [] : [place]));
  const again = decideOnDevice(places, bundle.issuedAtMs, resolve, (campaign) => holds.get(campaign)!);
  return reported.map((one): Judged => {
    const { placement } = one;
    if (impossible.has(placement)) return { placement, refused: 'impossible_leaf' };
    const decision = again.find((each) => each.placement === placement);
    if (!decision) return { placement, refused: 'not_in_bundle' };
    const { chosen } = decision;
    if (chosen?.campaign.id !== one.campaign || chosen?.armId !== one.arm)
      return { placement, refused: 'another_choice' };
    const place = places.find((each) => each.placement === placement)!;
    const campaign = place.campaigns.find(({ id }) => id === one.campaign);
    return { placement, decision, ...(campaign && { campaign }) };
  });
}

/** Campaign ids come from a request: `constructor` must not find what every object inherits. */
function ownLeaf(leaves: Readonly<Record<string, string>>, campaign: string): string | undefined {
  return Object.hasOwn(leaves, campaign) ? leaves[campaign] : undefined;
}

/** How a campaign's conditions went, by what is known and by what was claimed; undefined for a claim that what is known rules out. */
function wayOf(campaign: DeviceCampaign, claimed: string | undefined, knows: Knows): Holds | undefined {
  const audience = campaign.condition === null || residual(campaign.condition, knows, noSegment);
  const isIn = typeof audience === 'boolean' ? audience : claimed !== undefined;
  const lefts = campaign.contexts.map(({ id, condition }) => ({ id, left: residual(condition, knows, noSegment) }));
  // Nothing of it was claimed, or had to be.
  if (lefts.every(({ left }) => typeof left === 'boolean') || !isIn)
    return { condition: () => isIn, contexts: lefts.map(({ id, left }) => ({ id, holds: () => left === true })) };
  // Without a claim it was chosen before, for another placement, and nobody looked at its leaf; else the claim is missing, and it is in none.
  if (claimed === undefined)
    return { condition: () => true, contexts: lefts.map(({ id, left }) => ({ id, holds: () => left === true })) };
  if (!isOpen(campaign, lefts, claimed)) return undefined;
  return { condition: () => isIn, contexts: lefts.map(({ id }) => ({ id, holds: () => id === claimed })) };
}

/** Whether a leaf can be reached: its own condition is not known to fail, and none before it is known to hold. */
function isOpen(
  campaign: DeviceCampaign,
  lefts: readonly { readonly id: string; readonly left: Residual }[],
  claimed: string,
): boolean {
  if (!leafIdsOf(campaign).includes(claimed) || !Object.hasOwn(campaign.leaves, claimed)) return false;
  for (const { id, left } of lefts) {
    if (id === claimed) return left !== false;
    if (left === true) return false;
  }
  return true;
}
