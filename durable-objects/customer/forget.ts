/** What forgetting a customer takes away, and what it leaves. */
import { giveBack } from './claims.ts';
import { moveOut } from './outbox.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
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

/** Empties storage of everything that is the customer's own, but for what waits for delivery; what is left of memory is the caller's to read anew. */
export function emptyTables(sql: Writer, state: CustomerState): void {
  moveOut(sql, state.outbox);
  for (const table of OWN_TABLES) sql.exec(`DELETE FROM ${table}`);
  // What prunes at the end of the change must not find a place for what is gone.
  for (const held of [state.decisions, state.places, state.pastTouches, state.blanks, state.outcomesWith]) held.clear();
  for (const list of [state.behaviour, state.outcomes]) list.length = 0;
}

/** Empties the object but for a tombstone that voids the tokens of what was erased, until the last of them has expired. */
export function forget(store: SqlStore, erasedAtMs: number): void {
  const meta = store.state.meta as CustomerMeta;
  // Nobody can report what is forgotten: what it holds of ledgers goes back now.
  giveBack(store, store.state.decisions.values(), erasedAtMs);
  emptyTables(store.writer, store.state);
  store.saveMeta({ ...meta, erasedAtMs, createdAtMs: erasedAtMs, bucketingId: meta.name, profile: EMPTY_PROFILE });
}
