/** Whether what costs is paid from somewhere, and whether pools, stocks and capacities can be spent. */
import { LEDGER_KINDS } from '../limits/ledger-spec.ts';
import { zoneOffsetMs } from '../time-zone.ts';
import type { CampaignConfiguration, Configuration, PoolConfiguration } from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import { needsOf, needsOn } from './ledgers.ts';
import { MAX_LEDGERS, MAX_PLACEMENT_LEDGERS } from './limits.ts';
import { poolProblems } from './pool-problems.ts';
import type { Report } from './problems.ts';
import { scheduleBounds } from './schedule-bounds.ts';

function checkPool(pool: PoolConfiguration, report: Report): void {
  const at = `/pools/${pool.id}`;
  for (const [field, detail] of poolProblems(pool)) report(`${at}/${field}`, detail);
  scheduleBounds(pool, at, report);
}

/** What each arm costs, at the field that says so: of arms that parameters made, their values are to blame. */
function costFields({ arms, parameters }: CampaignConfiguration): readonly (readonly [string, number])[] {
  if (!parameters) return arms.map(({ costMinor }, i) => [`arms/${i}/costMinor`, costMinor]);
  return parameters.flatMap(({ values }, i) =>
    values.map(({ costMinor }, j) => [`parameters/${i}/values/${j}/costMinor`, costMinor] as const),
  );
}

function checkCosts(campaign: CampaignConfiguration, at: string, report: Report): void {
  if (campaign.pool !== undefined) return;
  const detail = 'a cost needs a pool to be paid from: name it in `pool`';
  for (const [field, costMinor] of costFields(campaign)) if (costMinor > 0) report(`${at}/${field}`, detail);
}

/** How many ledgers there are, and how many a request may have to bring units of. */
function checkNumbers({ pools, stocks, channels, campaigns, placements }: Configuration, report: Report): void {
  const capacities = [
    ...channels.filter(({ capacity }) => capacity),
    ...campaigns.filter(({ dailyCapacity }) => dailyCapacity !== undefined),
  ];
  const all = pools.length + stocks.length + capacities.length;
  if (all > MAX_LEDGERS) {
    const parts = `${pools.length} pools, ${stocks.length} stocks and ${capacities.length} capacities`;
    report('/pools', `${parts} are ${all}; at most ${MAX_LEDGERS}`);
  }
  for (const { id, channel: channelId } of placements) {
    const channel = channels.find((one) => one.id === channelId);
    const needed = new Set(
      campaigns
        .filter((campaign) => campaign.placements.includes(id))
        .flatMap((campaign) => (channel ? needsOn(needsOf(campaign), channel) : needsOf(campaign)))
        .map(({ ledger }) => ledger),
    );
    if (needed.size > MAX_PLACEMENT_LEDGERS) {
      const kinds = LEDGER_KINDS.map((kind) => [...needed].filter((key) => key.startsWith(`${kind}:`)).length);
      const parts = `${kinds[0]} pools, ${kinds[1]} stocks and ${kinds[2]! + kinds[3]!} capacities`;
      report(
        `/placements/${id}`,
        `its campaigns take from ${parts}, ${needed.size} in all; at most ${MAX_PLACEMENT_LEDGERS}`,
      );
    }
  }
}

/** Reports pools that cannot be spent, references to what is not there, costs that nobody pays, and more ledgers than can be served. */
export function checkLedgers(configuration: Configuration, report: Report): void {
  const { pools, stocks, channels, campaigns } = configuration;
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
  checkNumbers(configuration, report);
}
