/** Answers of the API about money, stocks and capacities, as the commands read them. */
import { type AlertAnswer, alert } from '../../../contract/alerts.ts';
import {
  type Budget,
  budget,
  type CapacityStanding,
  capacityStanding,
  type Inventory,
  inventory,
} from '../../../contract/ledgers.ts';

const asOf = '2026-11-27T09:00:00.000Z';

interface Units {
  readonly total: number;
  readonly configured?: number;
  readonly posted?: number;
  readonly pending?: number;
  readonly leased?: number;
  readonly planned?: number | null;
  readonly uncharged?: number;
}

const standing = { timeZone: 'UTC', start: null, end: null, price: 0, holders: 1, alerts: [], asOf };

function accounts({
  total,
  configured = total,
  posted = 0,
  pending = 0,
  leased = 0,
  planned = null,
  uncharged = 0,
}: Units) {
  const remaining = total - posted - pending - leased;
  const units = { total, configured, posted, pending, leased, remaining, planned, uncharged };
  const ahead = planned === null || total === 0 ? null : (posted + pending + leased - planned) / total;
  return { units, shares: { spentShare: total === 0 ? null : posted / total, aheadShare: ahead } };
}

const once = { period: 'once', day: null, pacing: 'none' } as const;
const daily = { period: 'day', day: '2026-11-27', pacing: 'even' } as const;

/** A pool of euros. */
export function budgetOf(pool: string, units: Units, extra: Partial<Budget> = {}): Budget {
  const { units: all, shares } = accounts(units);
  const money = (minor: number) => ({
    minor,
    amount: `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`,
  });
  const told = Object.fromEntries(Object.entries(all).map(([name, n]) => [name, n === null ? null : money(n)]));
  return budget.parse({ pool, name: pool, currency: 'EUR', ...told, ...once, ...standing, ...shares, ...extra });
}

export function inventoryOf(stock: string, units: Units): Inventory {
  const { units: all, shares } = accounts(units);
  return inventory.parse({ stock, name: stock, ...all, ...once, ...standing, ...shares });
}

export function capacityOf(of: 'channel' | 'campaign', id: string, units: Units): CapacityStanding {
  const { units: all, shares } = accounts(units);
  return capacityStanding.parse({ of, id, name: id, ...all, ...daily, ...standing, ...shares });
}

/** Half of a pool is spent. */
export const THRESHOLD: AlertAnswer = alert.parse({
  id: 'budget pool:spring once 0.5 of 500000',
  kind: 'ledger_threshold',
  subject: 'pool:spring',
  raisedAt: '2026-11-27T08:12:00.000Z',
  detail: { period: 'once', share: 0.5, posted: 310_150, total: 500_000, remaining: 201_000 },
  currency: 'EUR',
  acknowledged: null,
});

/** Clicks that are too many, which somebody has seen. */
export const ANOMALY: AlertAnswer = alert.parse({
  id: 'feedback hero 2026-11-27T07',
  kind: 'feedback_anomaly',
  subject: 'hero',
  raisedAt: '2026-11-27T07:00:00.000Z',
  detail: { what: 'rate', seen: 0.81234, usual: 0.05 },
  acknowledged: { at: '2026-11-27T07:30:00.000Z', by: 'key-1', byName: 'Ops' },
});
