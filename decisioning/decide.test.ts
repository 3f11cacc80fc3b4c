import { describe, expect, test } from 'vitest';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import type { CampaignConfiguration, Configuration } from './catalog/configuration.ts';
import { decide } from './decide.ts';
import { REFUSAL_REASONS, type RefusalReason } from './reasons.ts';
import {
  campaignOf,
  channelOf,
  configurationOf,
  DAY_MS,
  HOUR_MS,
  ranked,
  settingsOf,
  slicesOf,
} from './testing/configuration.ts';
import { touchAt } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS, type Once } from './testing/decide-once.ts';

const day = (max: number) => ({ max, windowMs: DAY_MS });

/** A world in which campaign `c` is refused for one reason, and one in which it is just not. */
interface RefusalCase {
  readonly reason: RefusalReason;
  readonly campaign?: Partial<CampaignConfiguration>;
  readonly others?: readonly CampaignConfiguration[];
  readonly configuration?: Partial<Configuration>;
  readonly refused: Once;
  readonly allowed: Once;
}

const mail = { placements: [{ id: 'hero', name: 'Hero', channel: 'mail' }] };

const cases: readonly RefusalCase[] = [
  { reason: 'kill_switch', refused: { switches: { killSwitch: true } }, allowed: {} },
  {
    reason: 'paused',
    refused: { switches: { pausedCampaigns: ['c'] } },
    allowed: { switches: { pausedCampaigns: ['other'] } },
  },
  {
    reason: 'not_scheduled',
    campaign: { schedule: { end: '2026-03-04T12:00', timeZone: 'UTC', weekly: [] } },
    refused: { nowMs: NOON_MS },
    allowed: { nowMs: NOON_MS - 1 },
  },
  {
    reason: 'already_chosen',
    campaign: { placements: ['hero', 'side'] },
    refused: { placements: ['side', 'hero'] },
    allowed: { placements: ['hero'] },
  },
  {
    reason: 'no_consent',
    configuration: { ...mail, channels: [channelOf('mail', { requiresConsent: true })] },
    refused: { customer: { consents: ['web', 'constructor'] } },
    allowed: { customer: { consents: ['mail'] } },
  },
  {
    reason: 'not_in_audience',
    campaign: { audience: { segment: 'gold', condition: { 'time.hour': { $gte: 8 } } } },
    configuration: { segments: [{ id: 'gold', name: 'Gold', condition: { plan: 'gold' } }] },
    refused: { customer: { traits: { plan: 'silver' } } },
    allowed: { customer: { traits: { plan: 'gold' } } },
  },
  {
    reason: 'capped_campaign',
    campaign: { caps: [{ max: 9, windowMs: HOUR_MS }, day(2)] },
    refused: { customer: { touches: [touchAt(NOON_MS - 1), touchAt(NOON_MS - DAY_MS + 1)] } },
    allowed: { customer: { touches: [touchAt(NOON_MS - 1), touchAt(NOON_MS - DAY_MS)] } },
  },
  {
    reason: 'capped_channel',
    configuration: { channels: [channelOf('web', { cap: day(1) })] },
    refused: { customer: { touches: [touchAt(NOON_MS, { campaignId: 'other' })] } },
    allowed: { customer: { touches: [touchAt(NOON_MS, { campaignId: 'other', channel: 'mail' })] } },
  },
  {
    reason: 'capped_global',
    configuration: {
      channels: [channelOf('web', { countsTowardGlobal: true })],
      settings: settingsOf({ globalCap: day(1) }),
    },
    refused: { customer: { touches: [touchAt(NOON_MS, { channel: 'mail', countsTowardGlobal: true })] } },
    allowed: { customer: { touches: [touchAt(NOON_MS, { channel: 'mail' })] } },
  },
  {
    // Worth 0.5 (an even prior): a fresh touch at weight 0.5 takes off exactly that, an old one besides a little more.
    reason: 'fatigued',
    configuration: { settings: settingsOf({ fatigue: { weight: 0.5, halfLifeMs: DAY_MS } }) },
    refused: { customer: { touches: [touchAt(NOON_MS), touchAt(NOON_MS - 30 * DAY_MS)] } },
    allowed: { customer: { touches: [touchAt(NOON_MS)] } },
  },
  {
    reason: 'outranked',
    others: [campaignOf('rival', { objective: ranked(1), audience: { condition: { plan: 'gold' } } })],
    refused: { customer: { traits: { plan: 'gold' } } },
    allowed: {},
  },
];

