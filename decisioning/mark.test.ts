/** Which placements' decisions leave a mark: each kind of it alone, beside a campaign that leaves none. */
import { describe, expect, it } from 'vitest';
import type { CampaignConfiguration, Configuration } from './catalog/configuration.ts';
import { leavesMark } from './mark.ts';
import {
  armOf,
  campaignOf,
  channelOf,
  configurationOf,
  DAY_MS,
  settingsOf,
  slicesOf,
} from './testing/configuration.ts';

const WEEK = { max: 3, windowMs: 7 * DAY_MS };
const SCORED = [armOf('a', { score: 'likes' }), armOf('b', { score: 'likes' })];

const marked = (campaign: Partial<CampaignConfiguration>, workspace: Partial<Configuration> = {}): boolean => {
  const { slices } = slicesOf(
    configurationOf([campaignOf('plain'), campaignOf('c', campaign)], {
      attributes: [
        { id: 'plan', type: 'string', source: 'any' },
        { id: 'likes', type: 'number', source: 'any' },
      ],
      ...workspace,
    }),
  );
  return leavesMark(slices.hero!);
};

describe('a mark is left', () => {
  const ofCampaigns: [string, Partial<CampaignConfiguration>][] = [
    ['a cap', { caps: [WEEK] }],
    ['an arm kept for days', { sticky: { mode: 'days', days: 7 } }],
    ['an arm kept for a session', { sticky: { mode: 'session' } }],
    ['a holdout', { holdout: 0.1 }],
    [
      'scores that arms are drawn by',
      { arms: SCORED, strategy: { policy: 'thompson', minExploration: 0, modelWeight: 0.5 } as never },
    ],
  ];
  it.each(ofCampaigns)('by %s', (_, campaign) => {
    expect(marked(campaign)).toBe(true);
  });

  const ofWorkspaces: [string, Partial<Configuration>][] = [
    ['a cap of the channel', { channels: [channelOf('web', { cap: WEEK })] }],
    [
      'a cap over channels, of one that counts',
      { channels: [channelOf('web', { countsTowardGlobal: true })], settings: settingsOf({ globalCap: WEEK }) },
    ],
    ['a holdout of the workspace', { settings: settingsOf({ holdout: 0.1 }) }],
    ['fatigue', { settings: settingsOf({ fatigue: { weight: 1, halfLifeMs: DAY_MS } }) }],
    ['receipts of all decisions', { settings: settingsOf({ receipts: 'all' }) }],
  ];
  it.each(ofWorkspaces)('by %s', (_, workspace) => {
    expect(marked({}, workspace)).toBe(true);
  });

  const plain = slicesOf(configurationOf([campaignOf('plain')])).slices.hero!;
  it.each([
    ['units of a ledger', { needs: [{ ledger: 'pool:x', units: 1 }] }],
    ['features', { features: [] }],
    ['strategies that share customers', { strategies: { mode: 'shares' } }],
    ['a model', { models: ['likes'] }],
    ['a phase', { initialAllocation: { ...plain.campaigns[0]!.initialAllocation, stage: {} } }],
    ['strategies that take turns', { initialAllocation: { ...plain.campaigns[0]!.initialAllocation, turn: 'x' } }],
  ])('by %s', (_, more) => {
    expect(leavesMark({ ...plain, campaigns: [{ ...plain.campaigns[0]!, ...(more as object) }] })).toBe(true);
  });

  it('by models that the slice names', () => {
    expect(leavesMark({ ...plain, models: ['likes'] })).toBe(true);
  });
});

describe('no mark is left', () => {
  it.each<[string, Partial<CampaignConfiguration>, Partial<Configuration>]>([
    ['by a campaign for everyone', {}, {}],
    [
      'by conditions, contexts and relations',
      {
        audience: { condition: { plan: 'gold' } },
        contexts: [{ id: 'gold', condition: { plan: 'gold' } }],
        onlyAfter: [{ campaign: 'plain', withinMs: DAY_MS }],
        exclusionGroups: ['g'],
      },
      {},
    ],
    ['by a cap over channels that this one does not count toward', {}, { settings: settingsOf({ globalCap: WEEK }) }],
    ['by receipts of those that are needed', {}, { settings: settingsOf({ receipts: 'needed' }) }],
  ])('%s', (_, campaign, workspace) => {
    expect(marked(campaign, workspace)).toBe(false);
  });
});
