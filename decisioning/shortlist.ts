/**
 * Deciding among many campaigns without looking at all of them: audience by audience, the highest possible value first, until nothing that is left
 * could win. The choice and its propensities are those of looking at everything.
 */
import { candidateValue, DEFAULT_PRESET } from './arbitration/value.ts';
import type { Allocation } from './bandits/allocation.ts';
import type { Candidate, Notes, WalkFacts } from './candidates.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import type { RulesSlice, SliceCampaign } from './catalog/slice.ts';

/** In smaller slices every campaign is looked at, and each refusal has its own reason: looking is cheaper than keeping order. */
export const SHORTLIST_FROM = 64;

/** Looks at a campaign: a candidate, or undefined for one that is refused. */
export type Look = (campaign: OpenCampaign) => Candidate | undefined;

/** What came of a walk. */
export interface Walked {
  /** In the order of the slice. */
  readonly candidates: readonly Candidate[];
  /** How many campaigns were passed over with their segment, which the customer is not in. */
  readonly strangers: number;
}

/** What a decision looked at of a slice in which it did not look at everything. */
export interface Looked {
  readonly campaigns: readonly string[];
  /** As in {@link Walked}. */
  readonly strangers: number;
}

/** Looks at those campaigns of a slice that can win; undefined where all must be looked at. */
export type Walk = (facts: WalkFacts, look: Look, notes: Notes) => Walked | undefined;

/** A slice's campaigns audience by audience; within each, and among the first of each, by descending bound. */
interface Order {
  /** The segment of each audience; null for campaigns that have none. */
  readonly segments: readonly (string | null)[];
  /** Their places in that list: 0, 1, 2 … */
  readonly audiences: Int32Array;
  /** Where each audience begins in the two lists below, and where the last one ends. */
  readonly starts: Int32Array;
  /** Places in the slice's campaigns. */
  readonly places: Int32Array;
  /** What each could be worth at most. */
  readonly bounds: Float64Array;
  /** The first bound of each audience, side by side: the list above is long, and a decision reads little of it. */
  readonly heads: Float64Array;
  /** What a walk works in, and writes before it reads: arrays of this length made for each decision cost as much as the rest of it. */
  readonly work: { readonly heap: Int32Array; readonly next: Int32Array; readonly heads: Float64Array };
}

/** Under one set of published allocations an order holds for as long as both it and the slice are kept. */
const orders = new WeakMap<object, WeakMap<OpenSlice, Order>>();

/**
 * What a campaign could be worth to anybody: fatigue and prices only take from it. Infinite where that cannot be said beforehand, and where whoever is eligible
 * must be known: lift is measured over all of them.
 */
function boundOf(rules: RulesSlice, campaign: SliceCampaign, allocation: Allocation): number {
  const { initialAllocation, arbitration, holdout, steering, endsAtMs } = campaign;
  if (holdout > 0 || steering || arbitration?.valueFrom !== undefined) return Number.POSITIVE_INFINITY;
  const { preset = DEFAULT_PRESET, channel } = rules;
  // At its end a campaign is as urgent as it will be.
  const nowMs = endsAtMs ?? 0;
  let bound = Number.NEGATIVE_INFINITY;
  // As evidence is read: a leaf that is not published counts as it began.
  for (const { expectedRate: rate, expectedRevenueMinor: revenueMinor } of Object.values({
    ...initialAllocation.leaves,
    ...allocation.leaves,
  })) {
    const candidate = { campaign, expected: { rate, revenueMinor }, channel: channel.id, nowMs };
    const { value } = candidateValue(preset, candidate, { fatigue: 0 });
    if (!(value <= bound)) bound = value;
  }
  return Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound;
}

function orderOf({ rules, campaigns }: OpenSlice, allocationFor: (campaign: SliceCampaign) => Allocation): Order {
  const bounds = campaigns.map((campaign) => boundOf(rules, campaign.rules, allocationFor(campaign.rules)));
  const bySegment = new Map<string | null, number[]>();
  campaigns.forEach(({ rules: { segment } }, place) => {
    const places = bySegment.get(segment);
    if (places) places.push(place);
    else bySegment.set(segment, [place]);
  });
  const descending = (one: number, other: number): number => (bounds[one]! < bounds[other]! ? 1 : -1);
  for (const places of bySegment.values()) places.sort(descending);
  const ranked = [...bySegment].sort(([, one], [, other]) => descending(one[0]!, other[0]!));
  const places = Int32Array.from(ranked.flatMap(([, own]) => own));
  const starts = new Int32Array(ranked.length + 1);
  ranked.forEach(([, own], i) => {
    starts[i + 1] = starts[i]! + own.length;
  });
  const segments = ranked.map(([segment]) => segment);
  const heads = Float64Array.from(ranked, ([, own]) => bounds[own[0]!]!);
  return {
    segments,
    audiences: Int32Array.from(ranked.keys()),
    starts,
    places,
    bounds: Float64Array.from(places, (place) => bounds[place]!),
    heads,
    work: { heap: new Int32Array(ranked.length), next: new Int32Array(starts.length), heads: heads.slice() },
  };
}