describe('each reason is named for its own cause, and only at its boundary', () => {
  test('every reason has a case, but for budgets, which no campaign has', () => {
    expect(cases.map(({ reason }) => reason)).toEqual(REFUSAL_REASONS.filter((reason) => reason !== 'no_budget'));
  });

  test.each(cases)('$reason', ({ campaign, others = [], configuration, refused, allowed, reason }) => {
    const slices = slicesOf(configurationOf([campaignOf('c', campaign), ...others], configuration));
    const last = (once: Once) => decide(inputOf(slices, once)).at(-1)!;
    const no = last(refused);
    expect(no.chosen?.campaign.id).not.toBe('c');
    expect(no.refusals).toEqual({ [reason]: 1 });
    expect(no.candidates!.find(({ campaignId }) => campaignId === 'c')).toMatchObject({ reason });
    expect(last(allowed).chosen?.campaign.id).toBe('c');
  });

  test('checks run in the order of the list: of several causes the first is named', () => {
    const slices = slicesOf(
      configurationOf(
        [
          campaignOf('c', {
            placements: ['hero'],
            schedule: { end: '2026-03-04T12:00', timeZone: 'UTC', weekly: [] },
            audience: { condition: { plan: 'gold' } },
            caps: [day(1)],
          }),
        ],
        { ...mail, channels: [channelOf('mail', { requiresConsent: true, cap: day(1) })] },
      ),
    );
    const touches = [touchAt(NOON_MS - 1, { channel: 'mail' })];
    const gold = { traits: { plan: 'gold' } };
    const reasonOf = (once: Once) => Object.keys(decideOnce(slices, once).refusals);
    const early = NOON_MS - 1;
    expect(reasonOf({ switches: { killSwitch: true, pausedCampaigns: ['c'] } })).toEqual(['kill_switch']);
    expect(reasonOf({ switches: { pausedCampaigns: ['c'] } })).toEqual(['paused']);
    expect(reasonOf({ customer: { touches } })).toEqual(['not_scheduled']);
    expect(reasonOf({ nowMs: early, customer: { touches } })).toEqual(['no_consent']);
    expect(reasonOf({ nowMs: early, customer: { touches, consents: ['mail'] } })).toEqual(['not_in_audience']);
    expect(reasonOf({ nowMs: early, customer: { touches, consents: ['mail'], ...gold } })).toEqual(['capped_campaign']);
  });
});

describe('counts and trace', () => {
  const slices = slicesOf(
    configurationOf([
      campaignOf('best', { objective: ranked(2) }),
      campaignOf('second', { objective: ranked(1) }),
      campaignOf('third'),
      campaignOf('gold', { audience: { condition: { plan: 'gold' } } }),
      campaignOf('off'),
    ]),
  );
  const once = { switches: { pausedCampaigns: ['off'] } };

  test('counts by reason are those of the traced candidates, each campaign once', () => {
    const { refusals, candidates, chosen } = decideOnce(slices, once);
    expect(chosen?.campaign.id).toBe('best');
    expect(refusals).toEqual({ outranked: 2, not_in_audience: 1, paused: 1 });
    const counted: Record<string, number> = {};
    for (const { reason } of candidates!) if (reason) counted[reason] = (counted[reason] ?? 0) + 1;
    expect(counted).toEqual(refusals);
    expect(candidates!.map(({ campaignId }) => campaignId).sort()).toEqual(['best', 'gold', 'off', 'second', 'third']);
    expect(candidates!.filter(({ reason }) => reason === null)).toHaveLength(1);
  });

  test('tracing changes nothing but the trace', () => {
    const { candidates, ...traced } = decideOnce(slices, once);
    const [plain] = decide({ ...inputOf(slices, once), trace: false });
    expect(candidates).toBeDefined();
    expect(plain).toEqual(traced);
  });
});

