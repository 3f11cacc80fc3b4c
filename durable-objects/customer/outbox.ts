/**
 * The way from a customer to the shards: events in order, at least once. An event is stored in the row of a decision that its call writes anyway, or
 * in a row of its own where the call writes none. Rows of their own go when the shard has acknowledged them; what rides along goes with the next
 * write of its row, and every row says up to where all was acknowledged. An instance that starts may so deliver the last ones once more: shards know
 * them by their sequence.
 */
import type { Delivery, DeliveryReply, StatisticsEvent } from '../campaign/protocol.ts';
import { MAX_DELIVERY_EVENTS } from '../campaign/protocol.ts';
import { RETOLD_MS } from './limits.ts';
import type { Sql } from './tables.ts';
import type { Writer } from './writes.ts';

/** One change of a campaign's statistics, on its way to the shard. */
export interface OutboxEntry extends Omit<StatisticsEvent, 'seq' | 'atMs'> {
  readonly campaignId: string;
  readonly shard: number;
}

/** An entry with its place and its time, as it is stored with a decision. */
export interface StoredEvent extends OutboxEntry {
  readonly seq: number;
  readonly atMs: number;
}

/** What the row of a decision says of the outbox. */
export interface Riding {
  /** The last position that was given out when the row was written. */
  readonly seq: number;
  /** Up to here everything had been acknowledged. */
  readonly ackedSeq: number;
  /** What rides along; absent when nothing does. */
  readonly events?: readonly StoredEvent[];
}

/** An event that waits for its shard. */
export interface WaitingEvent {
  readonly event: StoredEvent;
  /** The decision whose row it is stored in; null: in a row of its own. */
  home: string | null;
  /** Read from a decision's row: an instance before this one wrote it, and has most likely delivered it. */
  readonly isOld: boolean;
}

/** The outbox in memory. */
export interface Outbox {
  /** The last position that was given out: never given again, whatever is dropped. */
  lastSeq: number;
  /** What is not known to be acknowledged, oldest first; of a destination in {@link more} the oldest alone. */
  waiting: readonly WaitingEvent[];
  /** Destinations of which newer events wait in rows of their own that memory has not read. */
  readonly more: Set<string>;
  /** The decision whose row was written last, and knows `lastSeq`; null where there is none. */
  seqHome: string | null;
  /** What the table's own counter knows of positions. */
  countedSeq: number;
}

/**
 * Events of one destination in memory, some hundred bytes each: what one delivery carries. Beyond it, in a long outage, they wait in rows of their own, and
 * are read when those before them have arrived.
 */
export const MAX_WAITING_IN_MEMORY = 200;
/** Destinations served in one run: more than a workspace has campaigns, so that those that are down never keep others waiting. */
const MAX_DESTINATIONS = 512;

/** An outbox that nothing was ever put in. */
export function emptyOutbox(): Outbox {
  return { lastSeq: 0, waiting: [], more: new Set(), seqHome: null, countedSeq: 0 };
}

/** A destination's name in memory. */
export const destinationOf = ({ campaignId, shard }: Pick<OutboxEntry, 'campaignId' | 'shard'>): string =>
  `${campaignId} ${shard}`;

/** Puts an event behind the others. @returns false where memory has no room for it: it must have a row of its own */
export function putLast(outbox: Outbox, waiting: WaitingEvent): boolean {
  const destination = destinationOf(waiting.event);
  if (outbox.more.has(destination) || isFull(outbox, destination)) {
    outbox.more.add(destination);
    return false;
  }
  outbox.waiting = [...outbox.waiting, waiting];
  return true;
}

function isFull({ waiting }: Outbox, destination: string): boolean {
  if (waiting.length < MAX_WAITING_IN_MEMORY) return false;
  return waiting.filter(({ event }) => destinationOf(event) === destination).length >= MAX_WAITING_IN_MEMORY;
}

/** Whether there is a destination of which nothing is left in memory, and more in rows. */
export function isReadOut({ waiting, more }: Outbox): boolean {
  if (more.size === 0) return false;
  const inMemory = new Set(waiting.map(({ event }) => destinationOf(event)));
  return [...more].some((destination) => !inMemory.has(destination));
}

/** What is stored with a decision's row that is written now; undefined where no event ever was. */
export function ridingOf(outbox: Outbox, decisionId: string): Riding | undefined {
  const { lastSeq, waiting } = outbox;
  if (lastSeq === 0) return undefined;
  const events = waiting.filter(({ home }) => home === decisionId).map(({ event }) => event);
  const [first] = waiting;
  const ackedSeq = first ? first.event.seq - 1 : lastSeq;
  return { seq: lastSeq, ackedSeq, ...(events.length > 0 && { events }) };
}

/** Whether something waits that this instance wrote, or that has a row of its own: what rode along before is in the care of the alarm that was set with it. */
export function isFresh({ waiting, more }: Outbox): boolean {
  return more.size > 0 || waiting.some(({ isOld }) => !isOld);
}

/**
 * Lets go of what instances before this one wrote so long ago that their alarm has seen to it.
 *
 * @param isStuck whether an alarm came back with something undelivered: then all is kept until it is through. Asked only where something is to go
 */
