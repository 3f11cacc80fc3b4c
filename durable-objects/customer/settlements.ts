/** The way from a customer to the ledgers: what became of claims, at least once; a row goes when its ledger has heard it. */
import { MAX_SETTLEMENTS, type Settlement } from '../budget/protocol.ts';
import type { Sql } from './tables.ts';

/** Ledgers that are told in one run: more than a workspace has, so that those that are down never keep others waiting. */
const MAX_LEDGERS = 512;

/** Settlements that wait for one ledger, in the order in which they were made. */
export interface SettlementBatch {
  readonly ledger: string;
  readonly settlements: readonly Settlement[];
  /** The last row of the batch. */
  readonly lastSeq: number;
}

type Row = {
  readonly seq: number;
  readonly decision_id: string;
  readonly lease_id: string;
  readonly units: number;
  readonly kind: Settlement['kind'];
};

/** Ledgers that something waits for, that of the oldest row first. */
export function ledgersToTell(sql: Sql): string[] {
  return sql
    .exec<{ ledger: string }>('SELECT ledger FROM settlements GROUP BY ledger ORDER BY min(seq) LIMIT ?', MAX_LEDGERS)
    .toArray()
    .map(({ ledger }) => ledger);
}

/** The oldest settlements of a ledger; null when none waits. */
export function nextBatch(sql: Sql, ledger: string): SettlementBatch | null {
  const rows = sql
    .exec<Row>(
      'SELECT seq, decision_id, lease_id, units, kind FROM settlements WHERE ledger = ? ORDER BY seq LIMIT ?',
      ledger,
      MAX_SETTLEMENTS,
    )
    .toArray();
  const last = rows.at(-1);
  if (!last) return null;
  const settlements = rows.map(({ decision_id, lease_id, units, kind }) => ({
    decisionId: decision_id,
    leaseId: lease_id,
    units,
    kind,
  }));
  return { ledger, settlements, lastSeq: last.seq };
}

/** Removes what a ledger has heard. */
export function settledUpTo(sql: Sql, { ledger, lastSeq }: SettlementBatch): void {
  sql.exec('DELETE FROM settlements WHERE ledger = ? AND seq <= ?', ledger, lastSeq);
}

/** When the oldest settlement that waits was made; null when none does. */
export function oldestSettlementAtMs(sql: Sql): number | null {
  return sql.exec<{ at_ms: number | null }>('SELECT min(at_ms) AS at_ms FROM settlements').one().at_ms;
}
