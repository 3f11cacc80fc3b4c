/** Reads the outbox from storage: rows of its own, and what rides in the rows of decisions. */
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { TrialMark } from '../../decisioning/limits/network-trials.ts';
import { destinationOf, MAX_WAITING_IN_MEMORY, type Outbox, type Riding, type WaitingEvent } from './outbox.ts';
import type { Sql } from './tables.ts';
import { Waits } from './waits.ts';

type OutboxRow = {
  seq: number;
  campaign_id: string;
  shard: number;
  leaf: string;
  arm: string;
  hour: number;
  change: string;
  sums: string | null;
  moments_hour: number | null;
  at_ms: number;
  trial: string | null;
};

function waitingOf(row: OutboxRow): WaitingEvent {
  const event = {
    seq: row.seq,
    atMs: row.at_ms,
    campaignId: row.campaign_id,
    shard: row.shard,
    leaf: row.leaf,
    arm: row.arm,
    hour: row.hour,
    change: JSON.parse(row.change) as Partial<ArmStatistics>,
    ...(row.sums !== null && { sums: JSON.parse(row.sums) as SumsByName }),
    ...(row.moments_hour !== null && { momentsHour: row.moments_hour }),
    ...(row.trial !== null && { trial: JSON.parse(row.trial) as TrialMark }),
  };
  return { event, home: null, isOld: false };
}

const bySeq = (one: WaitingEvent, other: WaitingEvent): number => one.event.seq - other.event.seq;

/**
 * Reads the outbox.
 *
 * @param riding decision id → what its row says of the outbox
 * @param waits knows which tables have rows
 */
export function loadOutbox(sql: Sql, riding: ReadonlyMap<string, Riding>, waits = new Waits(sql)): Outbox {
  let [lastSeq, ackedSeq] = [0, 0];
  let seqHome: string | null = null;
  for (const [id, { seq, ackedSeq: acked }] of riding) {
    if (seq >= lastSeq) [lastSeq, seqHome] = [seq, id];
    ackedSeq = Math.max(ackedSeq, acked);
  }
  const waiting: WaitingEvent[] = [];
  for (const [home, { events = [] }] of riding)
    for (const event of events) if (event.seq > ackedSeq) waiting.push({ event, home, isOld: true });
  const outbox: Outbox = { lastSeq, waiting: waiting.sort(bySeq), more: new Set(), seqHome, countedSeq: 0 };
  // Who counts positions has counted whatever has a row.
  if (waits.has('sqlite_sequence')) addRows(sql, outbox);
  outbox.lastSeq = Math.max(outbox.lastSeq, outbox.waiting.at(-1)?.event.seq ?? 0);
  return outbox;
}

/** The oldest rows of each destination, and one more where there are more. */
const OLDEST_ROWS = `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY campaign_id, shard ORDER BY seq) AS place FROM outbox)
  WHERE place <= ? ORDER BY seq`;

/** Adds rows of their own that memory does not know, the oldest of each destination, and what the table's counter knows of positions. */
export function addRows(sql: Sql, outbox: Outbox): void {
  const rows = sql.exec<OutboxRow & { place: number }>(OLDEST_ROWS, MAX_WAITING_IN_MEMORY + 1).toArray();
  outbox.more.clear();
  const found = rows.flatMap((row) => (row.place <= MAX_WAITING_IN_MEMORY ? [row] : restBefore(sql, outbox, row)));
  const known = new Set(outbox.waiting.map(({ event }) => event.seq));
  const added = found.filter(({ seq }) => !known.has(seq)).map(waitingOf);
  if (added.length > 0) outbox.waiting = [...outbox.waiting, ...added].sort(bySeq);
  const [counter] = sql.exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").toArray();
  outbox.countedSeq = counter?.seq ?? 0;
  outbox.lastSeq = Math.max(outbox.lastSeq, outbox.countedSeq, outbox.waiting.at(-1)?.event.seq ?? 0);
}

/**
 * A destination has more rows than memory takes. Versions before this one let what is newer ride with decisions, which is in memory: its shard would pass
 * over everything older that is told later, so all of that is read.
 */
function restBefore(sql: Sql, outbox: Outbox, { campaign_id: campaignId, shard, seq }: OutboxRow): OutboxRow[] {
  const destination = destinationOf({ campaignId, shard });
  outbox.more.add(destination);
  const newest = outbox.waiting.findLast(({ event }) => destinationOf(event) === destination)?.event.seq ?? 0;
  if (newest < seq) return [];
  const rows = 'SELECT * FROM outbox WHERE campaign_id = ? AND shard = ? AND seq >= ? AND seq <= ?';
  return sql.exec<OutboxRow>(rows, campaignId, shard, seq, newest).toArray();
}
