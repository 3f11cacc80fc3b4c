import { describe, expect, test } from 'vitest';
import { armOf, campaignOf, channelOf, configurationOf, problemsOf } from '../testing/configuration.ts';
import { parameterOf, steeredOf } from '../testing/steered.ts';
import type { Configuration, PoolConfiguration } from './configuration.ts';
import { MAX_LEDGERS, MAX_PLACEMENT_LEDGERS } from './limits.ts';

const poolOf = (id: string, extra: Partial<PoolConfiguration> = { totalMinor: 10_000 }): PoolConfiguration => ({
  id,
  name: id,
  timeZone: 'UTC',
  pacing: { mode: 'none' },
  alertsAt: [],
  ...extra,
});
const stockOf = (id: string, total = 50) => ({ id, name: id, total, alertsAt: [] });
const paid = [armOf('a', { costMinor: 100 }), armOf('b')];

const told = (extra: Partial<Configuration>, campaigns = [campaignOf('c')]) =>
  problemsOf(configurationOf(campaigns, extra)).map(({ path, detail }) => `${path}: ${detail}`);
const pathsOf = (...args: Parameters<typeof told>) => told(...args).map((line) => line.split(': ')[0]);

describe('a pool', () => {
  test('has a total or an amount each day, not both and not neither', () => {
    expect(pathsOf({ pools: [poolOf('p')] })).toEqual([]);
    expect(pathsOf({ pools: [poolOf('p', { dailyMinor: 0 })] })).toEqual([]);
    expect(pathsOf({ pools: [poolOf('p', {})] })).toEqual(['/pools/p/totalMinor']);
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, dailyMinor: 1 })] })).toEqual(['/pools/p/dailyMinor']);
  });

  test('is paced over days, or between a beginning and an end', () => {
    const pacing = { mode: 'even' } as const;
    const [start, end] = ['2026-11-01T00:00', '2026-12-01T00:00'];
    expect(pathsOf({ pools: [poolOf('p', { dailyMinor: 1, pacing })] })).toEqual([]);
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, pacing, start, end })] })).toEqual([]);
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, pacing, end })] })).toEqual(['/pools/p/start']);
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, pacing })] })).toEqual(['/pools/p/start', '/pools/p/end']);
  });

  test('does not end before it starts, in a zone that is known', () => {
    const [start, end] = ['2026-11-01T00:00', '2026-11-01T00:00'];
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, start, end })] })).toEqual(['/pools/p/end']);
    const timeZone = 'Mars/Olympus';
    expect(pathsOf({ pools: [poolOf('p', { totalMinor: 1, start, timeZone })] })).toEqual(['/pools/p/timeZone']);
  });
});

describe('campaigns', () => {
  test('name pools and stocks that are there; a slip is told what was meant', () => {
    const campaign = campaignOf('c', { pool: 'sprng', stock: 'bag', arms: paid });
    expect(told({ pools: [poolOf('spring')], stocks: [stockOf('bags')] }, [campaign])).toEqual([
      '/campaigns/c/pool: there is no pool "sprng": did you mean "spring"?',
      '/campaigns/c/stock: there is no stock "bag": did you mean "bags"?',
    ]);
  });

  test('pay what costs from a pool: the arm is told, or the value that makes it', () => {
    expect(pathsOf({}, [campaignOf('c', { arms: paid })])).toEqual(['/campaigns/c/arms/0/costMinor']);
    const dials = steeredOf('c', [parameterOf('style', 'content', ['plain', { id: 'gold', costMinor: 5 }])]);
    expect(pathsOf({}, [{ ...dials, placements: ['hero'] }])).toEqual(['/campaigns/c/parameters/0/values/1/costMinor']);
    expect(pathsOf({ pools: [poolOf('p')] }, [campaignOf('c', { pool: 'p', arms: paid })])).toEqual([]);
  });
});

describe('ledgers', () => {
  test('are known by one id each, and capacities by a known zone', () => {
    expect(pathsOf({ pools: [poolOf('p'), poolOf('p')], stocks: [stockOf('s'), stockOf('s')] })).toEqual([
      '/pools/p',
      '/stocks/s',
    ]);
    const capacity = { perDay: 5, timeZone: 'Mars/Olympus', pacing: { mode: 'none' }, alertsAt: [] } as const;
    expect(pathsOf({ channels: [channelOf('web', { capacity })] })).toEqual(['/channels/web/capacity/timeZone']);
  });

  test('are at most 500 in all, capacities counted', () => {
    const stocks = Array.from({ length: MAX_LEDGERS - 1 }, (_, i) => stockOf(`s${i}`));
    const campaigns = [campaignOf('c', { dailyCapacity: 5 })];
    expect(told({ stocks }, campaigns)).toEqual([]);
    expect(told({ stocks, pools: [poolOf('p')] }, campaigns)).toEqual([
      '/pools: 1 pools, 499 stocks and 1 capacities are 501; at most 500',
    ]);
  });

  test('of one placement are at most 64, its channel counted once', () => {
    const capacity = { perDay: 5, timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [] } as const;
    const of = (count: number) =>
      Array.from({ length: count }, (_, i) => campaignOf(`c${i}`, { dailyCapacity: 5, placements: ['hero'] }));
    const channels = [channelOf('web', { capacity })];
    expect(pathsOf({ channels }, of(MAX_PLACEMENT_LEDGERS - 1))).toEqual([]);
    expect(pathsOf({ channels }, of(MAX_PLACEMENT_LEDGERS))).toEqual(['/placements/hero']);
  });
});
