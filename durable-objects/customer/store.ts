/** The customer's state in SQLite. Every method writes memory and storage together; call them inside one transaction. */
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import { BLANK_LIFE_MS, MAX_BEHAVIOUR, MAX_BLANKS, MAX_DECISIONS, MAX_OUTCOMES, RETENTION_MS } from './limits.ts';
import type { StoredBehaviour, StoredDecision, StoredEnrolment, StoredOutcome } from './protocol.ts';
import type { CustomerMeta, CustomerState } from './state.ts';

/** One change of a campaign's statistics, on its way to the shard. */
export interface OutboxEntry {
  readonly campaignId: string;
  readonly shard: number;
  readonly leaf: string;
  readonly arm: string;
  readonly hour: number;
  readonly change: Partial<ArmStatistics>;
}

/** What credits and decisions write through; the simulator implements it over plain memory. */
export interface CustomerStore {
  readonly state: CustomerState;
  saveMeta(meta: CustomerMeta): void;
  putDecision(decision: StoredDecision, receipt?: Receipt): void;
  putBlank(decisionId: string, atMs: number): void;
  addBehaviour(event: StoredBehaviour): void;
  addOutcome(outcome: StoredOutcome): void;
  putEnrolment(enrolment: StoredEnrolment): void;
  enqueue(entry: OutboxEntry, atMs: number): void;
}

type MetaRow = {
  workspace_id: string;
  name: string;
  incarnation: string;
  bucketing_id: string;
  anonymous: number;
  created_at_ms: number;
  erased_at_ms: number | null;
  forgotten_until_ms: number;
  forward_to: string | null;
  legacy_taken: number;
  profile: string;
};

function metaOf(row: MetaRow): CustomerMeta {
  return {
    workspaceId: row.workspace_id,
    name: row.name,
    incarnation: row.incarnation,
    bucketingId: row.bucketing_id,
    anonymous: row.anonymous === 1,
    createdAtMs: row.created_at_ms,
    erasedAtMs: row.erased_at_ms,
    forgottenUntilMs: row.forgotten_until_ms,
    forwardTo: row.forward_to,
    legacyTaken: row.legacy_taken === 1,
    profile: JSON.parse(row.profile) as CustomerMeta['profile'],
  };
}

/** Reads everything that decisions and credits look at; receipts stay on disk. */
export function loadState(sql: SqlStorage): CustomerState {
  const metaRow = sql.exec<MetaRow>('SELECT * FROM meta').toArray()[0];
  const state: CustomerState = {
    meta: metaRow ? metaOf(metaRow) : null,
    decisions: new Map(),
    blanks: new Map(),
    behaviour: [],
    outcomes: [],
    enrolments: new Map(),
    lastAtMs: metaRow?.created_at_ms ?? 0,
  };
  const saw = (atMs: number | null): void => {
    if (atMs !== null && atMs > state.lastAtMs) state.lastAtMs = atMs;
  };
  for (const row of sql.exec<{ decision: string }>('SELECT decision FROM decisions ORDER BY at_ms')) {
    const decision = JSON.parse(row.decision) as StoredDecision;
    state.decisions.set(decision.record.decisionId, decision);
    saw(decision.record.atMs);
    saw(decision.exposedAtMs);
  }
  for (const row of sql.exec<{ id: string; at_ms: number }>('SELECT id, at_ms FROM blanks ORDER BY at_ms')) {
    state.blanks.set(row.id, row.at_ms);
    saw(row.at_ms);
  }
  type EventRow = { at_ms: number; name: string; value_minor: number; event_id: string | null };
  for (const row of sql.exec<EventRow>('SELECT at_ms, name, value_minor, event_id FROM behaviour ORDER BY seq')) {
    state.behaviour.push({ atMs: row.at_ms, name: row.name, valueMinor: row.value_minor, eventId: row.event_id });
    saw(row.at_ms);
  }
  type OutcomeRow = {
    at_ms: number;
    goal: string;
    value_minor: number;
    order_id: string | null;
    event_id: string | null;
  };
  for (const row of sql.exec<OutcomeRow>(
    'SELECT at_ms, goal, value_minor, order_id, event_id FROM outcomes ORDER BY seq',
  )) {
    state.outcomes.push({
      atMs: row.at_ms,
      goal: row.goal,
      valueMinor: row.value_minor,
      orderId: row.order_id,
      eventId: row.event_id,
    });
    saw(row.at_ms);
  }
  for (const row of sql.exec<{ enrolment: string }>('SELECT enrolment FROM enrolments')) {
    const enrolment = JSON.parse(row.enrolment) as StoredEnrolment;
    state.enrolments.set(enrolment.campaignId, enrolment);
  }
  return state;
}

