/** What forgetting a customer takes away, and what it leaves. */
import { giveBack } from './claims.ts';
import { moveOut, type Outbox } from './outbox.ts';
import type { CustomerMeta } from './state.ts';
import { EMPTY_PROFILE } from './state.ts';
import type { SqlStore } from './store.ts';
import type { Writer } from './writes.ts';

/** What holds a customer's own data; outbox and settlements do not, nor does the mark that the publisher must still hear of it. */
const OWN_TABLES = [
  'decisions',
  'past_touches',
  'blanks',
  'behaviour',
  'outcomes',
  'enrolments',
  'legacies',
  'log_out',
] as const;

/** Empties storage of everything that is the customer's own, but for what waits for delivery; memory is the caller's to read anew. */
export function emptyTables(sql: Writer, outbox: Outbox): void {
  moveOut(sql, outbox);
  for (const table of OWN_TABLES) sql.exec(`DELETE FROM ${table}`);
}

/** Empties the object but for a tombstone that voids the tokens of what was erased, until the last of them has expired. */
export function forget(store: SqlStore, erasedAtMs: number): void {
  const meta = store.state.meta as CustomerMeta;
  // Nobody can report what is forgotten: what it holds of ledgers goes back now.
  giveBack(store, store.state.decisions.values(), erasedAtMs);
  emptyTables(store.writer, store.state.outbox);
  store.saveMeta({ ...meta, erasedAtMs, createdAtMs: erasedAtMs, bucketingId: meta.name, profile: EMPTY_PROFILE });
}
