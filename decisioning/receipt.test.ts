import { describe, expect, test } from 'vitest';
import type { RulesSlice } from './catalog/slice.ts';
import { type DecideInput, decide, type PlacementDecision } from './decide.ts';
import type { Receipt } from './receipt.ts';
import { decideWithReceipt, replay } from './receipt.ts';
import { armOf, campaignOf, configurationOf, DAY_MS, HOUR_MS, settingsOf, slicesOf } from './testing/configuration.ts';
import type { TestCustomer } from './testing/customer.ts';
import { afterDecisions, touchAt, viewOf } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';
import { nextSeed, testRandom } from './testing/seeds.ts';
import { campaignsIn, inhabitant, turned, WORLD_PLACEMENTS, world } from './testing/world.ts';
import { evidenceFrom } from './view.ts';

const SEED = 77;
const RECEIPTS = 1_000;
const campaigns = campaignsIn(world.slices);
const hashes = Object.fromEntries(Object.keys(world.slices).map((placement) => [placement, `hash-of-${placement}`]));

/** A receipt as it comes back from storage. */
const stored = (receipt: Receipt): Receipt => JSON.parse(JSON.stringify(receipt));

/** What a replay is checked against: every choice with both propensities, to the bit. */
const choices = (decisions: readonly PlacementDecision[]): Receipt['chosen'] =>
  Object.fromEntries(
    decisions.map(({ placement, chosen }) => [
      placement,
      chosen && {
        campaignId: chosen.campaign.id,
        armId: chosen.armId,
        propensityCampaign: chosen.propensityCampaign,
        propensityArm: chosen.propensityArm,
      },
    ]),
  );

interface Decided {
  readonly decisions: readonly PlacementDecision[];
  readonly receipt: Receipt;
}

/** Random customers over random times: each request leaves touches and assignments for the next. */
function decideMany(): Decided[] {
  const random = testRandom(SEED);
  const decided: Decided[] = [];
  let customer: TestCustomer = inhabitant(random, 0);
  let nowMs = NOON_MS;
  for (let i = 0; i < RECEIPTS; i++) {
    if (i % 10 === 0) customer = inhabitant(random, i);
    nowMs += Math.floor(random.next() * 8 * HOUR_MS);
    const learned = random.next() < 0.5;
    const input: DecideInput = {
      requests: [...WORLD_PLACEMENTS, 'nowhere']
        .filter(() => random.next() < 0.8)
        .map((placement) => ({ placement, decisionId: `${i}-${placement}`, seed: nextSeed(random) })),
      sliceOf: world.sliceOf,
      evidence: evidenceFrom((id) => (learned ? turned(campaigns.get(id)!.initialAllocation) : undefined)),
      switches: { killSwitch: random.next() < 0.02, pausedCampaigns: random.next() < 0.1 ? ['visit'] : [] },
      customer: viewOf(customer, nowMs),
      nowMs,
    };
    const result = decideWithReceipt(input, { requestId: `r${i}`, revision: 3, rules: hashes });
    // Writing a receipt changes nothing of what is decided.
    expect(result.decisions).toEqual(decide(input));
    decided.push(result);
    customer = afterDecisions(customer, result.decisions, world.sliceOf, nowMs, random.next() < 0.7);
  }
  return decided;
}

const decided = decideMany();

describe(`receipts of ${RECEIPTS} requests, seed ${SEED}`, () => {
  test('replay to the same choices, propensities, reasons and counts from the stored receipt alone', () => {
    for (const { decisions, receipt } of decided) {
      const again = replay(stored(receipt), world.slices);
      expect(choices(again)).toEqual(receipt.chosen);
      const withoutTrace = again.map(({ candidates, ...rest }) => rest);
      expect(withoutTrace).toEqual(JSON.parse(JSON.stringify(decisions)));
    }
  });

  test('are of a kind that proves something: sticky, held out, capped, several and no choices', () => {
    const all = decided.flatMap(({ decisions }) => decisions);
    const count = (holds: (decision: PlacementDecision) => unknown) => all.filter(holds).length;
    expect(all.length).toBeGreaterThan(2_000);
    expect(count(({ chosen }) => chosen?.sticky)).toBeGreaterThan(100);
    expect(count(({ chosen }) => chosen?.armId === 'holdout')).toBeGreaterThan(100);
    expect(count(({ chosen }) => chosen === null)).toBeGreaterThan(100);
    expect(count(({ chosen }) => chosen?.allocationVersion === 1)).toBeGreaterThan(100);
    for (const reason of [
      'kill_switch',
      'paused',
      'already_chosen',
      'no_consent',
      'not_in_audience',
      'capped_campaign',
      'capped_channel',
      'capped_global',
      'not_scheduled',
      'outranked',
    ] as const)
      expect(
        count(({ refusals }) => refusals[reason]),
        reason,
      ).toBeGreaterThan(10);
  });

  test('hold nothing of the customer that the choice did not depend on', () => {
    const customer = { bucketingId: 'x', traits: { plan: 'gold', mail: 'someone@shop.example' } };
    const { receipt } = decideWithReceipt(
      { ...inputOf(world, { customer }), trace: false },
      { requestId: 'r', revision: 1, rules: hashes },
    );
    expect(receipt.reads.map(([path]) => path)).toContain('plan');
    expect(JSON.stringify(receipt)).not.toContain('someone@');
  });
});

