/** What must be true once everything was delivered and nothing is under way. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { allocatePolicy } from '../../decisioning/strategies/allocate-policy.ts';
import { DELIVERY_WAKE_MS } from '../../durable-objects/customer/limits.ts';
import type { Cluster } from './cluster.ts';
import type { SimulatedObject } from './object.ts';
import type { Oracle } from './oracle.ts';
import { addAll, addTo, differenceOf, fieldsOf, type Sums } from './sums.ts';

function count(object: SimulatedObject, text: string): number {
  const [row] = object.database.exec(text, []).toArray();
  return (row?.n as number | undefined) ?? 0;
}

/** What still waits for somebody, in words; null when the world has come to rest. */
export function unrest(cluster: Cluster): string | null {
  for (const object of cluster.of('customer')) {
    if (!hasTables(object)) continue;
    if (count(object, 'SELECT count(*) AS n FROM outbox') > 0) return `outbox of ${object.name}`;
    // What rides in the rows of decisions stays there once it is delivered; until then an alarm is set.
    if (object.alarmAtMs !== null && object.alarmAtMs <= cluster.loop.nowMs + DELIVERY_WAKE_MS)
      return `alarm of ${object.name}`;
    if (object.database.has('settlements') && count(object, 'SELECT count(*) AS n FROM settlements') > 0)
      return `settlements of ${object.name}`;
  }
  for (const object of cluster.of('shard')) if (object.isAwake) return `report of ${object.name}`;
  for (const object of cluster.of('root'))
    if (count(object, 'SELECT wanted_seq - settled_seq AS n FROM root') > 0) return `allocation of ${object.name}`;
  for (const object of cluster.of('publisher'))
    if (count(object, 'SELECT count(*) AS n FROM tells') > 0) return 'news for the roots';
  for (const object of cluster.of('budget'))
    if (count(object, 'SELECT sum(leased + pending) AS n FROM accounts') > 0) return `leases of ${object.name}`;
  return null;
}

/** An object that ended itself has none until it is called again. */
function hasTables(object: SimulatedObject): boolean {
  return count(object, "SELECT count(*) AS n FROM sqlite_master WHERE name = 'outbox'") > 0;
}

const FIELDS = {
  exposures: 'exposures',
  trials: 'trials',
  conversions: 'conversions',
  revenueMinor: 'revenue_minor',
  customers: 'customers',
  convertedCustomers: 'converted_customers',
  customerRevenueMinor: 'customer_revenue_minor',
} as const;

function rowsOf(object: SimulatedObject, table: 'cells' | 'totals'): Sums {
  const sums: Sums = {};
  const rows = object.database.exec(`SELECT * FROM ${table}, (SELECT campaign_id FROM root)`, []).toArray();
  for (const row of rows) {
    const cell = `${row.campaign_id} ${row.leaf} ${row.arm} ${table === 'cells' ? row.hour : ''}`;
    addTo(
      sums,
      cell,
      Object.fromEntries(Object.entries(FIELDS).map(([field, column]) => [field, row[column] as number])),
    );
  }
  const named = table === 'cells' ? 'vectors' : 'vector_totals';
  for (const row of object.database.exec(`SELECT * FROM ${named}, (SELECT campaign_id FROM root)`, []).toArray()) {
    const cell = `${row.campaign_id} ${row.leaf} ${row.arm} ${table === 'cells' ? row.hour : ''}`;
    addTo(sums, cell, fieldsOf({ [row.name as string]: JSON.parse(row.sums as string) as number[] }));
  }
  return sums;
}

/** The same without the hour. */
function folded(sums: Sums): Sums {
  const all: Sums = {};
  for (const [cell, change] of Object.entries(sums)) addTo(all, cell.replace(/\d+$/, ''), change);
  return all;
}

/** Named sums of a campaign's leaf, by arm, as its root has them. */
function namedOf(cluster: Cluster, campaignId: string, leaf: string): Map<string, Record<string, readonly number[]>> {
  const named = new Map<string, Record<string, readonly number[]>>();
  const text =
    'SELECT arm, name, sums FROM vector_totals, (SELECT campaign_id FROM root) WHERE campaign_id = ? AND leaf = ?';
  for (const root of cluster.of('root'))
    for (const { arm, name, sums } of root.database.exec(text, [campaignId, leaf]).toArray())
      named.set(arm as string, {
        ...named.get(arm as string),
        [name as string]: JSON.parse(sums as string) as number[],
      });
  return named;
}

/** Whether an allocation is published that does not answer for all evidence; null when none is. */
function staleAllocation(cluster: Cluster, totals: Sums): string | null {
  for (const publisher of cluster.of('publisher')) {
    const rows = publisher.database
      .exec('SELECT p.body AS policy, a.body AS allocation FROM policies p JOIN allocations a USING (campaign_id)', [])
      .toArray() as unknown as { policy: string; allocation: string | null }[];
    for (const row of rows) {
      const policy = JSON.parse(row.policy) as CampaignPolicy;
      if (row.allocation === null) return `allocation: none of ${policy.campaignId} is published`;
      const published = JSON.parse(row.allocation) as Allocation;
      const arms = new Map<string, ArmStatistics>();
      for (const arm of policy.armIds)
        arms.set(arm, addStatistics(emptyStatistics, totals[`${policy.campaignId} rest ${arm} `] ?? {}));
      const sums = new Map([['rest', namedOf(cluster, policy.campaignId, 'rest')]]);
      const learned = { statistics: new Map([['rest', arms]]), sums };
      const fresh = allocatePolicy(policy, learned, published.version);
      if (JSON.stringify(fresh.leaves) !== JSON.stringify(published.leaves))
        return `allocation: that of ${policy.campaignId} does not answer for all evidence`;
    }
  }
  return null;
}

/** What is wrong at the end, in words; null when all is right. */
export function wrongAtTheEnd(cluster: Cluster, oracle: Oracle): string | null {
  const unanswered = oracle.wrongWithAnswers(cluster.loop.nowMs);
  if (unanswered) return unanswered;
  const waiting = unrest(cluster);
  if (waiting) return `rest: ${waiting} never came through`;
  const told: Sums = {};
  for (const [name, truth] of oracle.customers) {
    addAll(told, truth.sums.enqueued);
    const difference = truth.isLinked ? null : differenceOf(truth.sums.told(), truth.sums.expected());
    if (difference) return `statistics: ${name} tells ${difference}`;
  }
  const found: Sums = {};
  const totals: Sums = {};
  for (const root of cluster.of('root')) {
    addAll(found, rowsOf(root, 'cells'));
    addAll(totals, rowsOf(root, 'totals'));
  }
  const difference = differenceOf(found, told) ?? differenceOf(totals, folded(told));
  if (difference) return `statistics: ${difference}`;
  const stale = staleAllocation(cluster, totals);
  if (stale) return stale;
  for (const budget of cluster.of('budget')) {
    const wrong = oracle.money.wrongAtTheEnd(budget);
    if (wrong) return wrong;
  }
  return null;
}
