/** A statistics shard: what customers' outboxes say, counted once each, and what of it the root has not heard yet. */
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { checkDelivery, checkSame } from './check.ts';
import { ADDED, COLUMNS, PLACEHOLDERS, SELECTED, type StatisticsRow, statisticsOf, valuesOf } from './columns.ts';
import type { Delivery, DeliveryReply, ShardReport, StatisticsCell, StatisticsEvent } from './protocol.ts';
import { MAX_REPORT_CELLS } from './protocol.ts';
import { addVectors, changedVectors, firstVectorBeyond } from './shard-vectors.ts';

interface ShardRow extends Record<string, SqlStorageValue> {
  workspaceId: string;
  campaignId: string;
  shard: number;
  seq: number;
  ackedSeq: number;
  failures: number;
}

/** The durable state of one shard. Every method is one synchronous step: nothing can happen half-way through. */
export class CampaignShard {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /**
   * Counts the events that were not counted before.
   *
   * @returns the position up to which the source's events are counted, durably once the reply is out
   * @throws RangeError when the delivery breaks the protocol or is another shard's; nothing is stored then
   */
  apply(delivery: Delivery): DeliveryReply {
    checkDelivery(delivery);
    return this.#storage.transactionSync(() => {
      const shard = this.#introduce(delivery);
      const countedSeq = this.#countedSeq(delivery.source);
      const fresh = delivery.events.filter((event) => event.seq > countedSeq);
      const last = fresh.at(-1);
      if (last === undefined) return { outcome: 'applied', ackedSeq: countedSeq };
      this.#add(fresh, shard.seq + 1);
      addVectors(this.#sql, fresh, shard.seq + 1);
      this.#sql.exec('UPDATE shard SET seq = ?', shard.seq + 1);
      this.#sql.exec(
        'INSERT INTO sources (source, seq) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET seq = excluded.seq',
        delivery.source,
        last.seq,
      );
      return { outcome: 'applied', ackedSeq: last.seq };
    });
  }

  /** The oldest changes that the root has not acknowledged, as many cells and vectors as a report holds; null when there are none. */
  nextReport(): ShardReport | null {
    const shard = this.#row();
    if (!shard) return null;
    type ChangedRow = StatisticsRow & { leaf: string; arm: string; hour: number; changedSeq: number };
    const rows = this.#sql
      .exec<ChangedRow>(
        `SELECT leaf, arm, hour, changed_seq AS changedSeq, ${SELECTED} FROM cells
         WHERE changed_seq > ? ORDER BY changed_seq LIMIT ?`,
        shard.ackedSeq,
        MAX_REPORT_CELLS + 1,
      )
      .toArray();
    // A report ends between two deliveries: what of one that is cut in half comes later would count as acknowledged. One delivery changes
    // fewer cells and vectors than a report holds, so something always remains.
    const cellsCutSeq = rows[MAX_REPORT_CELLS]?.changedSeq ?? Number.MAX_SAFE_INTEGER;
    const cutSeq = Math.min(cellsCutSeq, firstVectorBeyond(this.#sql, shard.ackedSeq) ?? Number.MAX_SAFE_INTEGER);
    const reported = rows.filter((row) => row.changedSeq < cutSeq);
    const changed = changedVectors(this.#sql, shard.ackedSeq, cutSeq);
    const seq = Math.max(reported.at(-1)?.changedSeq ?? 0, changed.at(-1)?.changedSeq ?? 0);
    if (seq === 0) return null;
    const cells = reported.map(
      (row): StatisticsCell => ({ leaf: row.leaf, arm: row.arm, hour: row.hour, statistics: statisticsOf(row) }),
    );
    const vectors = changed.map(({ vector }) => vector);
    const { workspaceId, campaignId } = shard;
    return { workspaceId, campaignId, shard: shard.shard, seq, cells, ...(vectors.length > 0 && { vectors }) };
  }

  /** The root holds everything up to `seq`; an acknowledgement that arrives late takes nothing back. */
  acknowledge(seq: number): void {
    this.#sql.exec('UPDATE shard SET acked_seq = max(acked_seq, ?), failures = 0', seq);
  }

  /** Counts a report that did not get through; returns how many in a row. */
  noteFailure(): number {
    this.#sql.exec('UPDATE shard SET failures = failures + 1');
    return this.#row()?.failures ?? 1;
  }

  #row(): ShardRow | undefined {
    return this.#sql
      .exec<ShardRow>(
        `SELECT workspace_id AS workspaceId, campaign_id AS campaignId, shard, seq, acked_seq AS ackedSeq, failures FROM shard`,
      )
      .toArray()[0];
  }

  #introduce(delivery: Delivery): ShardRow {
    const known = this.#row();
    if (known) {
      checkSame(known, delivery);
      if (known.shard !== delivery.shard) throw new RangeError('campaign statistics: another shard’s call');
      return known;
    }
    const { workspaceId, campaignId, shard } = delivery;
    this.#sql.exec(
      'INSERT INTO shard (id, workspace_id, campaign_id, shard) VALUES (1, ?, ?, ?)',
      workspaceId,
      campaignId,
      shard,
    );
    return { workspaceId, campaignId, shard, seq: 0, ackedSeq: 0, failures: 0 };
  }

  #countedSeq(source: string): number {
    const row = this.#sql.exec<{ seq: number }>('SELECT seq FROM sources WHERE source = ?', source).toArray()[0];
    return row?.seq ?? 0;
  }

  /** One statement per cell, not per event: a delivery mostly speaks of a few cells. */
  #add(events: readonly StatisticsEvent[], seq: number): void {
    const cells = new Map<string, StatisticsCell>();
    for (const { leaf, arm, hour, change } of events) {
      const key = JSON.stringify([leaf, arm, hour]);
      const statistics = addStatistics(cells.get(key)?.statistics ?? emptyStatistics, change);
      cells.set(key, { leaf, arm, hour, statistics });
    }
    for (const { leaf, arm, hour, statistics } of cells.values()) {
      this.#sql.exec(
        `INSERT INTO cells (leaf, arm, hour, changed_seq, ${COLUMNS}) VALUES (?, ?, ?, ?, ${PLACEHOLDERS})
         ON CONFLICT (leaf, arm, hour) DO UPDATE SET changed_seq = excluded.changed_seq, ${ADDED}`,
        leaf,
        arm,
        hour,
        seq,
        ...valuesOf(statistics),
      );
    }
  }
}
