/**
 * Crediting: what an exposure or a reached goal changes. Each dedupe key is judged against the stored decision in the same transaction
 * that writes the change and the outbox, so repeats, whatever their order, change nothing.
 */
import { ENROLLED_ARM, HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { saturated } from '../../decisioning/bandits/statistics.ts';
import type { EventRejection } from '../../decisioning/reasons.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { modelSumsOfConversion, modelSumsOfTrial, type WatchedTrial } from '../../decisioning/scoring/watch/trial.ts';
import { settledOnContact } from './claims.ts';
import { emit, markOf } from './emit.ts';
import { MAX_ORDERS } from './limits.ts';
import type {
  CreditedOutcome,
  GoalFacts,
  LearningFacts,
  OtherUnit,
  StoredDecision,
  StoredEnrolment,
} from './protocol.ts';
import { learnsFrom } from './purposes.ts';
import type { CustomerStore } from './store.ts';
import { hasTaught, trialOf } from './taught.ts';
import { countsBeside, sumsOfTrial, withOutcome } from './trial-sums.ts';

export type Credit =
  | { readonly status: 'accepted' | 'duplicate' }
  | { readonly status: 'rejected'; readonly reason: EventRejection };

const accepted: Credit = { status: 'accepted' };
const duplicate: Credit = { status: 'duplicate' };
const rejected = (reason: EventRejection): Credit => ({ status: 'rejected', reason });

/** What an outcome adds to revenue: nothing when its value is no money. */
function moneyOf({ valueMinor, unit }: { readonly valueMinor: number; readonly unit?: OtherUnit }): number {
  return unit === undefined ? valueMinor : 0;
}

/** Enrols the customer at first eligibility for a campaign that measures lift, whether they will see anything or not. */
export function enrol(store: CustomerStore, enrolment: Omit<StoredEnrolment, 'converted'>, nowMs: number): void {
  if (store.state.enrolments.has(enrolment.campaignId) || !learnsFrom(store)) return;
  const { goal, goalWindowMs, atMs } = enrolment;
  // A first visit is decided without this object: what the customer did since may have arrived before the token that tells of it.
  const since = store.state.outcomes.filter(
    (outcome) => outcome.goal === goal && outcome.atMs >= atMs && outcome.atMs <= atMs + goalWindowMs,
  );
  const converted = since.length > 0;
  store.putEnrolment({ ...enrolment, converted });
  const customerRevenueMinor = saturated(since.reduce((sum, outcome) => sum + moneyOf(outcome), 0));
  emit(store, enrolment, atMs, { customers: 1, convertedCustomers: converted ? 1 : 0, customerRevenueMinor }, nowMs);
}

function enrolmentOf(record: DecisionRecord): Omit<StoredEnrolment, 'converted' | 'armId'> {
  const { campaignId, leaf, goal, goalWindowMs, shard, atMs } = record;
  return { campaignId, leaf, goal, goalWindowMs, shard, atMs };
}

/**
 * The decision that a verified token names. One that was made without this object (a first visit) is stored now; one that was
 * dropped or erased is not brought back.
 */
export function decisionOf(
  store: CustomerStore,
  record: DecisionRecord,
  nowMs: number,
): StoredDecision | EventRejection {
  const { state } = store;
  const stored = state.decisions.get(record.decisionId);
  // A first visit that was repeated after a publish may have been decided twice: the first report says which one was shown.
  if (stored) return isSameChoice(stored.record, record) ? stored : 'superseded_token';
  if (state.meta?.erasedAtMs != null && record.atMs <= state.meta.erasedAtMs) return 'customer_erased';
  // What a device had forgotten before it became known is void; other devices have nothing to do with it.
  const voidUntilMs = Math.max(state.meta?.forgottenUntilMs ?? 0, state.voided.get(record.customer) ?? 0);
  if (record.expiresAtMs <= nowMs || record.atMs <= voidUntilMs) return 'expired_token';
  const born: StoredDecision = {
    record,
    requestId: record.decisionId,
    exposedAtMs: null,
    late: false,
    isTrial: false,
    converted: false,
    outcomes: [],
  };
  store.putDecision(born);
  if (record.measuresLift)
    enrol(store, { ...enrolmentOf(record), armId: record.armId === HOLDOUT_ARM ? HOLDOUT_ARM : ENROLLED_ARM }, nowMs);
  return born;
}

function isSameChoice(a: DecisionRecord, b: DecisionRecord): boolean {
  return a.campaignId === b.campaignId && a.armId === b.armId;
}

/**
 * The first exposure of a decision: a touch, and the period's trial when no other decision of the period was exposed before. From here on
 * the decision is counted by `learning`, whatever its campaign declares later: no sum ever mixes two declarations. `untaught`: seen, and no trial of its period;
 * so is what comes behind the last of a day's `mostTrials`.
 */
export function creditExposure(
  store: CustomerStore,
  decision: StoredDecision,
  atMs: number,
  nowMs: number,
  { learning, untaught: leftOut, mostTrials, network }: Omit<GoalReached, 'goal' | 'orderId' | 'atMs'> = {},
): Credit {
  if (decision.exposedAtMs !== null) return duplicate;
  const { record } = decision;
  const exposedAtMs = Math.max(atMs, record.atMs);
  // Who bought untaught must not become a trial without their purchase later.
  const isFirst = !trialOf(store.state, record, true);
  const untaught = leftOut ?? (isFirst && hasTaught(store.state, record, exposedAtMs, mostTrials) ? true : undefined);
  const isTrial = !untaught && isFirst && learnsFrom(store);
  // What was told to have gone out reached the customer then, however much later they looked.
  const late = decision.dispatchedAtMs === undefined ? exposedAtMs > record.claimExpiresAtMs : decision.late;
  const settled = settledOnContact(store, decision, nowMs);
  // As it is now: the conversion must go where the trial went, whoever the customer turns out to be.
  const ofNobody = isTrial && settled.models !== undefined && store.state.meta?.anonymous !== false;
  const isBounded = isTrial && network !== undefined && mostTrials !== undefined;
  const told = {
    ...(learning && { learning }),
    ...(ofNobody && { ofNobody }),
    ...(untaught && { untaught }),
    ...(isBounded && { network: [network, mostTrials] as const }),
  };
  const seen = { ...settled, exposedAtMs, late, isTrial, ...told };
  store.putDecision(seen);
  const trial = markOf(seen);
  const sums = isTrial ? sumsOfTrial(record, learning) : undefined;
  emit(store, record, exposedAtMs, { exposures: 1, trials: isTrial ? 1 : 0 }, nowMs, { sums, learning, trial });
  if (isTrial)
    for (const each of modelSumsOfTrial(watchedOf(seen)))
      emit(store, record, exposedAtMs, {}, nowMs, { sums: each, trial });
  return accepted;
}

export interface GoalReached {
  readonly goal: GoalFacts;
  readonly orderId: string | undefined;
  readonly atMs: number;
  /** Of the decision's campaign, should the exposure follow from the goal. */
  readonly learning?: LearningFacts | undefined;
  /** Such an exposure begins no trial. */
  readonly untaught?: true | undefined;
  /** Nor does one behind so many of its campaign and day. */
  readonly mostTrials?: number | undefined;
  /** As in `FeedbackItem`. */
  readonly network?: number | undefined;
}

/** Credits a goal to a decision; an outcome before its exposure implies the exposure. */
export function creditGoal(store: CustomerStore, decisionId: string, reached: GoalReached, nowMs: number): Credit {
  const decision = store.state.decisions.get(decisionId) as StoredDecision;
  const { record } = decision;
  const { goal, orderId } = reached;
  const atMs = Math.max(reached.atMs, record.atMs);
  if (atMs > record.expiresAtMs) return rejected('expired_token');
  if (atMs > record.atMs + goal.windowMs) return rejected('outside_window');
  const before = decision.outcomes.find((outcome) => outcome.goal === goal.id);
  if (before && (orderId === undefined || before.orders.includes(orderId))) return duplicate;
  if (isFull(decision, goal.id, orderId)) return rejected('too_many_orders');
  if (decision.exposedAtMs === null) creditExposure(store, decision, atMs, nowMs, reached);
  const exposed = store.state.decisions.get(decisionId) as StoredDecision;
  const counted = orderId !== undefined && isCounted(store, record, goal.id, orderId);
  const outcome: CreditedOutcome = before
    ? { ...before, valueMinor: before.valueMinor + goal.valueMinor, orders: [...before.orders, orderId as string] }
    : { goal: goal.id, atMs, valueMinor: goal.valueMinor, orders: orderId === undefined ? [] : [orderId] };
  store.putDecision({ ...exposed, outcomes: [...exposed.outcomes.filter((other) => other !== before), outcome] });
  rewardTrial(store, record, { goal, counted, atMs }, nowMs);
  return accepted;
}

/** Whether a decision has so many orders of a goal that no new one can be told from a repeated one. */
export function isFull({ outcomes }: StoredDecision, goal: string, orderId: string | undefined): boolean {
  const before = outcomes.find((outcome) => outcome.goal === goal);
  if (!before || orderId === undefined || before.orders.includes(orderId)) return false;
  return before.orders.length >= MAX_ORDERS;
}

/** Whether an order is in the campaign's revenue already: several decisions of one campaign may report the same one. */
function isCounted(store: CustomerStore, record: DecisionRecord, goal: string, orderId: string): boolean {
  for (const other of store.state.decisions.values()) {
    if (other.record.campaignId !== record.campaignId) continue;
    if (other.outcomes.some((outcome) => outcome.goal === goal && outcome.orders.includes(orderId))) return true;
  }
  return false;
}

/** Reward, revenue and named sums land on the period's trial: in its arm, its leaf and the hour of its exposure. */
function rewardTrial(
  store: CustomerStore,
  record: DecisionRecord,
  { goal, counted, atMs }: { readonly goal: GoalFacts; readonly counted: boolean; readonly atMs: number },
  nowMs: number,
): void {
  const own = store.state.decisions.get(record.decisionId);
  // Two devices of one customer may have begun periods of the same name: each trial is rewarded for itself.
  const trial = own?.isTrial ? own : trialOf(store.state, record);
  // A period whose trial was dropped for age has nothing left to credit.
  if (!trial || trial.exposedAtMs === null) return;
  const optimised = goal.id === record.goal;
  const first = optimised && !trial.converted;
  const revenueMinor = optimised && !counted ? moneyOf(goal) : 0;
  const more = withOutcome(trial, { goal: goal.id, value: goal.valueMinor, counted, atMs, moneyMinor: revenueMinor });
  if (first || more)
    store.putDecision({ ...trial, converted: trial.converted || optimised, ...(more && { tally: more.tally }) });
  const { sums = {} } = more ?? {};
  if (!first && revenueMinor === 0 && Object.keys(sums).length === 0) return;
  const mark = markOf(trial);
  emit(store, trial.record, trial.exposedAtMs, optimised ? { conversions: first ? 1 : 0, revenueMinor } : {}, nowMs, {
    sums,
    learning: trial.learning,
    trial: mark,
  });
  if (!first) return;
  for (const each of modelSumsOfConversion(watchedOf(trial)))
    emit(store, trial.record, trial.exposedAtMs, {}, nowMs, { sums: each, trial: mark });
}

/** What the versions that scored a trial are counted by. */
function watchedOf({ record, models, ofNobody }: StoredDecision): WatchedTrial {
  return { goal: record.goal, ...(models && { models }), ...(ofNobody && { anonymous: true }) };
}

/**
 * The customer reached a goal, however it was reported: counters see it, and so does intent to treat. An order or event id that was
 * seen before is the same outcome told again.
 *
 * @returns false when it was told before.
 */
export function reachGoal(
  store: CustomerStore,
  reached: GoalReached & { readonly eventId: string | undefined; readonly decisionId?: string | undefined },
  nowMs: number,
): boolean {
  const { goal, orderId, eventId, atMs } = reached;
  const { state } = store;
  const told = state.outcomes.some(
    (outcome) =>
      outcome.goal === goal.id &&
      ((orderId !== undefined && outcome.orderId === orderId) ||
        (eventId !== undefined && outcome.eventId === eventId)),
  );
  if (told) return false;
  const { id, valueMinor, unit } = goal;
  const ids = { orderId: orderId ?? null, eventId: eventId ?? null };
  store.addOutcome({ atMs, goal: id, valueMinor, ...ids, ...(unit && { unit }) }, reached.decisionId);
  for (const enrolment of state.enrolments.values()) {
    if (enrolment.goal !== goal.id || atMs < enrolment.atMs || atMs > enrolment.atMs + enrolment.goalWindowMs) continue;
    const change = { convertedCustomers: enrolment.converted ? 0 : 1, customerRevenueMinor: moneyOf(goal) };
    if (!enrolment.converted) store.putEnrolment({ ...enrolment, converted: true });
    emit(store, enrolment, enrolment.atMs, change, nowMs);
  }
  return true;
}

/**
 * The decisions that a goal without a token is credited to: of each campaign that optimises it, or counts it beside its own, the latest
 * exposed one in the goal's window.
 */
export function latestExposed(store: CustomerStore, goal: GoalFacts, atMs: number): StoredDecision[] {
  const latest = new Map<string, StoredDecision>();
  for (const decision of store.state.decisions.values()) {
    const { record, exposedAtMs } = decision;
    const windowMs = windowFor(decision, goal);
    if (windowMs === undefined || exposedAtMs === null || exposedAtMs > atMs || atMs > record.atMs + windowMs) continue;
    const other = latest.get(record.campaignId);
    if (!other || isLater(decision, other)) latest.set(record.campaignId, decision);
  }
  return [...latest.values()];
}

/** How long after a decision a goal is looked for; undefined when its campaign does not count the goal. */
function windowFor({ record, learning }: StoredDecision, goal: GoalFacts): number | undefined {
  if (record.goal === goal.id) return record.goalWindowMs;
  return countsBeside(learning, goal.id) ? goal.windowMs : undefined;
}

/** Later seen; of those seen at the same moment the one that was made later, then by id: the same whatever order memory holds them in. */
function isLater(a: StoredDecision, b: StoredDecision): boolean {
  const [seenA, seenB] = [a.exposedAtMs as number, b.exposedAtMs as number];
  if (seenA !== seenB) return seenA > seenB;
  if (a.record.atMs !== b.record.atMs) return a.record.atMs > b.record.atMs;
  return a.record.decisionId > b.record.decisionId;
}
