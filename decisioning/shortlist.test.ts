import { describe, expect, test } from 'vitest';
import type { Allocation } from './bandits/allocation.ts';
import { type DecideInput, decide } from './decide.ts';
import { seededRandom } from './random.ts';
import { decideWithReceipt, replay } from './receipt.ts';
import { SHORTLIST_FROM } from './shortlist.ts';
import {
  armOf,
  configurationOf,
  DAY_MS,
  learnerOf,
  settingsOf,
  slicesOf,
  type TestSlices,
} from './testing/configuration.ts';
import { touchAt } from './testing/customer.ts';
import { inputOf, NOON_MS } from './testing/decide-once.ts';
import { poolOf } from './testing/paid.ts';
import { evidenceFrom } from './view.ts';

const CAMPAIGNS = 120;
const FACTS = { requestId: 'r', revision: 1, rules: { hero: 'h', side: 's' } };
const PRESETS = ['weighted', 'pcvl', 'seed'] as const;

type Options = Partial<Parameters<typeof learnerOf>[1]>;

/** Campaigns in eight segments and for everyone, some capped, paid, scheduled, measured or worth what the customer's model says. */
function world(seed: number, settings: object = {}, extra: (i: number) => Options = () => ({})) {
  const random = seededRandom(seed.toString(16).padStart(32, '7'));
  const pick = (below: number): number => Math.floor(random.next() * below);
  const segments = Array.from({ length: 8 }, (_, i) => ({
    id: `s${i}`,
    name: `s${i}`,
    condition: { plan: `p${i % 3}` },
  }));
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, i) => {
    const isPaid = pick(4) === 0;
    return learnerOf(`c${i}`, {
      objective: { goal: 'click', conversionWeight: 1 + pick(5), revenueWeight: pick(2), priority: pick(3) / 100 },
      placements: ['hero', 'side'],
      audience: pick(5) === 0 ? {} : { segment: `s${pick(8)}` },
      caps: pick(2) === 0 ? [{ max: 1, windowMs: DAY_MS }] : [],
      contexts: [{ id: 'rich', condition: { worth: { $gte: 5 } } }],
      schedule: { timeZone: 'UTC', weekly: [], ...(pick(3) === 0 && { end: '2026-04-01T00:00' }) },
      arms: [armOf('a', { costMinor: isPaid ? 1 : 0 }), armOf('b', { costMinor: isPaid ? 2 : 0 })],
      ...(isPaid && { pool: `pool-${pick(3)}` }),
      ...(pick(10) === 0 && { exclusionGroups: ['one'] }),
      ...extra(i),
    });
  });
  const slices = slicesOf(
    configurationOf(campaigns, {
      segments,
      pools: [0, 1, 2].map((i) => poolOf(`pool-${i}`)),
      attributes: ['plan', 'worth'].map((id) => ({ id, type: id === 'plan' ? 'string' : 'number', source: 'any' })),
      settings: settingsOf(settings),
    }),
  );
  const allocations = new Map<string, Allocation>();
  for (const { id, initialAllocation } of slices.slices.hero!.campaigns) {
    // Some have nothing published yet, some only one leaf of it.
    if (pick(6) === 0) continue;
    const leaves = Object.entries(initialAllocation.leaves)
      .filter(() => pick(8) > 0)
      .map(([leaf, known]) => [
        leaf,
        { ...known, expectedRate: random.next() / 5, expectedRevenueMinor: 100 * random.next() },
      ]);
    allocations.set(id, { ...initialAllocation, version: 1, leaves: Object.fromEntries(leaves) });
  }
  const touches = Array.from({ length: 30 }, () =>
    touchAt(NOON_MS - pick(2 * DAY_MS), { campaignId: `c${pick(CAMPAIGNS)}` }),
  );
  return { slices, allocations, touches, random };
}

function inputs({ slices, allocations, touches, random }: ReturnType<typeof world>, worth = 7) {
  const customer = { traits: { plan: `p${Math.floor(random.next() * 4)}`, worth }, touches };
  const purse = [0, 1].map((i) => ({
    ledger: `pool:pool-${i}`,
    leaseId: `l${i}`,
    units: 5,
    useBeforeMs: Number.MAX_SAFE_INTEGER,
    price: i / 50,
  }));
  const once = { customer, purse, placements: ['hero', 'side'], seed: 1 + Math.floor(random.next() * 1e6) };
  const with_ = (evidence: DecideInput['evidence']): DecideInput => ({
    ...inputOf(slices, { ...once, evidence }),
    trace: false,
  });
  const of = (id: string): Allocation | undefined => allocations.get(id);
  return { short: with_(evidenceFrom(of, allocations)), whole: with_(evidenceFrom(of)) };
}

const total = (refusals: object): number =>
  Object.values(refusals).reduce((sum: number, count: number) => sum + count, 0);
const lookedAt = (input: DecideInput, slices: TestSlices) => {
  const { receipt, decisions } = decideWithReceipt(input, FACTS);
  return { receipt, decisions, again: replay(JSON.parse(JSON.stringify(receipt)), slices.slices) };
};

