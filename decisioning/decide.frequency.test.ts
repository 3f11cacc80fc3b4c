/**
 * The logged propensity is exactly the probability with which the final policy makes the choice. Customers live through days of requests
 * whose outcome changes what they are eligible for next; what happened is compared with what was logged.
 */
import { describe, expect, test } from 'vitest';
import { isHeldOut } from './arbitration/holdout.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import type { PlacementDecision } from './decide.ts';
import { decide } from './decide.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, SALT } from './testing/configuration.ts';
import type { TestCustomer } from './testing/customer.ts';
import { afterDecisions, viewOf } from './testing/customer.ts';
import { nextSeed, testRandom } from './testing/seeds.ts';
import { campaignsIn, inhabitant, turned, WORLD_PLACEMENTS, world } from './testing/world.ts';
import type { Evidence } from './view.ts';
import { evidenceFrom } from './view.ts';

const SEED = 2_026;
const CUSTOMERS = 5_000;
const REQUESTS = 20;
const START_MS = Date.UTC(2026, 2, 2);

const initial = evidenceFrom(() => undefined);
const campaigns = campaignsIn(world.slices);
const later = evidenceFrom((id) => turned(campaigns.get(id)!.initialAllocation));

/** Per (campaign, arm): what one customer did, summed as deviations from the logged probabilities. */
type Deviations = Map<string, number>;
const add = (sums: Deviations, key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount);

/** What the customers' lives added up to. */
interface Tally {
  calls: number;
  decisions: number;
  stickyRepeats: number;
  readonly reasons: Set<string>;
  /** How often each choice was made. */
  readonly counts: Map<string, number>;
  /** Per customer: Σ 1{chosen} − expected. */
  readonly chosen: Deviations[];
  /** Per customer, weighted by inverse propensity: Σ 1{chosen} / logged − how often it could have been chosen. */
  readonly weighted: Deviations[];
}

/** When and with what a request is decided. */
interface Now {
  readonly ms: number;
  readonly session: string;
  readonly evidence: Evidence;
}

/** The arm vector that holds for a campaign: that of the live assignment, or what is published now. */
interface Kept {
  readonly vector: readonly number[];
  readonly periodKey: string;
  readonly untilMs: number;
}

/** P(arm | campaign) for this customer now, in the order of the campaign's arms. */
function armProbabilities(campaignId: string, leaf: string, kept: Kept | undefined, now: Now): readonly number[] {
  const campaign = campaigns.get(campaignId)!;
  const alive =
    kept &&
    campaign.sticky.mode !== 'none' &&
    kept.untilMs > now.ms &&
    (campaign.sticky.mode === 'days' || kept.periodKey === `session:${now.session}`);
  return alive ? kept.vector : now.evidence.probabilities(campaign, leaf);
}

function live(random: Random, index: number, tally: Tally): void {
  const sums = { chosen: new Map() as Deviations, weighted: new Map() as Deviations };
  tally.chosen.push(sums.chosen);
  tally.weighted.push(sums.weighted);
  const kept = new Map<string, Kept>();
  let customer: TestCustomer = inhabitant(random, index);
  let ms = START_MS + Math.floor(random.next() * DAY_MS);
  for (let request = 0; request < REQUESTS; request++) {
    ms += Math.floor(random.next() * random.next() * 16 * HOUR_MS);
    const session = `s${Math.floor(request / 3)}`;
    const evidence = request < REQUESTS / 2 ? initial : later;
    const placements = WORLD_PLACEMENTS.filter(() => random.next() < 0.6);
    customer = { ...customer, sessionKey: session };
    const decisions = decide({
      requests: placements.map((placement) => ({
        placement,
        decisionId: `${index}-${request}-${placement}`,
        seed: nextSeed(random),
      })),
      sliceOf: world.sliceOf,
      evidence,
      switches: { killSwitch: false, pausedCampaigns: [] },
      customer: viewOf(customer, ms),
      nowMs: ms,
      trace: true,
    });
    tally.calls += 1;
    for (const decision of decisions) {
      tally.decisions += 1;
      account(decision, kept, { ms, session, evidence }, customer.bucketingId, sums, tally);
    }
    customer = afterDecisions(customer, decisions, world.sliceOf, ms, random.next() < 0.7);
  }
}

