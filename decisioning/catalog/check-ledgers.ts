/** Whether what costs is paid from somewhere, and whether pools can be spent. */
import { zoneOffsetMs } from '../time-zone.ts';
import type { CampaignConfiguration, Configuration, PoolConfiguration } from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import type { Report } from './problems.ts';
import { scheduleBounds } from './schedule-bounds.ts';

function checkPool(pool: PoolConfiguration, report: Report): void {
  const at = `/pools/${pool.id}`;
  const { totalMinor, dailyMinor, pacing, end } = pool;
  if ((totalMinor === undefined) === (dailyMinor === undefined))
    report(`${at}/totalMinor`, 'needs either totalMinor or dailyMinor, not both');
  if (pacing.mode !== 'none' && dailyMinor === undefined && end === undefined)
    report(`${at}/pacing`, 'a total is paced towards its end: name one, or give an amount for each day');
  scheduleBounds(pool, at, report);
}

function checkCosts({ arms, parameters, pool }: CampaignConfiguration, at: string, report: Report): void {
  if (pool !== undefined) return;
  const detail = 'a cost needs a pool to be paid from: name it in `pool`';
  // Of arms that parameters made, their values are to blame.
  if (!parameters) {
    for (const [i, arm] of arms.entries()) if (arm.costMinor > 0) report(`${at}/arms/${i}/costMinor`, detail);
    return;
  }
  for (const [i, { values }] of parameters.entries()) {
    for (const [j, { costMinor }] of values.entries())
      if (costMinor > 0) report(`${at}/parameters/${i}/values/${j}/costMinor`, detail);
  }
}

/** Reports pools that cannot be spent, references to what is not there, and costs that nobody pays. */
export function checkLedgers({ pools, stocks, channels, campaigns }: Configuration, report: Report): void {
  const idsOf = (documents: readonly { readonly id: string }[]): KnownIds['goals'] =>
    new Set(documents.map(({ id }) => id));
  const known = { pools: idsOf(pools), stocks: idsOf(stocks) };
  for (const pool of pools) checkPool(pool, report);
  for (const { id, capacity } of channels) {
    if (capacity && zoneOffsetMs(capacity.timeZone, 0) === undefined)
      report(`/channels/${id}/capacity/timeZone`, `"${capacity.timeZone}" is not a known time zone`);
  }
  for (const campaign of campaigns) {
    const at = `/campaigns/${campaign.id}`;
    const { pool, stock } = campaign;
    if (pool !== undefined && !known.pools.has(pool)) report(`${at}/pool`, noSuch('pool', pool, known.pools));
    if (stock !== undefined && !known.stocks.has(stock)) report(`${at}/stock`, noSuch('stock', stock, known.stocks));
    checkCosts(campaign, at, report);
  }
}
