/**
 * The logged propensity is exactly the probability of the choice, also where choices cost: whatever is in the purse of a request, units and
 * prices are known before anything is drawn.
 */
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { type Purse, purseView } from './limits/purse.ts';
import type { Random } from './random.ts';
import { armOf, campaignOf, HOUR_MS, ranked, settingsOf, slicesOf } from './testing/configuration.ts';
import { type TestCustomer, viewOf } from './testing/customer.ts';
import { NOON_MS } from './testing/decide-once.ts';
import { entryOf, paidConfiguration, paidOf } from './testing/paid.ts';
import { nextSeed, pick, testRandom } from './testing/seeds.ts';
import { campaignsIn } from './testing/world.ts';
import { evidenceFrom } from './view.ts';

const SEED = 4;
const REQUESTS = 40_000;
/** 9 choices, two statistics each: with everything right, one seed in 870 goes beyond 4 standard deviations. */
const BOUND = 4;

const splitOf = (a: number, b: number) => ({ policy: 'fixed_split', weights: { a, b }, minExploration: 0.05 }) as const;
const both = ['hero', 'side'];
const slices = slicesOf(
  paidConfiguration(
    [
      paidOf('voucher', { placements: both, objective: ranked(1), strategy: splitOf(3, 1) }),
      paidOf('parcel', {
        placements: both,
        objective: ranked(1),
        stock: 'shirts',
        strategy: splitOf(1, 4),
        sticky: { mode: 'days', days: 1 },
        arms: [armOf('a', { costMinor: 2 }), armOf('b')],
      }),
      paidOf('gift', { placements: ['side'], holdout: 0.4, objective: ranked(1.2), strategy: splitOf(1, 1) }),
      campaignOf('poster', { placements: both, objective: ranked(0.4), strategy: splitOf(2, 3) }),
    ],
    { settings: settingsOf({ arbitration: { exploration: 0.3 } }) },
  ),
);
const campaigns = campaignsIn(slices.slices);
const evidence = evidenceFrom(() => undefined);

function purseOf(random: Random): Purse {
  const price = pick(random, [0, 0, 0.02, 0.1, 0.6]);
  const springs = [pick(random, [0, 2, 4, 5, 7, 9, 50]), pick(random, [0, 1, 3])];
  const shirts = pick(random, [0, 1, 2]);
  return [
    ...springs.flatMap((units, i) => (units > 0 ? [entryOf(`l${i}`, units, { price })] : [])),
    ...(shirts > 0 ? [entryOf('s', shirts, { ledger: 'stock:shirts' })] : []),
  ];
}

interface Tally {
  readonly reasons: Set<string>;
  readonly counts: Map<string, number>;
  /** Σ 1{chosen} − expected, and its squares; Σ 1{chosen} / logged − how often it could have been chosen. */
  readonly sums: Map<string, { plain: number; plain2: number; weighted: number; weighted2: number }>;
  overdrawn: number;
}

function account(tally: Tally, expected: ReadonlyMap<string, number>, chosen: string | null, logged: number): void {
  for (const key of new Set([...expected.keys(), ...(chosen === null ? [] : [chosen])])) {
    const probability = expected.get(key) ?? 0;
    const plain = Number(key === chosen) - probability;
    const weighted = key === chosen ? 1 / logged - 1 : -1;
    const sums = tally.sums.get(key) ?? { plain: 0, plain2: 0, weighted: 0, weighted2: 0 };
    sums.plain += plain;
    sums.plain2 += plain ** 2;
    sums.weighted += weighted;
    sums.weighted2 += weighted ** 2;
    tally.sums.set(key, sums);
  }
  if (chosen !== null) tally.counts.set(chosen, (tally.counts.get(chosen) ?? 0) + 1);
}

function request(random: Random, index: number, tally: Tally): void {
  const customer: TestCustomer = { bucketingId: `customer-${index}` };
  const nowMs = NOON_MS + index * HOUR_MS;
  const purse = purseOf(random);
  const decisions = decide({
    requests: both.map((placement) => ({ placement, decisionId: `${index}-${placement}`, seed: nextSeed(random) })),
    sliceOf: slices.sliceOf,
    evidence,
    switches: { killSwitch: false, pausedCampaigns: [] },
    customer: viewOf(customer, nowMs),
    purse: purseView(purse, nowMs),
    nowMs,
    trace: true,
  });
  for (const { candidates, chosen, measured } of decisions) {
    const expected = new Map<string, number>();
    for (const { campaignId, leaf, probability, reason } of candidates!) {
      if (reason) tally.reasons.add(reason);
      if (probability === undefined) continue;
      const campaign = campaigns.get(campaignId)!;
      const held = measured.some((one) => one.campaign.id === campaignId && one.heldOut);
      const vector = held ? [1] : evidence.probabilities(campaign, leaf!);
      (held ? ['holdout'] : campaign.armIds).forEach((arm, i) => {
        if (vector[i]! > 0) expected.set(`${campaignId} ${arm}`, probability * vector[i]!);
      });
    }
    const key = chosen && `${chosen.campaign.id} ${chosen.armId}`;
    account(tally, expected, key, chosen ? chosen.propensityCampaign * chosen.propensityArm : 1);
  }
  const view = purseView(purse, nowMs);
  for (const ledger of ['pool:spring', 'stock:shirts']) {
    const claims = decisions.flatMap(({ chosen }) => chosen?.claims ?? []);
    const taken = claims.reduce((sum, claim) => sum + (claim.ledger === ledger ? claim.units : 0), 0);
    if (taken > view(ledger).units) tally.overdrawn += 1;
  }
}

describe(`${REQUESTS} requests with purses, seed ${SEED}`, () => {
  const random = testRandom(SEED);
  const tally: Tally = { reasons: new Set(), counts: new Map(), sums: new Map(), overdrawn: 0 };
  for (let index = 0; index < REQUESTS; index++) request(random, index, tally);

  test('are rich enough to prove something, and take no unit that is not in the purse', () => {
    expect([...tally.reasons].sort()).toEqual(['already_chosen', 'no_budget', 'outranked', 'paced']);
    expect(tally.counts.size).toBe(9);
    for (const [key, count] of tally.counts) expect(count, key).toBeGreaterThan(300);
    expect(tally.overdrawn).toBe(0);
  });

  test('each campaign and arm is chosen as often as its probabilities say', () => {
    for (const [key, { plain, plain2 }] of tally.sums)
      expect(Math.abs(plain) / Math.sqrt(plain2), key).toBeLessThan(BOUND);
  });

  test('weighted by the inverse of what was logged, each choice stands for every time it could have been made', () => {
    for (const [key, { weighted, weighted2 }] of tally.sums)
      expect(Math.abs(weighted) / Math.sqrt(weighted2), key).toBeLessThan(BOUND);
  });
});