function account(
  { candidates, chosen }: PlacementDecision,
  kept: Map<string, Kept>,
  now: Now,
  bucketingId: string,
  sums: { readonly chosen: Deviations; readonly weighted: Deviations },
  tally: Tally,
): void {
  for (const { campaignId, leaf, probability, reason } of candidates!) {
    if (reason) tally.reasons.add(reason);
    if (probability === undefined) continue;
    const campaign = campaigns.get(campaignId)!;
    const held = isHeldOut(SALT, bucketingId, campaignId, { global: 0.05, campaign: campaign.holdout });
    const vector = held ? [1] : armProbabilities(campaignId, leaf!, kept.get(campaignId), now);
    const armIds = held ? [HOLDOUT_ARM] : campaign.armIds;
    armIds.forEach((armId, i) => {
      const expected = probability * vector[i]!;
      add(sums.chosen, `${campaignId} ${armId}`, -expected);
      if (expected > 0) add(sums.weighted, `${campaignId} ${armId}`, -1);
    });
  }
  if (!chosen) return;
  const key = `${chosen.campaign.id} ${chosen.armId}`;
  add(sums.chosen, key, 1);
  add(sums.weighted, key, 1 / (chosen.propensityCampaign * chosen.propensityArm));
  tally.counts.set(key, (tally.counts.get(key) ?? 0) + 1);
  if (chosen.sticky) tally.stickyRepeats += 1;
  else {
    const vector = now.evidence.probabilities(chosen.campaign, chosen.leaf);
    kept.set(chosen.campaign.id, {
      vector,
      periodKey: chosen.periodKey,
      untilMs: chosen.stickyUntilMs,
    });
  }
}

function run(): Tally {
  const random = testRandom(SEED);
  const tally: Tally = {
    calls: 0,
    decisions: 0,
    stickyRepeats: 0,
    reasons: new Set(),
    counts: new Map(),
    chosen: [],
    weighted: [],
  };
  for (let index = 0; index < CUSTOMERS; index++) live(random, index, tally);
  return tally;
}

/**
 * z of Σ over customers of sums that have mean 0 if what was logged is true. Customers are independent; one customer's repeats are not,
 * so their sum is one observation.
 */
function zScores(sums: readonly Deviations[]): Map<string, number> {
  const totals = new Map<string, number>();
  const squares = new Map<string, number>();
  for (const customer of sums) {
    for (const [key, deviation] of customer) {
      totals.set(key, (totals.get(key) ?? 0) + deviation);
      squares.set(key, (squares.get(key) ?? 0) + deviation ** 2);
    }
  }
  return new Map([...totals].map(([key, total]) => [key, total / Math.sqrt(squares.get(key)!)]));
}

describe(`${CUSTOMERS * REQUESTS} calls of decide(), seed ${SEED}`, () => {
  const tally = run();
  // 21 choices, two statistics each: with everything right, one seed in 375 goes beyond 4 standard deviations.
  const BOUND = 4;

  test('the world is rich enough to prove something', () => {
    expect(tally.calls).toBe(100_000);
    expect(tally.decisions).toBeGreaterThan(170_000);
    expect(tally.stickyRepeats).toBeGreaterThan(10_000);
    expect([...tally.reasons].sort()).toEqual([
      'already_chosen',
      'capped_campaign',
      'capped_channel',
      'capped_global',
      'fatigued',
      'no_consent',
      'not_in_audience',
      'not_scheduled',
      'outranked',
    ]);
    expect(tally.counts.size).toBe(21);
    for (const [key, count] of tally.counts) expect(count, key).toBeGreaterThan(150);
  });

  test('each campaign and arm is chosen as often as its probabilities say', () => {
    for (const [key, z] of zScores(tally.chosen)) expect(Math.abs(z), `${key}: z = ${z}`).toBeLessThan(BOUND);
  });

  test('weighted by the inverse of what was logged, each choice stands for every time it could have been made', () => {
    for (const [key, z] of zScores(tally.weighted)) expect(Math.abs(z), `${key}: z = ${z}`).toBeLessThan(BOUND);
  });
});
