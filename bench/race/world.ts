/**
 * One placement whose campaigns are as many as asked, and customers with a past. Every campaign is one hyperedge here, though it has two arms: an
 * audience of its own among 200 segments, a time window, a cap, a context, what has been learned of it, and for every other one a pool that it is paid from.
 */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { openSlice } from '../../decisioning/catalog/open.ts';
import type { SliceCampaign } from '../../decisioning/catalog/slice.ts';
import type { DecideInput } from '../../decisioning/decide.ts';
import type { Touch } from '../../decisioning/limits/touches.ts';
import { seededRandom } from '../../decisioning/random.ts';
import {
  armOf,
  channelOf,
  configurationOf,
  DAY_MS,
  learnerOf,
  slicesOf,
} from '../../decisioning/testing/configuration.ts';
import { type TestCustomer, viewOf } from '../../decisioning/testing/customer.ts';
import { NOON_MS } from '../../decisioning/testing/decide-once.ts';
import { poolOf } from '../../decisioning/testing/paid.ts';
import { evidenceFrom } from '../../decisioning/view.ts';

/** Segments that the campaigns share; each has three clauses, and is asked live. */
export const SEGMENTS = 200;
/** Of them a customer is in every tenth. */
export const PLANS = 10;
const POOLS = 20;
const TOUCHES = 50;
const CUSTOMERS = 64;
const CAP = { max: 3, windowMs: 7 * DAY_MS };
const COUNTRIES = ['DE', 'FR', 'ES'];

/** A customer's id as sites have them. */
export function customerId(at: number): string {
  return `${at.toString(16).padStart(8, '0')}-7c1d-4f02-9a35-${(at * 7_919).toString(16).padStart(12, '0')}`;
}

/** When every campaign runs, in UTC: a hyperedge has a time window. */
export const WINDOW = { start: '2026-01-01T00:00', end: '2100-01-01T00:00' };

/** What a segment asks: also what others' rules are written from. */
export interface SegmentRule {
  readonly plan: string;
  readonly countries: readonly string[];
  readonly visits: number;
}

/** The rule of a segment. */
export function segmentRule(segment: number): SegmentRule {
  return { plan: `plan-${segment % PLANS}`, countries: COUNTRIES, visits: segment % 7 };
}

/** A customer, and a new view of them for every decision: what a view remembers belongs to one. */
export interface RacedCustomer {
  readonly plan: string;
  readonly country: string;
  readonly visits: number;
  readonly input: () => DecideInput;
}

export interface World {
  readonly customers: readonly RacedCustomer[];
  /** The same placement for customers who have reached the caps of the best campaigns that they could be shown. @param best how many, the best first */
  readonly blocked: (best: number) => World;
}

function templates() {
  const segments = Array.from({ length: SEGMENTS }, (_, i) => {
    const { plan, countries, visits } = segmentRule(i);
    // From the general to the particular, as people write them.
    const condition = { country: { $in: [...countries] }, visits: { $gte: visits }, plan };
    return { id: `segment-${i}`, name: `Segment ${i}`, condition };
  });
  const campaign = (id: string, extra: object) =>
    learnerOf(id, {
      arms: [armOf('a'), armOf('b')],
      audience: { segment: 'segment-0' },
      contexts: [{ id: 'weekend', condition: { 'time.day': { $gte: 6 } } }],
      caps: [CAP],
      schedule: { timeZone: 'UTC', weekly: [], start: WINDOW.start, end: WINDOW.end },
      ...extra,
    });
  const paid = { pool: 'pool-0', arms: [armOf('a', { costMinor: 2 }), armOf('b', { costMinor: 3 })] };
  const { slices } = slicesOf(
    configurationOf([campaign('free', {}), campaign('paid', paid)], {
      segments,
      channels: [channelOf('web', { cap: { max: 200, windowMs: 7 * DAY_MS } })],
      attributes: [
        { id: 'plan', type: 'string', source: 'any' },
        { id: 'country', type: 'string', source: 'any' },
        { id: 'visits', type: 'number', source: 'any' },
      ],
      pools: [poolOf('pool-0')],
    }),
  );
  const { hero } = slices;
  const [free, charged] = ['free', 'paid'].map((id) => hero!.campaigns.find((each) => each.id === id)!);
  // A slice carries those segments that its campaigns name: here all will be.
  const conditions = Object.fromEntries(segments.map(({ id, condition }) => [id, condition]));
  return { rules: { ...hero!, segments: conditions }, free: free!, charged: charged! };
}

