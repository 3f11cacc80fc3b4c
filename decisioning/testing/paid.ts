/** Campaigns that cost, and purses to pay them from. */
import type { CampaignConfiguration, Configuration, PoolConfiguration } from '../catalog/configuration.ts';
import type { PurseEntry } from '../limits/purse.ts';
import { armOf, campaignOf, configurationOf } from './configuration.ts';

/** A pool that is spent as it comes. */
export function poolOf(id: string, extra: Partial<PoolConfiguration> = {}): PoolConfiguration {
  return { id, name: id, totalMinor: 10_000, timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [], ...extra };
}

/** A campaign that pays 3 for arm `a` and 5 for arm `b` out of pool `spring`. */
export function paidOf(id: string, extra: Partial<CampaignConfiguration> = {}): CampaignConfiguration {
  return campaignOf(id, {
    pool: 'spring',
    arms: [armOf('a', { costMinor: 3 }), armOf('b', { costMinor: 5 })],
    ...extra,
  });
}

/** A configuration of such campaigns with their pool, and stock `shirts`. */
export function paidConfiguration(
  campaigns: readonly CampaignConfiguration[],
  extra: Partial<Configuration> = {},
): Configuration {
  const stocks = [{ id: 'shirts', name: 'Shirts', total: 100, alertsAt: [] }];
  return configurationOf(campaigns, { pools: [poolOf('spring')], stocks, ...extra });
}

/** Units of one lease of pool `spring`, to be used at any time. */
export function entryOf(leaseId: string, units: number, extra: Partial<PurseEntry> = {}): PurseEntry {
  return { ledger: 'pool:spring', leaseId, units, useBeforeMs: Number.MAX_SAFE_INTEGER, price: 0, ...extra };
}
