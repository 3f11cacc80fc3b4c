/** Anonymous → known: what the anonymous customer leaves, and how the known one takes it. */
import type { Receipt } from '../../decisioning/receipt.ts';
import { giveBack } from './claims.ts';
import type { DecisionRow } from './decision-rows.ts';
import { MAX_LEGACY_RECEIPT_CHARS } from './limits.ts';
import type { Legacy, StoredDecision } from './protocol.ts';
import { refusalsOf, withPurposes } from './purposes.ts';
import { unpackReceipt } from './receipt-rows.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { pastTouchesKey } from './state.ts';
import type { CustomerStore } from './store.ts';
import type { Sql } from './tables.ts';

/**
 * Everything that caps, stickiness, counters, credits and replays need. The outbox stays behind and delivers itself, settlements too; claims that
 * are open go along, and whoever moved settles none of them any more.
 */
export function legacyOf(sql: Sql, state: CustomerState): Legacy | null {
  const { meta } = state;
  if (!meta) return null;
  return {
    from: meta.name,
    bucketingId: meta.bucketingId,
    voidUntilMs: Math.max(meta.forgottenUntilMs, meta.erasedAtMs ?? 0),
    traits: meta.profile.traits,
    timeZone: meta.profile.timeZone,
    told: refusalsOf(meta.profile),
    decisions: [...state.decisions.values()],
    receipts: receiptsOf(sql, state),
    pastTouches: [...state.pastTouches.values()],
    behaviour: state.behaviour,
    outcomes: state.outcomes,
    enrolments: [...state.enrolments.values()],
  };
}

function receiptsOf(sql: Sql, { decisions }: CustomerState): Record<string, Receipt> {
  const receipts: Record<string, Receipt> = {};
  let chars = 0;
  const rows = sql.exec<{ id: string; receipt: string }>(
    'SELECT id, receipt FROM decisions WHERE receipt IS NOT NULL ORDER BY at_ms DESC',
  );
  for (const { id, receipt } of rows) {
    chars += receipt.length;
    if (chars > MAX_LEGACY_RECEIPT_CHARS) break;
    const decision = decisions.get(id);
    if (decision) receipts[id] = unpackReceipt(receipt, decision);
  }
  return receipts;
}

/**
 * Takes a legacy; the caller sees to it that this happens once. Nothing is emitted: the evidence was counted where it was gathered.
 * What happened before the known customer was erased is not brought back.
 */
export function takeLegacy(store: CustomerStore, legacy: Legacy): void {
  const { state } = store;
  const sinceMs = state.meta?.erasedAtMs ?? Number.NEGATIVE_INFINITY;
  takeIdentity(store, legacy);
  if (legacy.voidUntilMs > 0) state.voided.set(legacy.from, legacy.voidUntilMs);
  for (const decision of legacy.decisions) {
    const { decisionId, atMs } = decision.record;
    if (state.decisions.has(decisionId)) continue;
    if (atMs <= sinceMs) {
      // It moved here with its claims, and ends here. Brought a second time, they may be settled already: then ledgers go by what they heard first.
      giveBack(store, [decision], state.lastAtMs);
      continue;
    }
    store.putDecision(bare(decision), legacy.receipts[decisionId], 'comesAlong');
    state.lastAtMs = Math.max(state.lastAtMs, atMs);
  }
  sortByTime(state.decisions);
  for (const touches of legacy.pastTouches) {
    const before = state.pastTouches.get(pastTouchesKey(touches));
    const count = (before?.count ?? 0) + touches.count;
    if (touches.atMs > sinceMs)
      store.putPastTouches({ ...touches, count, atMs: Math.max(before?.atMs ?? 0, touches.atMs) });
  }
  // An event that was reported before and after the customer became known is the same event told again.
  for (const event of legacy.behaviour) {
    const told = event.eventId !== null && state.behaviour.some(({ eventId }) => eventId === event.eventId);
    if (!told && event.atMs > sinceMs) store.addBehaviour(event);
  }
  for (const outcome of legacy.outcomes) {
    const told = state.outcomes.some(
      ({ goal, orderId, eventId }) =>
        goal === outcome.goal &&
        ((orderId !== null && orderId === outcome.orderId) || (eventId !== null && eventId === outcome.eventId)),
    );
    if (!told && outcome.atMs > sinceMs) store.addOutcome(outcome);
  }
  for (const enrolment of legacy.enrolments) {
    if (!state.enrolments.has(enrolment.campaignId) && enrolment.atMs > sinceMs) store.putEnrolment(enrolment);
  }
}

/** Without what rides in its row: a device of the version before brings it along unseen, and it is neither the customer's evidence nor in their order. */
function bare({ out: _evidence, reached: _goals, ...decision }: DecisionRow): StoredDecision {
  return decision;
}

/**
 * The bucketing id goes to a customer for whom nothing was drawn yet (a profile alone draws nothing), so that holdouts and splits stay
 * what they were. Traits fill in what the known customer's own leave open; consent is theirs to give and is not inherited, a refusal is.
 */
function takeIdentity(store: CustomerStore, legacy: Legacy): void {
  const { state } = store;
  const meta = state.meta as CustomerMeta;
  const undrawn = meta.bucketingId === meta.name && state.decisions.size === 0 && state.enrolments.size === 0;
  const { profile } = meta;
  const timeZone = profile.timeZone ?? legacy.timeZone;
  const erased = meta.erasedAtMs !== null;
  store.saveMeta({
    ...meta,
    bucketingId: undrawn && !erased ? legacy.bucketingId : meta.bucketingId,
    profile: erased
      ? profile
      : {
          ...withPurposes(profile, legacy.told ?? {}, 'page'),
          traits: { ...legacy.traits, ...profile.traits },
          ...(timeZone !== undefined && { timeZone }),
        },
  });
}

/** Pruning reads decisions in the order of time. */
function sortByTime(decisions: CustomerState['decisions']): void {
  const sorted = [...decisions].sort(([, a], [, b]) => a.record.atMs - b.record.atMs);
  decisions.clear();
  for (const [id, decision] of sorted) decisions.set(id, decision);
}
