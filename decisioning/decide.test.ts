import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration, Configuration } from './catalog/configuration.ts';
import { decide } from './decide.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS } from './lifecycle/phases.ts';
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
import { entryOf, paidOf, poolOf } from './testing/paid.ts';
import { parameterOf, STYLE, steeredOf } from './testing/steered.ts';

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

const heroAndSide = ['hero', 'side'].map((id) => ({ id, name: id, channel: 'web' }));
const mail = { placements: [{ id: 'hero', name: 'Hero', channel: 'mail' }] };

/** A customer who was touched by `welcome`, and clicked, so long ago. */
const welcomed = (touchedMs: number, clickedMs: number) => ({
  touches: [touchAt(NOON_MS - touchedMs, { campaignId: 'welcome' })],
  outcomes: [{ at: NOON_MS - clickedMs, goal: 'click', valueMinor: 0 }],
});

/** A lifecycle whose first phase admits a share. */
const beginningAt = (admitted: number) => ({
  phases: { ...DEFAULT_PHASES, initialization: { floor: 0, admitted, modelWeight: 1 } },
  thresholds: DEFAULT_THRESHOLDS,
});

/** Arm `b`, which is the one that is shown, takes 5 of a pool. */
const onlyB = { policy: 'fixed_split', weights: { a: 0, b: 1 }, minExploration: 0 } as const;
const paid = { campaign: paidOf('c', { strategy: onlyB }), configuration: { pools: [poolOf('spring')] } };

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
    // From nine in the evening to noon in UTC+1: the last quiet minute, and the first that is not.
    reason: 'quiet_hours',
    configuration: { channels: [channelOf('web', { quietHours: { fromMinute: 1_260, toMinute: 720 } })] },
    refused: { nowMs: NOON_MS - HOUR_MS - 1, customer: { timeZone: 'Europe/Berlin' } },
    allowed: { nowMs: NOON_MS - HOUR_MS, customer: { timeZone: 'Europe/Berlin' } },
  },
  {
    reason: 'already_chosen',
    campaign: { placements: ['hero', 'side'] },
    refused: { placements: ['side', 'hero'] },
    allowed: { placements: ['hero'] },
  },
  {
    reason: 'excluded',
    campaign: { exclusionGroups: ['x', 'offers'] },
    others: [
      campaignOf('rival', { placements: ['side'], exclusionGroups: ['y', 'offers'] }),
      campaignOf('stranger', { placements: ['lobby'], exclusionGroups: ['y'] }),
    ],
    configuration: { placements: ['hero', 'side', 'lobby'].map((id) => ({ id, name: id, channel: 'web' })) },
    refused: { placements: ['side', 'hero'] },
    allowed: { placements: ['lobby', 'hero'] },
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
    reason: 'not_yet',
    campaign: {
      onlyAfter: [
        { campaign: 'welcome', withinMs: DAY_MS },
        { goal: 'click', withinMs: HOUR_MS },
      ],
    },
    others: [campaignOf('welcome', { placements: ['side'] })],
    refused: { customer: welcomed(DAY_MS - 1, HOUR_MS) },
    allowed: { customer: welcomed(DAY_MS - 1, HOUR_MS - 1) },
  },
  {
    // The bucket of `id-0` is .2334 itself, that of `id-30` .1459.
    reason: 'not_admitted',
    campaign: { lifecycle: beginningAt(0.2334) },
    refused: { customer: { bucketingId: 'id-0' } },
    allowed: { customer: { bucketingId: 'id-30' } },
  },
  {
    // From noon on in UTC: the minute before is too early.
    reason: 'no_arm_available',
    campaign: steeredOf('c', [
      STYLE,
      parameterOf('time', 'timing', [{ id: 'noon', window: { fromMinute: 720, toMinute: 780 } }]),
    ]),
    configuration: { placements: [...heroAndSide, { id: 'inbox', name: 'Inbox', channel: 'web' }] },
    refused: { nowMs: NOON_MS - 1 },
    allowed: { nowMs: NOON_MS },
  },
  {
    reason: 'too_soon_after',
    campaign: { notWithin: [{ campaign: 'rival', days: 2 }] },
    others: [campaignOf('rival', { placements: ['side'] })],
    refused: { customer: { touches: [touchAt(NOON_MS - 2 * DAY_MS + 1, { campaignId: 'rival' })] } },
    allowed: { customer: { touches: [touchAt(NOON_MS - 2 * DAY_MS, { campaignId: 'rival' })] } },
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
  { reason: 'no_budget', ...paid, refused: { purse: [entryOf('l', 4)] }, allowed: { purse: [entryOf('l', 5)] } },
  {
    // Worth 0.5 as well: 5 units at a tenth each take off exactly that.
    reason: 'paced',
    ...paid,
    refused: { purse: [entryOf('l', 5, { price: 0.11 })] },
    allowed: { purse: [entryOf('l', 5, { price: 0.1 })] },
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
  test('every reason has a case', () => {
    expect(cases.map(({ reason }) => reason)).toEqual(REFUSAL_REASONS);
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
    const quietHours = { fromMinute: 1_260, toMinute: 480 };
    const slices = slicesOf(
      configurationOf(
        [
          campaignOf('c', {
            placements: ['hero'],
            schedule: { end: '2026-03-04T12:00', timeZone: 'UTC', weekly: [] },
            audience: { condition: { plan: 'gold' } },
            caps: [day(1)],
            onlyAfter: [{ goal: 'click', withinMs: DAY_MS }],
            notWithin: [{ campaign: 'rival', days: 1 }],
          }),
          campaignOf('rival', { placements: ['side'] }),
        ],
        {
          placements: ['hero', 'side'].map((id) => ({ id, name: id, channel: 'mail' })),
          channels: [channelOf('mail', { requiresConsent: true, cap: day(1), quietHours })],
        },
      ),
    );
    const touches = [touchAt(NOON_MS - 1, { channel: 'mail' })];
    const rival = touchAt(NOON_MS - 1, { channel: 'mail', campaignId: 'rival' });
    const outcomes = [{ at: NOON_MS - 2, goal: 'click', valueMinor: 0 }];
    const awake = { touches, timeZone: 'UTC' };
    const willing = { ...awake, consents: ['mail'], traits: { plan: 'gold' } };
    const reasonOf = (once: Once) => Object.keys(decideOnce(slices, once).refusals);
    const early = NOON_MS - 1;
    expect(reasonOf({ switches: { killSwitch: true, pausedCampaigns: ['c'] } })).toEqual(['kill_switch']);
    expect(reasonOf({ switches: { pausedCampaigns: ['c'] } })).toEqual(['paused']);
    expect(reasonOf({ customer: { touches } })).toEqual(['not_scheduled']);
    expect(reasonOf({ nowMs: early, customer: { touches } })).toEqual(['quiet_hours']);
    expect(reasonOf({ nowMs: early, customer: awake })).toEqual(['no_consent']);
    expect(reasonOf({ nowMs: early, customer: { ...awake, consents: ['mail'] } })).toEqual(['not_in_audience']);
    expect(reasonOf({ nowMs: early, customer: willing })).toEqual(['not_yet']);
    const ready = { ...willing, outcomes };
    expect(reasonOf({ nowMs: early, customer: { ...ready, touches: [...touches, rival] } })).toEqual([
      'too_soon_after',
    ]);
    expect(reasonOf({ nowMs: early, customer: ready })).toEqual(['capped_campaign']);
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