/** Rates and values are spread as they are among campaigns: most are worth little, some ten times as much. */
function allocationOf({ initialAllocation }: SliceCampaign, id: string, random: () => number): Allocation {
  const rate = 0.02 * Math.exp(random() + random() + random() - 1.5);
  const leaves = Object.fromEntries(
    Object.entries(initialAllocation.leaves).map(([leaf, known]) => [
      leaf,
      { ...known, probabilities: [0.3, 0.7], pBest: [0.3, 0.7], expectedRate: rate * (0.9 + 0.2 * random()) },
    ]),
  );
  return { ...initialAllocation, campaignId: id, version: 1, leaves };
}

/** @param hyperedges campaigns of the placement */
export function worldOf(hyperedges: number): World {
  const { rules, free, charged } = templates();
  const generator = seededRandom('5ca1e'.repeat(8));
  const random = () => generator.next();
  const allocations = new Map<string, Allocation>();
  const worth: Worth[] = [];
  const campaigns = Array.from({ length: hyperedges }, (_, i): SliceCampaign => {
    const id = `campaign-${i}`;
    const base = i % 2 === 0 ? free : charged;
    const allocation = allocationOf(base, id, random);
    allocations.set(id, allocation);
    const conversionWeight = Math.exp(2 * (random() + random() + random()));
    worth.push({ id, segment: i % SEGMENTS, value: conversionWeight * allocation.leaves.rest!.expectedRate });
    const needs = base.needs?.map((need) => ({ ...need, ledger: `pool:pool-${i % POOLS}` }));
    const initialAllocation = { ...base.initialAllocation, campaignId: id };
    const segment = `segment-${i % SEGMENTS}`;
    return { ...base, id, segment, conversionWeight, initialAllocation, ...(needs && { needs }) };
  });
  const slice = openSlice({ ...rules, campaigns });
  const evidence = evidenceFrom((id) => allocations.get(id), allocations);
  const prices = new Map(Array.from({ length: POOLS }, (_, i) => [`pool:pool-${i}`, 0.0001 * (i % 4)]));
  const purse = (ledger: string) => ({ units: 1_000, price: prices.get(ledger) ?? 0 });
  const requestsOf = (index: number): DecideInput['requests'] => [
    { placement: 'hero', decisionId: `decision-${index}`, seed: index.toString(16).padStart(64, 'a') },
  ];
  const inputOf = (requests: DecideInput['requests'], customer: TestCustomer): DecideInput => ({
    requests,
    sliceOf: () => slice,
    evidence,
    switches: { killSwitch: false, pausedCampaigns: [] },
    customer: viewOf(customer, NOON_MS),
    purse,
    nowMs: NOON_MS,
  });
  const withBlocked = (best: number): World => ({
    customers: Array.from({ length: CUSTOMERS }, (_, index): RacedCustomer => {
      const { facts, customer } = customerOf(index, random, worth, best);
      const requests = requestsOf(index);
      return { ...facts, input: () => inputOf(requests, customer) };
    }),
    blocked: withBlocked,
  });
  return withBlocked(0);
}

/** What a campaign is worth to whoever is in its segment. */
interface Worth {
  readonly id: string;
  readonly segment: number;
  readonly value: number;
}

function customerOf(index: number, random: () => number, worth: readonly Worth[], blocked: number) {
  const plan = index % PLANS;
  const facts = { plan: `plan-${plan}`, country: COUNTRIES[index % COUNTRIES.length]!, visits: 6 + (index % 5) };
  const touch = (campaignId: string, agoMs: number, count?: number): Touch => ({
    campaignId,
    channel: 'web',
    countsTowardGlobal: false,
    atMs: NOON_MS - agoMs,
    pendingUntilMs: null,
    ...(count !== undefined && { count }),
  });
  const touches = Array.from({ length: TOUCHES }, () =>
    touch(worth[Math.floor(random() * worth.length)]!.id, Math.floor(random() * 30) * DAY_MS),
  );
  const reachable = worth
    .filter(({ segment }) => segment % PLANS === plan)
    .sort((one, other) => other.value - one.value);
  // Stood in one row a campaign, as old touches are kept; they do not use up the channel's own cap.
  const capped = reachable.slice(0, blocked).map(({ id }) => ({ ...touch(id, DAY_MS, CAP.max), channel: 'elsewhere' }));
  const customer: TestCustomer = {
    bucketingId: customerId(index),
    traits: { plan: facts.plan, country: facts.country, visits: facts.visits },
    touches: [...touches, ...capped],
  };
  return { facts, customer };
}