describe('a shortlist', () => {
  test.each(PRESETS)('chooses what looking at everything chooses, with the same propensities: %s', (preset) => {
    let fewer = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const made = world(seed, {
        arbitration: { preset, exploration: 0 },
        fatigue: { weight: (seed % 2) / 100, halfLifeMs: DAY_MS },
      });
      const { short, whole } = inputs(made);
      const expected = decide(whole);
      expect(decide(short).map(({ chosen }) => chosen)).toEqual(expected.map(({ chosen }) => chosen));
      const { receipt } = lookedAt(short, made.slices);
      const all = decideWithReceipt(whole, FACTS).receipt;
      expect(Object.keys(receipt.expected).length).toBeLessThanOrEqual(Object.keys(all.expected).length);
      if (Object.keys(receipt.expected).length < Object.keys(all.expected).length / 2) fewer += 1;
    }
    expect(fewer).toBeGreaterThan(6);
  });

  test('accounts for every campaign, and replays from its receipt alone', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const made = world(seed);
      const { decisions, again } = lookedAt(inputs(made).short, made.slices);
      for (const { refusals, chosen } of decisions) expect(total(refusals) + (chosen ? 1 : 0)).toBe(CAMPAIGNS);
      const strip = ({ chosen, refusals }: (typeof decisions)[number]) =>
        JSON.parse(JSON.stringify({ chosen, refusals }));
      expect(again.map(strip)).toEqual(decisions.map(strip));
    }
  });

  test('splits evenly among equals, however many', () => {
    const made = world(3, {}, () => ({
      audience: {},
      caps: [],
      objective: { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    }));
    made.allocations.clear();
    const { short, whole } = inputs(made);
    const [chosen, expected] = [decide(short)[0]!.chosen!, decide(whole)[0]!.chosen!];
    expect(chosen.propensityCampaign).toBe(expected.propensityCampaign);
    expect(chosen.propensityCampaign).toBeLessThan(1 / 60);
  });

  test('looks at everyone who is measured, wherever they stand in the order', () => {
    const made = world(5, {}, (i) => ({ holdout: i % 5 === 0 ? 0.1 : 0 }));
    const { short, whole } = inputs(made);
    const ids = (input: DecideInput) => decide(input)[0]!.measured.map(({ campaign }) => campaign.id);
    expect(ids(whole).length).toBeGreaterThan(3);
    expect(ids(short).toSorted()).toEqual(ids(whole).toSorted());
  });

  test('looks at campaigns whose worth is the customer’s own', () => {
    const arbitration = { affinity: {}, contextWeight: 1, value: 1, lever: 1, budget: 0, valueFrom: 'worth' };
    const made = world(6, {}, (i) => (i === 77 ? { audience: {}, caps: [], arbitration } : {}));
    const { short } = inputs(made, 1_000);
    expect(decide(short)[0]!.chosen!.campaign.id).toBe('c77');
  });

  test.each([
    [
      'under the kill switch',
      (input: DecideInput) => ({ ...input, switches: { killSwitch: true, pausedCampaigns: [] } }),
      {},
    ],
    ['where each candidate is to be shown', (input: DecideInput) => ({ ...input, trace: true }), {}],
    ['where all may be picked', (input: DecideInput) => input, { arbitration: { exploration: 0.1 } }],
    ['where lift is measured over everybody', (input: DecideInput) => input, { holdout: 0.1 }],
  ])('is not used %s', (_where, change, settings) => {
    const made = world(8, settings);
    const { short, whole } = inputs(made);
    expect(decide(change(short))).toEqual(decide(change(whole)));
    expect(lookedAt(change(short), made.slices).receipt.looked).toBeUndefined();
  });

  test('is made anew when other allocations are published', () => {
    const made = world(9, {}, () => ({ audience: {}, caps: [] }));
    const before = decide(inputs(made).short)[0]!.chosen!.campaign;
    const { initialAllocation } = made.slices.slices.hero!.campaigns.find(({ id }) => id === 'c33')!;
    const leaves = Object.fromEntries(
      Object.entries(initialAllocation.leaves).map(([leaf, known]) => [leaf, { ...known, expectedRate: 50 }]),
    );
    const allocations = new Map(made.allocations).set('c33', { ...initialAllocation, version: 2, leaves });
    expect(before.id).not.toBe('c33');
    expect(decide(inputs({ ...made, allocations }).short)[0]!.chosen!.campaign.id).toBe('c33');
  });

  test(`is not made of fewer than ${SHORTLIST_FROM}: each has its own reason`, () => {
    const campaigns = Array.from({ length: SHORTLIST_FROM - 1 }, (_, i) => learnerOf(`c${i}`));
    const slices = slicesOf(configurationOf(campaigns));
    const input = { ...inputOf(slices, { evidence: evidenceFrom(() => undefined, {}) }), trace: false };
    expect(lookedAt(input, slices).receipt.looked).toBeUndefined();
  });
});
