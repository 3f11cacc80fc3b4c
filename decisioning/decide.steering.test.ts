/**
 * Parameters that say where and when: customers of several zones ask for a page, a message or both at any hour. What is chosen is as
 * frequent as what is logged, only what was available is chosen, and receipts replay.
 */
import { describe, expect, test } from 'vitest';
import type { Allocation } from './bandits/allocation.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import { type DecideInput, decide, type PlacementDecision } from './decide.ts';
import type { Random } from './random.ts';
import { decideWithReceipt, replay } from './receipt.ts';
import { availabilityOf, maskOf, partOf } from './steering/availability.ts';
import { channelOf, configurationOf, DAY_MS, HOUR_MS, MINUTE_MS, ranked, slicesOf } from './testing/configuration.ts';
import { type TestCustomer, viewOf } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';
import { nextSeed, pick, testRandom } from './testing/seeds.ts';
import { PLACE, STYLE, steeredOf, TIME } from './testing/steered.ts';
import { evidenceFrom } from './view.ts';

const SEED = 305;
const REQUESTS = 30_000;
const exclude = [{ place: ['web'], time: ['later'] }];

const places = {
  placements: [
    { id: 'hero', name: 'Hero', channel: 'web' },
    { id: 'inbox', name: 'Inbox', channel: 'mail' },
  ],
  channels: [channelOf('mail', { claimTtlMs: 20 * HOUR_MS, quietHours: { fromMinute: 1_380, toMinute: 420 } })],
};
const world = slicesOf(
  configurationOf(
    [
      steeredOf('steered', [STYLE, PLACE, TIME], { exclude, objective: ranked(1) }),
      steeredOf('rival', [STYLE, PLACE], {
        strategy: { policy: 'inverse_gap', gamma: 5, minExploration: 0.1 },
        objective: ranked(1),
      }),
    ],
    { ...places, settings: { ...configurationOf([]).settings, arbitration: { exploration: 0.6 } } },
  ),
);
const campaigns = new Map(world.slices.hero!.campaigns.map((campaign) => [campaign.id, campaign]));

/** Says something else of every arm. */
function learned(id: string): Allocation {
  const { initialAllocation } = campaigns.get(id)!;
  const posteriors = initialAllocation.armIds.map((_, i) => ({ alpha: 2 + ((i * 3) % 5), beta: 8 + (i % 3) }));
  return { ...initialAllocation, version: 7, leaves: { rest: { ...initialAllocation.leaves.rest!, posteriors } } };
}
const allocations = new Map([...campaigns.keys()].map((id) => [id, learned(id)]));
const evidence = evidenceFrom((id) => allocations.get(id));

