/** Keeps one customer within its limits. */
import { BLANK_LIFE_MS, MAX_BEHAVIOUR, MAX_BLANKS, MAX_DECISIONS, MAX_OUTCOMES, RETENTION_MS } from './limits.ts';
import type { CustomerStore } from './store.ts';

/** Drops what is too old or too much. Run now and then, inside a transaction: most calls find nothing to do. */
export function prune(sql: SqlStorage, store: CustomerStore, nowMs: number): void {
  const { state } = store;
  let forgottenUntilMs = 0;
  const excess = state.decisions.size - MAX_DECISIONS;
  let dropped = 0;
  for (const [id, { record }] of state.decisions) {
    const old = Math.max(record.expiresAtMs, record.atMs + RETENTION_MS) <= nowMs;
    if (!old && dropped >= excess) break;
    // A decision that still counts is forgotten only for want of room; its token must not count as a new one then.
    if (!old) forgottenUntilMs = Math.max(forgottenUntilMs, record.atMs);
    state.decisions.delete(id);
    sql.exec('DELETE FROM decisions WHERE id = ?', id);
    dropped += 1;
  }
  for (const [id, atMs] of state.blanks) {
    if (atMs > nowMs - BLANK_LIFE_MS && state.blanks.size <= MAX_BLANKS) break;
    state.blanks.delete(id);
    sql.exec('DELETE FROM blanks WHERE id = ?', id);
  }
  pruneList(sql, 'behaviour', state.behaviour, MAX_BEHAVIOUR, nowMs);
  pruneList(sql, 'outcomes', state.outcomes, MAX_OUTCOMES, nowMs);
  // Client time and late tokens bring decisions out of order: the watermark never falls.
  if (state.meta && forgottenUntilMs > state.meta.forgottenUntilMs) store.saveMeta({ ...state.meta, forgottenUntilMs });
}

function pruneList(
  sql: SqlStorage,
  table: 'behaviour' | 'outcomes',
  list: { readonly atMs: number }[],
  max: number,
  nowMs: number,
): void {
  let drop = Math.max(0, list.length - max);
  while (drop < list.length && (list[drop] as { atMs: number }).atMs <= nowMs - RETENTION_MS) drop += 1;
  if (drop === 0) return;
  list.splice(0, drop);
  sql.exec(`DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} ORDER BY seq LIMIT ?)`, drop);
}
