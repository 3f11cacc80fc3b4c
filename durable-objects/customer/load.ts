/** Reads a customer from SQLite. */
import { toldAtMs } from './claims.ts';
import { unpackDecision } from './decision-rows.ts';
import type { Riding } from './outbox.ts';
import { loadOutbox } from './outbox-load.ts';
import type { OtherUnit, StoredEnrolment } from './protocol.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { emptyState, pastTouchesKey } from './state.ts';
import type { Sql } from './tables.ts';
import type { Waits } from './waits.ts';

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
  last_at_ms: number;
};

function metaOf(row: MetaRow): CustomerMeta {
  return {
    workspaceId: row.workspace_id,
    name: row.name,
    incarnation: row.incarnation,
    bucketingId: row.bucketing_id,
    anonymous: row.anonymous === 1,
    createdAtMs: row.created_at_ms,
    lastAtMs: row.last_at_ms,
    erasedAtMs: row.erased_at_ms,
    forgottenUntilMs: row.forgotten_until_ms,
    forwardTo: row.forward_to,
    legacyTaken: row.legacy_taken === 1,
    profile: JSON.parse(row.profile) as CustomerMeta['profile'],
  };
}

/** Reads everything that decisions and credits look at; receipts stay on disk, and tables without rows are not read. */
export function loadState(sql: Sql, waits: Waits): CustomerState {
  waits.forget();
  const state = emptyState();
  const metaRow = sql.exec<MetaRow>('SELECT * FROM meta').toArray()[0];
  if (metaRow) {
    const address = waits.has('address') && sql.exec<{ ends_at_ms: number }>('SELECT ends_at_ms FROM address').one();
    state.meta = { ...metaOf(metaRow), ...(address && { endsAtMs: address.ends_at_ms }) };
    state.lastAtMs = Math.max(metaRow.created_at_ms, metaRow.last_at_ms);
  }
  loadDecisions(sql, state, waits);
  loadBlanks(sql, state, waits);
  loadTouches(sql, state, waits);
  loadBehaviour(sql, state, waits);
  loadOutcomes(sql, state, waits);
  loadVoided(sql, state, waits);
  state.storedAtMs = state.lastAtMs;
  return state;
}

function sawIn(state: CustomerState): (atMs: number) => void {
  return (atMs) => {
    if (atMs > state.lastAtMs) state.lastAtMs = atMs;
  };
}

type PastTouchesRow = {
  campaign_id: string;
  channel: string;
  counts_toward_global: number;
  day: number;
  count: number;
  at_ms: number;
};

function loadDecisions(sql: Sql, state: CustomerState, waits: Waits): void {
  const saw = sawIn(state);
  const riding = new Map<string, Riding>();
  type Row = { seq: number; id: string; at_ms: number; decision: string };
  for (const row of sql.exec<Row>('SELECT seq, id, at_ms, decision FROM decisions ORDER BY at_ms, seq')) {
    const { out, reached, ...decision } = unpackDecision(row.id, row.at_ms, row.decision);
    const { decisionId } = decision.record;
    state.decisions.set(decisionId, decision);
    state.places.set(decisionId, row.seq);
    state.lastPlace = Math.max(state.lastPlace, row.seq);
    if (reached) state.outcomesWith.set(decisionId, reached);
    if (out) riding.set(decisionId, out);
    saw(toldAtMs(decision));
  }
  state.outbox = loadOutbox(sql, riding, waits);
}

function loadBlanks(sql: Sql, state: CustomerState, waits: Waits): void {
  if (!waits.has('blanks')) return;
  const saw = sawIn(state);
  for (const row of sql.exec<{ id: string; at_ms: number }>('SELECT id, at_ms FROM blanks ORDER BY at_ms')) {
    state.blanks.set(row.id, row.at_ms);
    saw(row.at_ms);
  }
}

function loadTouches(sql: Sql, state: CustomerState, waits: Waits): void {
  if (waits.has('past_touches'))
    for (const row of sql.exec<PastTouchesRow>('SELECT * FROM past_touches')) {
      const { campaign_id: campaignId, channel, day, count, at_ms: atMs } = row;
      const touches = { campaignId, channel, countsTowardGlobal: row.counts_toward_global === 1, day, count, atMs };
      state.pastTouches.set(pastTouchesKey(touches), touches);
    }
  if (waits.has('enrolments'))
    for (const row of sql.exec<{ enrolment: string }>('SELECT enrolment FROM enrolments')) {
      const enrolment = JSON.parse(row.enrolment) as StoredEnrolment;
      state.enrolments.set(enrolment.campaignId, enrolment);
    }
}

function loadVoided(sql: Sql, state: CustomerState, waits: Waits): void {
  type LegacyRow = { from_name: string; void_until_ms: number };
  if (!waits.has('legacies')) return;
  for (const row of sql.exec<LegacyRow>('SELECT from_name, void_until_ms FROM legacies WHERE void_until_ms > 0'))
    state.voided.set(row.from_name, row.void_until_ms);
}

function loadBehaviour(sql: Sql, state: CustomerState, waits: Waits): void {
  type EventRow = { at_ms: number; name: string; value_minor: number; event_id: string | null };
  if (!waits.has('behaviour')) return;
  const saw = sawIn(state);
  for (const row of sql.exec<EventRow>('SELECT at_ms, name, value_minor, event_id FROM behaviour ORDER BY seq')) {
    state.behaviour.push({ atMs: row.at_ms, name: row.name, valueMinor: row.value_minor, eventId: row.event_id });
    saw(row.at_ms);
  }
}

type OutcomeRow = {
  at_ms: number;
  goal: string;
  value_minor: number;
  order_id: string | null;
  event_id: string | null;
  unit: OtherUnit | null;
};

function loadOutcomes(sql: Sql, state: CustomerState, waits: Waits): void {
  const saw = sawIn(state);
  if (waits.has('outcomes'))
    for (const row of sql.exec<OutcomeRow>(
      'SELECT at_ms, goal, value_minor, order_id, event_id, unit FROM outcomes ORDER BY seq',
    ))
      state.outcomes.push({
        atMs: row.at_ms,
        goal: row.goal,
        valueMinor: row.value_minor,
        orderId: row.order_id,
        eventId: row.event_id,
        ...(row.unit && { unit: row.unit }),
      });
  if (state.outcomesWith.size > 0) {
    state.outcomes.push(...[...state.outcomesWith.values()].flat());
    state.outcomes.sort((one, other) => one.atMs - other.atMs);
  }
  for (const { atMs } of state.outcomes) saw(atMs);
}