/** The store over an object's own SQLite. */
export function sqlStore(sql: SqlStorage, state: CustomerState): CustomerStore {
  return {
    state,
    saveMeta(meta) {
      state.meta = meta;
      sql.exec(
        `INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET anonymous = excluded.anonymous, bucketing_id = excluded.bucketing_id,
           created_at_ms = excluded.created_at_ms, erased_at_ms = excluded.erased_at_ms, forgotten_until_ms = excluded.forgotten_until_ms,
           forward_to = excluded.forward_to, legacy_taken = excluded.legacy_taken, profile = excluded.profile`,
        meta.workspaceId,
        meta.name,
        meta.incarnation,
        meta.bucketingId,
        meta.anonymous ? 1 : 0,
        meta.createdAtMs,
        meta.erasedAtMs,
        meta.forgottenUntilMs,
        meta.forwardTo,
        meta.legacyTaken ? 1 : 0,
        JSON.stringify(meta.profile),
      );
    },
    putDecision(decision, receipt) {
      const { decisionId, atMs } = decision.record;
      state.decisions.set(decisionId, decision);
      sql.exec(
        `INSERT INTO decisions (id, at_ms, decision, receipt) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET decision = excluded.decision, receipt = coalesce(excluded.receipt, receipt)`,
        decisionId,
        atMs,
        JSON.stringify(decision),
        receipt ? JSON.stringify(receipt) : null,
      );
    },
    putBlank(decisionId, atMs) {
      state.blanks.set(decisionId, atMs);
      sql.exec('INSERT OR IGNORE INTO blanks VALUES (?, ?)', decisionId, atMs);
    },
    addBehaviour(event) {
      state.behaviour.push(event);
      sql.exec(
        'INSERT INTO behaviour (at_ms, name, value_minor, event_id) VALUES (?, ?, ?, ?)',
        event.atMs,
        event.name,
        event.valueMinor,
        event.eventId,
      );
    },
    addOutcome(outcome) {
      state.outcomes.push(outcome);
      sql.exec(
        'INSERT INTO outcomes (at_ms, goal, value_minor, order_id, event_id) VALUES (?, ?, ?, ?, ?)',
        outcome.atMs,
        outcome.goal,
        outcome.valueMinor,
        outcome.orderId,
        outcome.eventId,
      );
    },
    putEnrolment(enrolment) {
      state.enrolments.set(enrolment.campaignId, enrolment);
      sql.exec(
        'INSERT INTO enrolments VALUES (?, ?) ON CONFLICT (campaign_id) DO UPDATE SET enrolment = excluded.enrolment',
        enrolment.campaignId,
        JSON.stringify(enrolment),
      );
    },
    enqueue(entry, atMs) {
      sql.exec(
        'INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
        entry.campaignId,
        entry.shard,
        entry.leaf,
        entry.arm,
        entry.hour,
        JSON.stringify(entry.change),
        atMs,
      );
    },
  };
}

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
    if (!old) forgottenUntilMs = record.atMs;
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
  if (forgottenUntilMs > 0 && state.meta) store.saveMeta({ ...state.meta, forgottenUntilMs });
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