export function letGo(outbox: Outbox, nowMs: number, isStuck: () => boolean): void {
  const isOver = ({ isOld, event }: WaitingEvent) => isOld && event.atMs <= nowMs - RETOLD_MS;
  if (outbox.waiting.some(isOver) && !isStuck()) outbox.waiting = outbox.waiting.filter((waiting) => !isOver(waiting));
}

/** Gives an event a row of its own. */
export function writeEvent(sql: Writer, outbox: Outbox, event: StoredEvent): void {
  const { seq, atMs, sums, momentsHour, trial, ...entry } = event;
  outbox.countedSeq = Math.max(outbox.countedSeq, seq);
  sql.exec(
    'INSERT INTO outbox (seq, campaign_id, shard, leaf, arm, hour, change, sums, moments_hour, at_ms, trial) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    seq,
    entry.campaignId,
    entry.shard,
    entry.leaf,
    entry.arm,
    entry.hour,
    JSON.stringify(entry.change),
    sums ? JSON.stringify(sums) : null,
    momentsHour ?? null,
    atMs,
    trial ? JSON.stringify(trial) : null,
  );
}

/** Keeps what rides in the rows of decisions that are about to be dropped; all of them where `ids` is not told. */
export function moveOut(sql: Writer, outbox: Outbox, ids?: ReadonlySet<string>): void {
  const isDropped = (id: string | null) => id !== null && (ids?.has(id) ?? true);
  for (const waiting of outbox.waiting) {
    if (!isDropped(waiting.home)) continue;
    writeEvent(sql, outbox, waiting.event);
    waiting.home = null;
  }
  if (isDropped(outbox.seqHome)) outbox.seqHome = null;
}

/** Sees to it that positions are not given twice: where no row of a decision knows the last one, the table's own counter does. */
export function keepPosition(sql: Writer, outbox: Outbox): void {
  if (outbox.seqHome !== null || outbox.lastSeq <= outbox.countedSeq) return;
  outbox.countedSeq = outbox.lastSeq;
  sql.exec(
    `INSERT OR IGNORE INTO outbox (seq, campaign_id, shard, leaf, arm, hour, change, at_ms) VALUES (?, '', 0, '', '', 0, '{}', 0)`,
    outbox.lastSeq,
  );
  sql.exec(`DELETE FROM outbox WHERE seq = ? AND campaign_id = ''`, outbox.lastSeq);
}

/** The oldest undelivered events of every destination, without omission, so that a shard can go by the sequence alone. */
export function pendingDeliveries({ waiting }: Outbox, workspaceId: string, source: string): Delivery[] {
  const deliveries = new Map<string, Delivery & { readonly events: StatisticsEvent[] }>();
  for (const { event } of waiting) {
    // With the time that it was stored with: shards look for a repeat where they found the first.
    const { campaignId, shard, ...told } = event;
    const key = destinationOf(event);
    const known = deliveries.get(key);
    if (known) {
      if (known.events.length < MAX_DELIVERY_EVENTS) known.events.push(told);
    } else if (deliveries.size < MAX_DESTINATIONS)
      deliveries.set(key, { workspaceId, campaignId, shard, source, events: [told] });
  }
  return [...deliveries.values()];
}

/** Whether all that waits rides in rows of decisions: what was acknowledged of it is let go of in memory alone. */
export function isRiding({ waiting, more }: Outbox): boolean {
  return more.size === 0 && waiting.every(({ home }) => home !== null);
}

/** Removes what a shard has acknowledged. */
export function acknowledge(sql: Sql, outbox: Outbox, delivery: Delivery, reply: DeliveryReply): void {
  const { campaignId, shard } = delivery;
  const upToSeq = reply.ackedSeq;
  const isAcked = ackedBy(delivery, upToSeq);
  if (outbox.waiting.some((waiting) => waiting.home === null && isAcked(waiting)))
    sql.exec('DELETE FROM outbox WHERE campaign_id = ? AND shard = ? AND seq <= ?', campaignId, shard, upToSeq);
  outbox.waiting = outbox.waiting.filter((waiting) => !isAcked(waiting));
}

/** The same without storage, for whoever is not the object that the outbox is of: what has come to have a row of its own meanwhile stays, and is told again. */
export function acknowledgeRiding(outbox: Outbox, delivery: Delivery, reply: DeliveryReply): void {
  const isAcked = ackedBy(delivery, reply.ackedSeq);
  outbox.waiting = outbox.waiting.filter((waiting) => waiting.home === null || !isAcked(waiting));
}

function ackedBy({ campaignId, shard }: Delivery, upToSeq: number): (waiting: WaitingEvent) => boolean {
  return ({ event }) => event.campaignId === campaignId && event.shard === shard && event.seq <= upToSeq;
}

/** When the oldest event that waits was written; null when none does. */
export function oldestUndeliveredAtMs({ waiting }: Outbox): number | null {
  return waiting.length === 0 ? null : waiting.reduce((oldest, { event }) => Math.min(oldest, event.atMs), Infinity);
}