describe('a receipt that was tampered with', () => {
  /** Replays to something else than it says, or is found to lack an answer. */
  const isFound = (receipt: Receipt): boolean => {
    try {
      return JSON.stringify(choices(replay(receipt, world.slices))) !== JSON.stringify(receipt.chosen);
    } catch {
      return true;
    }
  };
  /** Out of all receipts, how many give the change away. */
  const found = (change: (receipt: Receipt) => Receipt): number =>
    decided.filter(({ receipt }) => isFound(change(stored(receipt)))).length;

  test('is not found where nothing was changed', () => {
    expect(found((receipt) => receipt)).toBe(0);
  });

  test.each<[string, (receipt: Receipt) => Receipt]>([
    ['another arm', (r) => ({ ...r, chosen: mapValues(r.chosen, (c) => c && { ...c, armId: 'y' }) })],
    [
      'a propensity off by one bit',
      (r) => ({
        ...r,
        chosen: mapValues(r.chosen, (c) => c && { ...c, propensityCampaign: c.propensityCampaign * (1 - 2 ** -53) }),
      }),
    ],
    [
      'other seeds',
      (r) => ({ ...r, requests: r.requests.map((q, i) => ({ ...q, seed: i.toString(16).padStart(64, '0') })) }),
    ],
    ['touches at every cap', (r) => ({ ...r, touches: mapValues(r.touches, () => 99) })],
    ['another customer’s groups', (r) => ({ ...r, bucketingId: `${r.bucketingId}?` })],
    ['the kill switch', (r) => ({ ...r, switches: { ...r.switches, killSwitch: true } })],
    [
      'other probabilities',
      (r) => ({ ...r, probabilities: mapValues(r.probabilities, (p) => p.map((_, i) => Number(i === 0))) }),
    ],
    ['fatigue', (r) => ({ ...r, pressure: mapValues(r.pressure, () => 1e9) })],
  ])('gives itself away: %s', (_what, change) => {
    expect(found(change)).toBeGreaterThan(RECEIPTS / 10);
  });

  test('refuses to replay without an answer, a slice or a format that it needs', () => {
    const { receipt } = decided.find(({ receipt: { chosen } }) => chosen.hero && chosen.inbox)!;
    const without = (part: Partial<Receipt>) => () => replay({ ...stored(receipt), ...part }, world.slices);
    expect(without({})).not.toThrow();
    expect(without({ reads: [] })).toThrow('no value for');
    expect(without({ touches: {} })).toThrow('no answer for');
    expect(without({ expected: {} })).toThrow('no answer for');
    expect(without({ consents: {} })).toThrow('no answer for');
    expect(without({ assignments: {} })).toThrow('no answer for');
    expect(without({ pressure: {} })).toThrow('no answer for');
    expect(without({ format: 2 as 1 })).toThrow('format 2');
    expect(() => replay(stored(receipt), { hero: world.slices.hero! })).toThrow('names a slice for');
  });

  test('does not look at slices that it does not name', () => {
    const { receipt } = decideWithReceipt(inputOf(world, { placements: ['hero', 'later'] }), {
      requestId: 'r',
      revision: 1,
      rules: { hero: 'h' },
    });
    const later = { ...world.slices, later: world.slices.side! };
    expect(choices(replay(stored(receipt), later))).toEqual(receipt.chosen);
  });
});

describe('slices of two revisions in one request', () => {
  test('each placement’s fatigue settings and arms keep their own answers', () => {
    const of = (weight: number, halfLifeMs: number, ids: readonly string[]) =>
      slicesOf(
        configurationOf(
          [
            campaignOf('c', {
              placements: ['hero', 'side'],
              caps: [{ max: 9, windowMs: DAY_MS }],
              arms: ids.map((id) => armOf(id, { prior: { alpha: 12 / ids.length, beta: 4 } })),
              strategy: { policy: 'thompson', minExploration: 0 },
            }),
          ],
          { settings: settingsOf({ fatigue: { weight, halfLifeMs } }) },
        ),
      );
    const before = of(0.001, HOUR_MS, ['a']);
    const after = of(0.25, 1_000 * DAY_MS, ['a', 'b', 'z']);
    const slices: Record<string, RulesSlice> = { hero: before.slices.hero!, side: after.slices.side! };
    const mixed = { slices, sliceOf: (id: string) => (id === 'hero' ? before : after).sliceOf(id) };
    const customer = { touches: [1, 2, 3].map((hours) => touchAt(NOON_MS - hours * HOUR_MS)) };
    const input = inputOf(mixed, { placements: ['side', 'hero'], customer });
    // Pressure of 3 × 0.25 outweighs a rate of 4/8; 0.875 × 0.001 does not outweigh one of 12/16.
    const { decisions, receipt } = decideWithReceipt(input, {
      requestId: 'r',
      revision: 2,
      rules: { hero: 'h', side: 's' },
    });
    expect(decisions[0]).toMatchObject({ chosen: null, refusals: { fatigued: 1 } });
    expect(decisions[1]!.chosen).toMatchObject({ armId: 'a', propensityArm: 1 });
    expect(decisions.map(({ candidates }) => candidates![0]!.parts!.conversion)).toEqual([0.5, 0.75]);
    expect(decisions).toEqual(decide(input));
    expect(replay(stored(receipt), slices)).toEqual(JSON.parse(JSON.stringify(decisions)));
    expect(decideOnce(after, { placements: ['side'] }).chosen?.propensityArm).toBeCloseTo(1 / 3, 4);
  });
});

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
