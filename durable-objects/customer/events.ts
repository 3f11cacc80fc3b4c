/** Takes batches of feedback and events, inside one transaction. */
import type { Credit } from './credit.ts';
import { creditExposure, creditGoal, decisionOf, isFull, latestExposed, reachGoal } from './credit.ts';
import { creditDispatch } from './dispatch.ts';
import type { CallFacts, EventItem, FeedbackItem, GoalFacts, ItemResult, StoredDecision } from './protocol.ts';
import { isRemembered, learnsFrom } from './purposes.ts';
import type { CustomerStore } from './store.ts';
import { objectNow } from './view.ts';

/** The customer's own word, or their server's: it wins over what a request says. */
const NO_CONSENT: Credit = { status: 'rejected', reason: 'no_consent' };

function result(index: number, credit: Credit): ItemResult {
  return credit.status === 'rejected'
    ? { index, status: 'rejected', reason: credit.reason }
    : { index, status: credit.status };
}

/**
 * Takes items in one transaction; when that fails, each in one of its own, so that one that cannot be taken does not refuse the others.
 *
 * @param transact takes items whole or throws
 * @throws what `transact` throws for a single item
 */
export function takeTogether<Item extends { readonly index: number }>(
  items: readonly Item[],
  transact: (items: readonly Item[]) => ItemResult[],
): ItemResult[] {
  try {
    return transact(items);
  } catch (error) {
    if (items.length <= 1) throw error;
    return items.flatMap((item): ItemResult[] => {
      try {
        return transact([item]);
      } catch {
        return [{ index: item.index, status: 'rejected', reason: 'unavailable' }];
      }
    });
  }
}

/** Feedback with tokens. */
export function takeFeedback(store: CustomerStore, call: CallFacts, items: readonly FeedbackItem[]): ItemResult[] {
  const nowMs = objectNow(store.state, call.receivedAtMs);
  store.state.lastAtMs = nowMs;
  if (!isRemembered(store)) return items.map(({ index }) => result(index, NO_CONSENT));
  return items.map((item) => {
    const decision = decisionOf(store, item.record, nowMs);
    if (typeof decision === 'string') return result(item.index, { status: 'rejected', reason: decision });
    return result(item.index, creditItem(store, item, decision, objectNow(store.state, nowMs, item.atMs), nowMs));
  });
}

function creditItem(
  store: CustomerStore,
  item: FeedbackItem,
  decision: StoredDecision,
  atMs: number,
  nowMs: number,
): Credit {
  const { learning, untaught, mostTrials, network } = item;
  const taught = { learning, untaught, mostTrials, network };
  if (item.kind === 'exposure') return creditExposure(store, decision, atMs, nowMs, taught);
  if (item.kind === 'dispatch') return creditDispatch(store, decision, atMs, nowMs);
  const goal = item.goal as GoalFacts;
  const reached = { goal, orderId: item.orderId, atMs, ...taught };
  const credit = creditGoal(store, decision.record.decisionId, reached, nowMs);
  if (credit.status === 'accepted')
    reachGoal(store, { ...reached, eventId: undefined, decisionId: decision.record.decisionId }, nowMs);
  return credit;
}

/** Adds traits that came with events to those that are known. */
export function keepTraits(store: CustomerStore, traits: Readonly<Record<string, unknown>>): void {
  const { meta } = store.state;
  if (!meta || Object.keys(traits).length === 0 || !isRemembered(store)) return;
  store.saveMeta({ ...meta, profile: { ...meta.profile, traits: { ...meta.profile.traits, ...traits } } });
}

/** Behaviour, and goals reached without a token. */
export function takeEvents(store: CustomerStore, call: CallFacts, items: readonly EventItem[]): ItemResult[] {
  const nowMs = objectNow(store.state, call.receivedAtMs);
  store.state.lastAtMs = nowMs;
  if (!isRemembered(store)) return items.map(({ index }) => result(index, NO_CONSENT));
  return items.map((item) => {
    const atMs = objectNow(store.state, nowMs, item.atMs);
    return result(
      item.index,
      item.kind === 'behaviour' ? takeBehaviour(store, item, atMs) : takeGoal(store, item, atMs, nowMs),
    );
  });
}

function takeBehaviour(store: CustomerStore, item: EventItem, atMs: number): Credit {
  if (!learnsFrom(store)) return NO_CONSENT;
  const eventId = item.eventId ?? null;
  if (eventId !== null && store.state.behaviour.some((event) => event.eventId === eventId))
    return { status: 'duplicate' };
  store.addBehaviour({ atMs, name: item.name, valueMinor: item.valueMinor, eventId });
  return { status: 'accepted' };
}

function takeGoal(store: CustomerStore, item: EventItem, atMs: number, nowMs: number): Credit {
  const { name: id, windowMs, valueMinor, unit } = item;
  const goal: GoalFacts = { id, windowMs, valueMinor, ...(unit && { unit }) };
  const reached = { goal, orderId: item.orderId, atMs };
  const decisions = latestExposed(store, goal, atMs);
  // Taking it without crediting it would lose it: whoever reports so many orders is told.
  if (decisions.some((decision) => isFull(decision, goal.id, item.orderId)))
    return { status: 'rejected', reason: 'too_many_orders' };
  const decisionId = decisions[0]?.record.decisionId;
  if (!reachGoal(store, { ...reached, eventId: item.eventId, decisionId }, nowMs)) return { status: 'duplicate' };
  for (const decision of decisions) creditGoal(store, decision.record.decisionId, reached, nowMs);
  return { status: 'accepted' };
}