function someInput(random: Random, index: number): DecideInput {
  const nowMs = Date.UTC(2026, 2, 27) + Math.floor(random.next() * 4 * 1_440) * MINUTE_MS;
  const timeZone = pick(random, ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', '']);
  const customer: TestCustomer = { bucketingId: `customer-${index}`, ...(timeZone && { timeZone }) };
  const asked = pick(random, [['hero'], ['inbox'], ['hero', 'inbox'], ['inbox', 'hero']]);
  return {
    requests: asked.map((placement) => ({ placement, decisionId: `${index}-${placement}`, seed: nextSeed(random) })),
    sliceOf: world.sliceOf,
    evidence,
    switches: { killSwitch: false, pausedCampaigns: [] },
    customer: viewOf(customer, nowMs),
    nowMs,
    trace: true,
  };
}

/** What a decision says of every arm that it could have chosen: campaign and arm → probability. */
function loggedOf({ placement, candidates }: PlacementDecision, input: DecideInput): Map<string, number> {
  const logged = new Map<string, number>();
  for (const { campaignId, probability, leaf } of candidates!) {
    if (probability === undefined) continue;
    const campaign = campaigns.get(campaignId)!;
    const { channel } = world.slices[placement]!;
    const available = partOf(availabilityOf(campaign, channel, input.customer.resolve, input.nowMs));
    const vector = evidence.probabilities(campaign, leaf!, available && { available });
    for (const [i, arm] of campaign.armIds.entries())
      if (vector[i]! > 0) logged.set(`${campaignId} ${arm}`, probability * vector[i]!);
  }
  return logged;
}

describe(`${REQUESTS} requests, seed ${SEED}`, () => {
  const random = testRandom(SEED);
  const deviations = new Map<string, { sum: number; variance: number; count: number }>();
  const masks = new Set<string>();
  let waits = 0;
  let refused = 0;
  let misstated = 0;
  for (let index = 0; index < REQUESTS; index++) {
    const input = someInput(random, index);
    for (const decision of decide(input)) {
      const { placement, chosen, refusals } = decision;
      refused += refusals.no_arm_available ?? 0;
      for (const { available } of decision.candidates!) if (available) masks.add(`${placement} ${maskOf(available)}`);
      const logged = loggedOf(decision, input);
      for (const [key, p] of logged) {
        const own = deviations.get(key) ?? { sum: 0, variance: 0, count: 0 };
        const hit = chosen !== null && key === `${chosen.campaign.id} ${chosen.armId}`;
        deviations.set(key, {
          sum: own.sum + Number(hit) - p,
          variance: own.variance + p * (1 - p),
          count: own.count + Number(hit),
        });
      }
      if (!chosen) continue;
      const own = logged.get(`${chosen.campaign.id} ${chosen.armId}`) ?? Number.NaN;
      if (!(Math.abs(chosen.propensityCampaign * chosen.propensityArm - own) < 1e-12)) misstated += 1;
      if (chosen.sendAtMs !== undefined && chosen.sendAtMs > input.nowMs) waits += 1;
    }
  }

  test('they are rich enough to prove something', () => {
    expect(masks.size).toBeGreaterThan(6);
    expect(waits).toBeGreaterThan(3_000);
    expect(refused).toBeGreaterThan(3_000);
    expect(deviations.size).toBe(14);
    for (const [key, { count }] of deviations) expect(count, key).toBeGreaterThan(100);
  });

  test('every choice is among what was available, with the probability that is logged', () => {
    expect(misstated).toBe(0);
  });

  test('each arm is chosen as often as its logged probabilities say', () => {
    // 14 arms: with everything right, one seed in 1,100 goes beyond 4 standard deviations.
    for (const [key, { sum, variance }] of deviations) expect(Math.abs(sum / Math.sqrt(variance)), key).toBeLessThan(4);
  });
});

describe('receipts of steered campaigns', () => {
  const random = testRandom(SEED + 1);
  const hashes = { hero: 'h', inbox: 'i' };
  const inputs = Array.from({ length: 500 }, (_, index) => someInput(random, index));
  const decided = inputs.map((input, i) => decideWithReceipt(input, { requestId: `${i}`, revision: 1, rules: hashes }));

  test('replay to the bit, moments included', () => {
    for (const { decisions, receipt } of decided)
      expect(replay(JSON.parse(JSON.stringify(receipt)), world.slices)).toEqual(decisions);
  });

  test('keep the answers of both placements of a request apart', () => {
    const answers = decided.flatMap(({ receipt }) => [Object.keys(receipt.expected)]);
    const twice = answers.filter((keys) => keys.filter((key) => key.startsWith('rival ')).length === 2);
    expect(twice.length).toBeGreaterThan(20);
  });

  test('hold the customer’s zone, since it was read, and not for campaigns that steer nothing', () => {
    const onPages = decided.filter(({ receipt }) => 'hero' in receipt.chosen);
    expect(onPages.every(({ receipt }) => receipt.reads.some(([path]) => path === 'time.zone'))).toBe(true);
    const plain = slicesOf(configurationOf([steeredOf('plain', [STYLE], { placements: ['hero'] })]));
    const { receipt } = decideWithReceipt(inputOf(plain), { requestId: 'r', revision: 1, rules: { hero: 'h' } });
    expect(receipt.reads).toEqual([]);
    expect(Object.keys(receipt.probabilities)[0]).toMatch(/^plain rest [0-9a-f]{16}$/);
  });
});

describe('what an arm’s place and time have to do with', () => {
  const steered = (extra: object = {}) =>
    slicesOf(configurationOf([steeredOf('c', [PLACE, TIME], { exclude, ...extra })], places));
  const berlin = { timeZone: 'Europe/Berlin' };
  const kept = (armId: string) => ({
    assignments: {
      c: { armId, leaf: 'rest', propensityArm: 0.25, periodKey: `days:${NOON_MS - 1}`, untilMs: NOON_MS + 9 * DAY_MS },
    },
  });

  test('a sticky arm: it waits for its channel and hour, and no other takes its place', () => {
    const sticky = steered({ sticky: { mode: 'days', days: 7 } });
    const morning = NOON_MS - 5 * HOUR_MS;
    const customer = { ...berlin, ...kept('mail_morning') };
    for (const nowMs of [morning, NOON_MS])
      expect(decideOnce(sticky, { nowMs, customer }).refusals).toEqual({ no_arm_available: 1 });
    const { chosen } = decideOnce(sticky, { placements: ['inbox'], nowMs: NOON_MS, customer });
    expect(chosen).toMatchObject({ armId: 'mail_morning', sticky: true, propensityArm: 0.25 });
    // 06:00 in Berlin lies in the quiet hours: 07:00 it is.
    expect(chosen!.sendAtMs).toBe(Date.UTC(2026, 2, 5, 6));
    expect(
      decideOnce(sticky, { nowMs: morning, customer: { ...berlin, ...kept('web_morning') } }).chosen,
    ).toMatchObject({
      armId: 'web_morning',
      sticky: true,
    });
  });

  test('a sticky arm that was taken out of the campaign does not hold it back', () => {
    const sticky = steered({ sticky: { mode: 'days', days: 7 } });
    const customer = { ...berlin, ...kept('gone') };
    const { chosen } = decideOnce(sticky, { nowMs: NOON_MS - 5 * HOUR_MS, customer });
    expect(chosen).toMatchObject({ armId: 'web_morning', sticky: false, propensityArm: 1 });
  });

  test('a held-out customer is held out wherever and whenever others are addressed, and is sent nothing', () => {
    const measured = steered({ holdout: 0.5, sticky: { mode: 'days', days: 7 } });
    const held = Array.from({ length: 50 }, (_, i) => `c${i}`).find(
      (bucketingId) =>
        decideOnce(measured, { placements: ['inbox'], customer: { ...berlin, bucketingId } }).chosen?.armId ===
        HOLDOUT_ARM,
    )!;
    const once = { placements: ['inbox'], customer: { ...berlin, bucketingId: held, ...kept('web_morning') } };
    const { chosen, measured: noted } = decideOnce(measured, once);
    expect(chosen).toMatchObject({ armId: HOLDOUT_ARM, propensityArm: 1 });
    expect(chosen).not.toHaveProperty('sendAtMs');
    expect(noted).toMatchObject([{ heldOut: true }]);
    // Nobody is measured where nobody is addressed.
    expect(decideOnce(measured, { ...once, placements: ['hero'] })).toMatchObject({ chosen: null, measured: [] });
  });

  test('a customer who keeps an arm of another place is measured all the same', () => {
    const measured = steered({ holdout: 0.01, sticky: { mode: 'days', days: 7 } });
    const { chosen, measured: noted } = decideOnce(measured, {
      nowMs: NOON_MS - 5 * HOUR_MS,
      customer: { ...berlin, ...kept('mail_morning') },
    });
    expect([chosen, noted.map(({ heldOut }) => heldOut)]).toEqual([null, [false]]);
  });

  test('the rank of a campaign: what its arms here are worth, not those elsewhere', () => {
    const slices = slicesOf(
      configurationOf([steeredOf('c', [PLACE]), steeredOf('other', [PLACE], { objective: ranked(0.3) })], places),
    );
    const { armIds, initialAllocation } = slices.slices.hero!.campaigns.find(({ id }) => id === 'c')!;
    expect(armIds).toEqual(['web', 'mail']);
    const rest = {
      ...initialAllocation.leaves.rest!,
      posteriors: [
        { alpha: 1, beta: 99 },
        { alpha: 99, beta: 1 },
      ],
      expectedRate: 0.99,
    };
    const known = evidenceFrom((id) =>
      id === 'c' ? { ...initialAllocation, version: 1, leaves: { rest } } : undefined,
    );
    const chosenFor = (placement: string) =>
      decideOnce(slices, { placements: [placement], customer: berlin, evidence: known }).chosen!;
    expect(chosenFor('inbox')).toMatchObject({ campaign: { id: 'c' }, armId: 'mail' });
    expect(chosenFor('hero')).toMatchObject({ campaign: { id: 'other' }, armId: 'web' });
  });
});
