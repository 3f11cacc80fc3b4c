/** Keeps one customer within its limits. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { isOpen } from './claims.ts';
import { contactAtMs } from './dispatch.ts';
import {
  BLANK_LIFE_MS,
  MAX_BEHAVIOUR,
  MAX_BLANKS,
  MAX_DECISIONS,
  MAX_OUTCOMES,
  RETENTION_MS,
  SEEN_GRAIN_MS,
} from './limits.ts';
import type { StoredDecision } from './protocol.ts';
import { type CustomerState, pastTouchesKey } from './state.ts';
import type { CustomerStore } from './store.ts';
import type { Writer } from './writes.ts';

const MS_PER_DAY = 86_400_000;

/** Drops what is too old or too much. Run after every change, as part of it: most calls find nothing to do. */
export function prune(sql: Writer, store: CustomerStore, nowMs: number): void {
  const { state } = store;
  for (const [id, atMs] of state.blanks) {
    if (atMs > nowMs - BLANK_LIFE_MS && state.blanks.size <= MAX_BLANKS) break;
    state.blanks.delete(id);
    sql.exec('DELETE FROM blanks WHERE id = ?', id);
  }
  prunePastTouches(sql, state, nowMs - RETENTION_MS - SEEN_GRAIN_MS);
  pruneList(sql, 'behaviour', state.behaviour, MAX_BEHAVIOUR, nowMs);
  pruneList(sql, 'outcomes', state.outcomes, MAX_OUTCOMES, nowMs, () => rowlessOf(store));
  // After the outcomes that are stored with them: what is left of those goes on elsewhere.
  pruneDecisions(store, nowMs);
}

function prunePastTouches(sql: Writer, { pastTouches }: CustomerState, oldestMs: number): void {
  const before = pastTouches.size;
  for (const [key, { atMs }] of pastTouches) if (atMs <= oldestMs) pastTouches.delete(key);
  if (pastTouches.size < before) sql.exec('DELETE FROM past_touches WHERE at_ms <= ?', oldestMs);
}

function pruneDecisions(store: CustomerStore, nowMs: number): void {
  const { state } = store;
  let excess = state.decisions.size - MAX_DECISIONS;
  if (excess <= 0 && !isOldestOld(state, nowMs)) return;
  let forgottenUntilMs = 0;
  const newest = newestOfCampaigns(state);
  for (const [id, decision] of state.decisions) {
    const { record } = decision;
    const old = isOld(decision, nowMs);
    if (!old && excess <= 0) break;
    // Whoever forgets a claim can neither post it nor give it back.
    if (isOpen(decision)) continue;
    // Its row holds what counters still count.
    if (old && state.outcomesWith.get(id)?.some(({ atMs }) => atMs > nowMs - RETENTION_MS)) continue;
    if (!old && stillDecides(decision, newest.get(record.campaignId) === id, nowMs)) continue;
    if (!old) {
      // It makes room for want of space: its touch goes on counting, and its token must not count as a new one.
      keepTouch(store, decision);
      forgottenUntilMs = Math.max(forgottenUntilMs, record.atMs);
    }
    excess -= 1;
    store.dropDecision(id);
  }
  // Client time and late tokens bring decisions out of order: the watermark never falls.
  if (state.meta && forgottenUntilMs > state.meta.forgottenUntilMs) store.saveMeta({ ...state.meta, forgottenUntilMs });
}

/** By any time that the object may find on its disk: what of its time is not stored is less than the grain. No token outlives its decision. */
function isOld({ record }: StoredDecision, nowMs: number): boolean {
  return Math.max(record.expiresAtMs, record.atMs + RETENTION_MS) <= nowMs - SEEN_GRAIN_MS;
}

function isOldestOld(state: CustomerState, nowMs: number): boolean {
  const oldest = state.decisions.values().next();
  return !oldest.done && isOld(oldest.value, nowMs);
}

/** campaign → id of its latest decision, which carries the assignment. */
function newestOfCampaigns(state: CustomerState): Map<string, string> {
  const newest = new Map<string, string>();
  for (const [id, { record }] of state.decisions) newest.set(record.campaignId, id);
  return newest;
}

/** A pending claim, or the trial or assignment of a sticky period that is alive: without it a cap or a period would be forgotten. */
function stillDecides(decision: StoredDecision, isNewest: boolean, nowMs: number): boolean {
  const { record, isTrial, untaught } = decision;
  if (contactAtMs(decision) === null && record.claimExpiresAtMs > nowMs) return true;
  return record.stickyUntilMs > nowMs && (isTrial || untaught === true || isNewest);
}

function keepTouch(store: CustomerStore, decision: StoredDecision): void {
  const { campaignId, armId, channel, countsTowardGlobal } = decision.record;
  const contactMs = contactAtMs(decision);
  if (contactMs === null || armId === HOLDOUT_ARM) return;
  const place = { campaignId, channel, countsTowardGlobal, day: Math.floor(contactMs / MS_PER_DAY) };
  const before = store.state.pastTouches.get(pastTouchesKey(place));
  const atMs = Math.max(before?.atMs ?? 0, contactMs);
  store.putPastTouches({ ...place, count: (before?.count ?? 0) + 1, atMs });
}

function pruneList(
  sql: Writer,
  table: 'behaviour' | 'outcomes',
  list: { readonly atMs: number }[],
  max: number,
  nowMs: number,
  rowlessOf: () => ReadonlySet<unknown> = () => new Set(),
): void {
  const oldestMs = nowMs - RETENTION_MS;
  if (list.length <= max && !(list.length > 0 && (list[0] as { atMs: number }).atMs <= oldestMs)) return;
  // What a device brought was written late, and an instance that starts has outcomes by time: memory and rows must let go of the same ones.
  const order = table === 'outcomes' ? 'at_ms, seq' : 'seq';
  if (table === 'outcomes') list.sort((one, other) => one.atMs - other.atMs);
  let drop = Math.max(0, list.length - max);
  while (drop < list.length && (list[drop] as { atMs: number }).atMs <= oldestMs) drop += 1;
  const rowless = rowlessOf();
  const rows = list.splice(0, drop).filter((one) => !rowless.has(one)).length;
  if (rows > 0)
    sql.exec(`DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} ORDER BY ${order} LIMIT ?)`, rows);
}

/**
 * Outcomes without rows of their own. Those that are stored with decisions are left out when they are read again; those of this change, which a device may
 * bring, are not stored at all: a row that went for one of them would be a younger one's.
 */
function rowlessOf({ state, newOutcomes }: CustomerStore): ReadonlySet<unknown> {
  return new Set([...[...state.outcomesWith.values()].flat(), ...newOutcomes]);
}
