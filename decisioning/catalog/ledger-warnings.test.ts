import { describe, expect, test } from 'vitest';
import { armOf, campaignOf, channelOf } from '../testing/configuration.ts';
import type { CampaignConfiguration, Configuration, PoolConfiguration } from './configuration.ts';
import { ledgerWarnings } from './ledger-warnings.ts';

const plain = { name: 'x', timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [] } as const;
const pool = (extra: Partial<PoolConfiguration> = { totalMinor: 1_000 }): PoolConfiguration => ({
  id: 'p',
  ...plain,
  ...extra,
});
const costing = (...costs: number[]) => costs.map((costMinor, i) => armOf(`a${i}`, { costMinor }));
const payer = (extra: Partial<CampaignConfiguration> = {}) =>
  campaignOf('c', { pool: 'p', arms: costing(100, 200), ...extra });
const told = (configuration: Pick<Configuration, 'campaigns'> & Partial<Configuration>) =>
  ledgerWarnings(configuration).map(({ path }) => path);

describe('warnings of money', () => {
  test('none of a pool that is used as it is meant', () => {
    expect(told({ campaigns: [payer()], pools: [pool()] })).toEqual([]);
  });

  test('a pool that nobody pays from, and a pool that pays nothing', () => {
    expect(told({ campaigns: [campaignOf('c')], pools: [pool()] })).toEqual(['/pools/p']);
    expect(told({ campaigns: [payer({ arms: costing(0, 0) })], pools: [pool()] })).toEqual([
      '/campaigns/c/pool',
      '/pools/p',
    ]);
  });

  test('an arm dearer than all there is, or than a day has; as dear as that is not too dear', () => {
    const campaigns = [payer()];
    expect(told({ campaigns, pools: [pool({ totalMinor: 200 })] })).toEqual([]);
    expect(told({ campaigns, pools: [pool({ totalMinor: 199 })] })).toEqual(['/campaigns/c/pool']);
    expect(ledgerWarnings({ campaigns, pools: [pool({ dailyMinor: 199 })] })[0]!.detail).toContain(
      'arm "a1" costs 200 minor units, more than the 199 that pool "p" holds a day',
    );
  });

  test('nothing in it at all is told once, where it stands', () => {
    expect(told({ campaigns: [payer()], pools: [pool({ totalMinor: 0 })] })).toEqual(['/pools/p/totalMinor']);
    expect(told({ campaigns: [payer()], pools: [pool({ dailyMinor: 0 })] })).toEqual(['/pools/p/dailyMinor']);
  });

  test('free arms beside those that cost', () => {
    expect(told({ campaigns: [payer({ arms: costing(0, 100) })], pools: [pool()] })).toEqual(['/campaigns/c/pool']);
  });

  test('a pool that is over before its campaign begins, each in its own zone', () => {
    const ends = (end: string, timeZone = 'UTC') => [pool({ totalMinor: 1_000, end, timeZone })];
    const campaigns = [payer({ schedule: { start: '2026-11-02T00:00', timeZone: 'UTC', weekly: [] } })];
    expect(told({ campaigns, pools: ends('2026-11-02T00:00') })).toEqual(['/campaigns/c/schedule']);
    expect(told({ campaigns, pools: ends('2026-11-02T00:01') })).toEqual([]);
    // Eastern midnight is hours later.
    expect(told({ campaigns, pools: ends('2026-11-02T00:00', 'America/New_York') })).toEqual([]);
  });
});

describe('warnings of stocks and capacities', () => {
  const stocks = (total: number) => [{ id: 's', name: 's', total, alertsAt: [] }];

  test('a stock that nobody takes from, or that is empty', () => {
    expect(told({ campaigns: [campaignOf('c', { stock: 's' })], stocks: stocks(1) })).toEqual([]);
    expect(told({ campaigns: [campaignOf('c')], stocks: stocks(1) })).toEqual(['/stocks/s']);
    expect(told({ campaigns: [campaignOf('c', { stock: 's' })], stocks: stocks(0) })).toEqual(['/stocks/s/total']);
  });

  test('a capacity of a channel without campaigns, and capacities of 0', () => {
    const channels = (perDay: number) => [channelOf('web', { capacity: { ...plain, perDay } })];
    const placements = [{ id: 'hero', name: 'Hero', channel: 'web' }];
    expect(told({ campaigns: [campaignOf('c')], channels: channels(1), placements })).toEqual([]);
    expect(told({ campaigns: [campaignOf('c')], channels: channels(1) })).toEqual(['/channels/web/capacity']);
    expect(told({ campaigns: [campaignOf('c')], channels: channels(0), placements })).toEqual([
      '/channels/web/capacity/perDay',
    ]);
    expect(told({ campaigns: [campaignOf('c', { dailyCapacity: 0 })] })).toEqual(['/campaigns/c/dailyCapacity']);
    expect(told({ campaigns: [campaignOf('c', { dailyCapacity: 1 })] })).toEqual([]);
  });
});