/**
 * The walk over what is published now. All campaigns are looked at where each candidate is to be shown, where everybody is measured or may be picked, and under the kill
 * switch: then each reason counts.
 *
 * @param published what stays the same object for as long as no allocation changes
 */
export function shortlist(published: object, allocationFor: (campaign: SliceCampaign) => Allocation): Walk {
  let known = orders.get(published);
  if (!known) {
    known = new WeakMap();
    orders.set(published, known);
  }
  const kept = known;
  return ({ slice, isMember, killSwitch }, look, notes) => {
    const { exploration, globalHoldout } = slice.rules;
    if (slice.campaigns.length < SHORTLIST_FROM || notes.candidates || killSwitch) return undefined;
    if (exploration > 0 || globalHoldout > 0) return undefined;
    let order = kept.get(slice);
    if (!order) {
      order = orderOf(slice, allocationFor);
      kept.set(slice, order);
    }
    return walkThrough(slice, order, isMember, look, notes);
  };
}

function walkThrough(
  { campaigns }: OpenSlice,
  order: Order,
  isMember: WalkFacts['isMember'],
  look: Look,
  notes: Notes,
): Walked {
  const { segments, starts, places, bounds } = order;
  const found: { readonly place: number; readonly candidate: Candidate }[] = [];
  // The audience whose next campaign could be worth most is always on top: the order begins as a heap.
  const { heap, next, heads } = order.work;
  heap.set(order.audiences);
  next.set(starts);
  heads.set(order.heads);
  let size = heap.length;
  let best = Number.NEGATIVE_INFINITY;
  let left = campaigns.length;
  let strangers = 0;
  while (size > 0) {
    const audience = heap[0]!;
    const at = next[audience]!;
    if (heads[audience]! < best) break;
    const segment = segments[audience]!;
    const end = starts[audience + 1]!;
    if (at === starts[audience] && segment !== null && !isMember(segment)) {
      strangers += end - at;
      next[audience] = end;
    } else {
      left -= 1;
      next[audience] = at + 1;
      const place = places[at]!;
      const candidate = look(campaigns[place]!);
      if (candidate) {
        found.push({ place, candidate });
        if (candidate.value > best) best = candidate.value;
      }
    }
    if (next[audience] === end) heap[0] = heap[--size]!;
    else heads[audience] = bounds[next[audience]!]!;
    sink(heap, size, heads);
  }
  tell(notes, { strangers, outbid: left - strangers });
  const inOrder = found.sort((one, other) => one.place - other.place);
  return { candidates: inOrder.map(({ candidate }) => candidate), strangers };
}

/** Lets what stands on top of a heap of audiences find its place, by the bound of the next campaign of each. */
function sink(heap: Int32Array, size: number, heads: Float64Array): void {
  const audience = heap[0]!;
  const own = heads[audience]!;
  let place = 0;
  for (let child = 1; child < size; child = 2 * place + 1) {
    const other = child + 1;
    if (other < size && heads[heap[other]!]! > heads[heap[child]!]!) child = other;
    if (!(heads[heap[child]!]! > own)) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = audience;
}

/** Counts the campaigns that were not looked at: those whose segment the customer is not in, and those that could not have won. */
function tell(notes: Notes, { strangers, outbid }: { readonly strangers: number; readonly outbid: number }): void {
  const { refusals } = notes;
  if (strangers > 0) refusals.not_in_audience = (refusals.not_in_audience ?? 0) + strangers;
  if (outbid > 0) refusals.outranked = (refusals.outranked ?? 0) + outbid;
}

/** The same walk again, as a receipt remembers it: every campaign that was looked at, and no other. */
export function walkAgain({ slice }: WalkFacts, { campaigns, strangers }: Looked, look: Look, notes: Notes): Walked {
  const ids = new Set(campaigns);
  const candidates = slice.campaigns
    .filter(({ rules }) => ids.has(rules.id))
    .map(look)
    .filter((candidate) => candidate !== undefined);
  tell(notes, { strangers, outbid: slice.campaigns.length - ids.size - strangers });
  return { candidates, strangers };
}