describe('several placements in one request', () => {
  const caps = (max: number) => ({ channels: [channelOf('web', { cap: day(max), countsTowardGlobal: true })] });
  const two = [campaignOf('first', { placements: ['hero'] }), campaignOf('second', { placements: ['side'] })];
  const both = { placements: ['hero', 'side'] };

  test('a claim of an earlier placement counts against the channel’s cap of a later one', () => {
    const [, side] = decide(inputOf(slicesOf(configurationOf(two, caps(1))), both));
    expect(side).toMatchObject({ chosen: null, refusals: { capped_channel: 1 } });
    const [, allowed] = decide(inputOf(slicesOf(configurationOf(two, caps(2))), both));
    expect(allowed!.chosen?.campaign.id).toBe('second');
  });

  test('and against the global cap, when its channel counts toward it', () => {
    const settings = settingsOf({ globalCap: day(1) });
    const placements = [
      { id: 'hero', name: 'Hero', channel: 'quiet' },
      { id: 'side', name: 'Side', channel: 'loud' },
    ];
    const channels = (quietCounts: boolean) => [
      channelOf('quiet', { countsTowardGlobal: quietCounts }),
      channelOf('loud', { countsTowardGlobal: true }),
    ];
    const sideOf = (quietCounts: boolean) =>
      decide(
        inputOf(slicesOf(configurationOf(two, { settings, placements, channels: channels(quietCounts) })), both),
      )[1]!;
    expect(sideOf(true).refusals).toEqual({ capped_global: 1 });
    expect(sideOf(false).chosen?.campaign.id).toBe('second');
  });

  test('a claim on another channel does not count against a channel’s cap', () => {
    const placements = [
      { id: 'hero', name: 'Hero', channel: 'other' },
      { id: 'side', name: 'Side', channel: 'capped' },
    ];
    const channels = [channelOf('other'), channelOf('capped', { cap: day(1) })];
    const [, side] = decide(inputOf(slicesOf(configurationOf(two, { placements, channels })), both));
    expect(side!.chosen?.campaign.id).toBe('second');
  });

  test('a channel that does not count toward the global cap is not held by it', () => {
    const settings = settingsOf({ globalCap: day(1) });
    const customer = { touches: [touchAt(NOON_MS, { channel: 'mail', countsTowardGlobal: true })] };
    const heroOf = (countsTowardGlobal: boolean) =>
      decideOnce(slicesOf(configurationOf(two, { settings, channels: [channelOf('web', { countsTowardGlobal })] })), {
        customer,
      });
    expect(heroOf(true).refusals).toEqual({ capped_global: 1 });
    expect(heroOf(false).chosen?.campaign.id).toBe('first');
  });

  test('a held-out customer’s earlier placement claims nothing', () => {
    const held = [campaignOf('first', { placements: ['hero'], holdout: 0.5 }), two[1]!];
    const slices = slicesOf(configurationOf(held, caps(1)));
    const outcomes = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const [hero, side] = decide(inputOf(slices, { ...both, customer: { bucketingId: `id-${i}` } }));
      const isHeldOut = hero!.chosen!.armId === HOLDOUT_ARM;
      expect(side!.chosen?.campaign.id).toBe(isHeldOut ? 'second' : undefined);
      outcomes.add(String(isHeldOut));
    }
    expect(outcomes.size).toBe(2);
  });

  test('a placement that the catalog does not know gets default content and leaves the others alone', () => {
    const slices = slicesOf(configurationOf(two));
    for (const unknown of ['nowhere', 'constructor', '__proto__', 'toString']) {
      const [none, hero] = decide(inputOf(slices, { placements: [unknown, 'hero'] }));
      expect(none).toEqual({ placement: unknown, decisionId: 'decision-1', chosen: null, refusals: {}, measured: [] });
      expect(hero!.chosen?.campaign.id).toBe('first');
    }
  });
});

test('ids that every object inherits are ordinary ids of campaigns, arms, leaves, segments and placements', () => {
  const id = 'constructor';
  const slices = slicesOf(
    configurationOf(
      [
        campaignOf(id, {
          placements: [id],
          audience: { segment: id },
          contexts: [{ id, condition: { plan: 'gold' } }],
          arms: [{ id, content: { text: 'x' }, costMinor: 0 }],
          strategy: { policy: 'thompson', minExploration: 0.01 },
          sticky: { mode: 'days', days: 1 },
        }),
      ],
      {
        placements: [{ id, name: id, channel: id }],
        channels: [channelOf(id, { requiresConsent: true, cap: day(1) })],
        segments: [{ id, name: id, condition: { plan: { $in: ['gold', 'silver'] } } }],
      },
    ),
  );
  const customer = { traits: { plan: 'gold' }, consents: [id] };
  const { chosen } = decideOnce(slices, { placements: [id], customer });
  expect(chosen).toMatchObject({ armId: id, leaf: id, propensityCampaign: 1, propensityArm: 1, sticky: false });
  expect(decideOnce(slices, { placements: [id], customer: { ...customer, consents: [] } }).refusals).toEqual({
    no_consent: 1,
  });
});
