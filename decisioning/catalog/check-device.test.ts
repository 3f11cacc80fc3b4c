import { describe, expect, test } from 'vitest';
import { NEUTRAL_TERMS } from '../arbitration/terms.ts';
import { DEVICE_OBSTACLES, type DeviceObstacle } from '../device/reasons.ts';
import {
  armOf,
  campaignOf,
  channelOf,
  configurationOf,
  DAY_MS,
  problemsOf,
  settingsOf,
} from '../testing/configuration.ts';
import type { CampaignConfiguration, Configuration } from './configuration.ts';

const REST: Partial<Configuration> = {
  attributes: [
    { id: 'plan', type: 'string', source: 'any' },
    { id: 'age', type: 'number', source: 'device' },
    { id: 'crm.tier', type: 'string', source: 'server' },
  ],
  segments: [
    { id: 'deep', name: 'Deep', condition: { 'crm.tier': 'gold' } },
    { id: 'tier', name: 'Tier', condition: { $inSegment: 'deep' } },
    { id: 'adult', name: 'Adult', condition: { age: { $gte: 18 }, 'page.path': '/', 'geo.country': 'DE' } },
  ],
};

/** Field and obstacle of everything that is told. */
const told = (own: Partial<CampaignConfiguration>, rest: Partial<Configuration> = {}) =>
  problemsOf(
    configurationOf([campaignOf('spring', { onDevice: true, ...own }), campaignOf('other')], { ...REST, ...rest }),
  ).map(({ path, detail }) => [path.replace('/campaigns/spring/', ''), detail.split(':')[0]]);

type Case = readonly [DeviceObstacle, string, Partial<CampaignConfiguration>, Partial<Configuration>?];
const CASES: readonly Case[] = [
  ['cap', 'caps', { caps: [{ max: 1, windowMs: DAY_MS }] }],
  ['cap', 'placements/0', {}, { channels: [channelOf('web', { cap: { max: 1, windowMs: DAY_MS } })] }],
  [
    'cap',
    'placements/0',
    {},
    {
      channels: [channelOf('web', { countsTowardGlobal: true })],
      settings: settingsOf({ globalCap: { max: 7, windowMs: DAY_MS } }),
    },
  ],
  ['cost', 'dailyCapacity', { dailyCapacity: 5 }],
  ['holdout', 'holdout', { holdout: 0.1 }],
  ['holdout', 'onDevice', {}, { settings: settingsOf({ holdout: 0.1 }) }],
  ['sticky', 'sticky', { sticky: { mode: 'session' } }],
  ['purpose', 'purpose', { purpose: 'ads' }],
  ['channel_rules', 'placements/0', {}, { channels: [channelOf('web', { requiresConsent: true })] }],
  [
    'channel_rules',
    'placements/0',
    {},
    { channels: [channelOf('web', { quietHours: { fromMinute: 0, toMinute: 60 } })] },
  ],
  ['relations', 'exclusionGroups', { exclusionGroups: ['g'] }],
  ['relations', 'onlyAfter', { onlyAfter: [{ goal: 'click', withinMs: DAY_MS }] }],
  ['relations', 'notWithin', { notWithin: [{ campaign: 'other', days: 1 }] }],
  ['scores', 'strategy', { strategy: { policy: 'thompson', minExploration: 0.1, modelWeight: 0.5 } }],
  ['scores', 'arbitration/valueFrom', { arbitration: { ...NEUTRAL_TERMS, valueFrom: 'age' } }],
  ['scores', 'arms', { arms: [armOf('a', { score: 'age' }), armOf('b', { score: 'age' })] }],
  ['watch', 'learning/watch', { learning: { watch: { hold: true } as never } }],
  ['fatigue', 'onDevice', {}, { settings: settingsOf({ fatigue: { weight: 1, halfLifeMs: DAY_MS } }) }],
  ['past', 'audience/condition', { audience: { condition: { 'outcomes.click.count.1d': { $gt: 0 } } } }],
  ['server_attribute', 'audience/condition', { audience: { condition: { 'crm.tier': 'gold' } } }],
  ['server_attribute', 'audience/segment', { audience: { segment: 'tier' } }],
  ['operator', 'audience/condition', { audience: { condition: { plan: { $regex: '^g' } } } }],
  ['operator', 'contexts/0/condition', { contexts: [{ id: 'x', condition: { plan: { $vgt: '1.2' } } }] }],
];

describe('a campaign for devices', () => {
  test('may read the page, its request and attributes that pages declare, through segments too', () => {
    expect(told({ audience: { segment: 'adult', condition: { plan: 'gold' } }, learnFromDevice: true })).toEqual([]);
  });

  test.each(CASES.map((one) => ({ one, title: one.slice(0, 2).join(' at ') })))('is refused for $title', ({ one }) => {
    const [obstacle, field, own, rest] = one;
    expect(told(own, rest)).toContainEqual([field, obstacle]);
    // The same without devices is no business of theirs.
    expect(told({ ...own, onDevice: false }, rest).map(([, reason]) => reason)).not.toContain(obstacle);
  });

  test('learns from devices only when it is decided on them', () => {
    expect(told({ onDevice: false, learnFromDevice: true })).toEqual([['learnFromDevice', 'needs "onDevice"']]);
  });

  test('every obstacle but those of parameters, phases, features and several strategies has its case here', () => {
    const cases = new Set(CASES.map(([obstacle]) => obstacle));
    expect(DEVICE_OBSTACLES.filter((obstacle) => !cases.has(obstacle))).toEqual([
      'strategies',
      'lifecycle',
      'features',
      'steering',
    ]);
  });
});
