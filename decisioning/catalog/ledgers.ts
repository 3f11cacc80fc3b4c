/** From pools, stocks and capacities to ledgers, and from campaigns to what they need of them. */
import { type LedgerSpec, ledgerKey, type Need } from '../limits/ledger-spec.ts';
import type {
  CampaignConfiguration,
  CapacityConfiguration,
  ChannelConfiguration,
  Configuration,
  PoolConfiguration,
  StockConfiguration,
} from './configuration.ts';
import { byId } from './order.ts';
import { boundsOf } from './schedule-bounds.ts';

function poolLedger(pool: PoolConfiguration): LedgerSpec {
  const { id, name, totalMinor, dailyMinor, timeZone, pacing, alertsAt } = pool;
  return {
    key: ledgerKey('pool', id),
    name,
    total: dailyMinor ?? totalMinor ?? 0,
    period: dailyMinor === undefined ? 'once' : 'day',
    timeZone,
    ...boundsOf(pool),
    pacing,
    alertsAt,
  };
}

const ALWAYS = { startsAtMs: null, endsAtMs: null } as const;

function stockLedger({ id, name, total, alertsAt }: StockConfiguration): LedgerSpec {
  return {
    key: ledgerKey('stock', id),
    name,
    total,
    period: 'once',
    timeZone: 'UTC',
    ...ALWAYS,
    pacing: { mode: 'none' },
    alertsAt,
  };
}

function capacityLedger(key: string, name: string, { perDay, ...rest }: CapacityConfiguration): LedgerSpec {
  return { key, name, total: perDay, period: 'day', ...ALWAYS, ...rest };
}

/** The ledgers of a configuration by key, in the order of keys; undefined when there are none. */
export function ledgersOf(configuration: Configuration): Readonly<Record<string, LedgerSpec>> | undefined {
  const { pools, stocks, channels, campaigns } = configuration;
  const specs = [
    ...byId(pools).map(poolLedger),
    ...byId(stocks).map(stockLedger),
    ...byId(channels).flatMap(({ id, name, capacity }) =>
      capacity ? [capacityLedger(ledgerKey('channel', id), name, capacity)] : [],
    ),
    ...byId(campaigns).flatMap(({ id, name, dailyCapacity, schedule }) =>
      dailyCapacity === undefined
        ? []
        : [
            capacityLedger(ledgerKey('campaign', id), name, {
              perDay: dailyCapacity,
              timeZone: schedule.timeZone,
              pacing: { mode: 'none' },
              alertsAt: [1],
            }),
          ],
    ),
  ];
  return specs.length > 0 ? Object.fromEntries(specs.map((spec) => [spec.key, spec])) : undefined;
}

/** What a claim of the campaign takes whatever its placement: money where an arm costs, its stock, its own capacity. */
export function needsOf({ id, pool, stock, dailyCapacity, arms }: CampaignConfiguration): readonly Need[] {
  const costs = arms.map(({ costMinor }) => costMinor);
  const dearest = Math.max(...costs);
  return [
    ...(pool !== undefined && dearest > 0
      ? [
          {
            ledger: ledgerKey('pool', pool),
            units: dearest,
            ...(costs.some((cost) => cost !== dearest) && { byArm: costs }),
          },
        ]
      : []),
    ...(stock === undefined ? [] : [{ ledger: ledgerKey('stock', stock), units: 1 }]),
    ...(dailyCapacity === undefined ? [] : [{ ledger: ledgerKey('campaign', id), units: 1 }]),
  ];
}

/** The same with what a contact on the channel takes. */
export function needsOn(needs: readonly Need[], { id, capacity }: ChannelConfiguration): readonly Need[] {
  return capacity ? [...needs, { ledger: ledgerKey('channel', id), units: 1 }] : needs;
}
