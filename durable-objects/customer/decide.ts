/** Decides from this customer's own state and stores what was chosen: check and act see the same state, in one transaction. */
import { ENROLLED_ARM, HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { MeasuredCampaign } from '../../decisioning/candidates.ts';
import type { PlacementDecision, PlacementRequest } from '../../decisioning/decide.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import { decideWithReceipt } from '../../decisioning/receipt.ts';
import { enrol } from './credit.ts';
import type { DecideCall, DecidedPlacement } from './protocol.ts';
import type { DecisionTimes } from './record.ts';
import { carriedRecord, recordOf, shardOf } from './record.ts';
import type { CustomerStore } from './store.ts';
import { inputOf, objectNow, type SharedFacts } from './view.ts';

/** Answers a call inside a transaction: repeated ids get their first answer, new ones are decided, claimed and stored. */
export function decideAndStore(
  store: CustomerStore,
  call: DecideCall,
  shared: SharedFacts,
): { decisions: DecidedPlacement[]; repeated: boolean } {
  const answers = new Map<string, DecidedPlacement>();
  for (const { placement, decisionId } of call.requests) {
    const stored = store.state.decisions.get(decisionId);
    if (stored || store.state.blanks.has(decisionId))
      answers.set(placement, {
        placement,
        decisionId,
        record: stored ? carriedRecord(stored.record) : null,
        refusals: {},
      });
  }
  const fresh = call.requests.filter(({ placement }) => !answers.has(placement));
  if (fresh.length > 0)
    for (const decided of decideFresh(store, call, shared, fresh)) answers.set(decided.placement, decided);
  return {
    decisions: call.requests.map(({ placement }) => answers.get(placement) as DecidedPlacement),
    repeated: fresh.length === 0,
  };
}

function decideFresh(
  store: CustomerStore,
  call: DecideCall,
  shared: SharedFacts,
  fresh: readonly PlacementRequest[],
): DecidedPlacement[] {
  const { state } = store;
  const nowMs = objectNow(state, call.receivedAtMs, call.clientAtMs);
  const times = { nowMs, claimedAtMs: objectNow(state, call.receivedAtMs) };
  const input = inputOf(state, call, shared, fresh, nowMs);
  const facts = { requestId: call.requestId, revision: call.revision, rules: rulesOf(call, fresh) };
  const { decisions, receipt } = decideWithReceipt(input, facts);
  const decided = decisions.map((decision) => {
    for (const measured of decision.measured) enrolMeasured(store, measured, call.name, times.claimedAtMs);
    return storeDecision(store, call, shared, decision, receipt, input.customer.bucketingId, times);
  });
  state.lastAtMs = Math.max(state.lastAtMs, times.claimedAtMs);
  return decided;
}

/** Measured from first eligibility on: in the treated group whatever they will be shown, or held out. */
function enrolMeasured(store: CustomerStore, measured: MeasuredCampaign, customer: string, atMs: number): void {
  const { campaign, leaf, heldOut } = measured;
  const enrolment = {
    campaignId: campaign.id,
    atMs,
    leaf,
    armId: heldOut ? HOLDOUT_ARM : ENROLLED_ARM,
    goal: campaign.goal,
    goalWindowMs: campaign.goalWindowMs ?? campaign.tokenLifeMs,
    shard: shardOf(campaign, customer),
  };
  enrol(store, enrolment, atMs);
}

function storeDecision(
  store: CustomerStore,
  call: DecideCall,
  shared: SharedFacts,
  decision: PlacementDecision,
  receipt: Receipt,
  bucketingId: string,
  times: DecisionTimes,
): DecidedPlacement {
  const { placement, decisionId, refusals } = decision;
  const slice = shared.sliceOf(placement);
  const record = slice ? recordOf(decision, slice, call, bucketingId, times) : null;
  const untouched = { exposedAtMs: null, late: false, isTrial: false, converted: false, outcomes: [] };
  // One receipt covers the request; it stands with each of its decisions, so that each can be replayed alone.
  if (record) store.putDecision({ record, requestId: call.requestId, ...untouched }, receipt);
  else if (call.repeatable) store.putBlank(decisionId, times.claimedAtMs);
  return { placement, decisionId, record: record && carriedRecord(record), refusals };
}

function rulesOf(call: DecideCall, requests: readonly PlacementRequest[]): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const { placement } of requests) {
    const hash = Object.hasOwn(call.rules, placement) ? call.rules[placement] : undefined;
    if (hash !== undefined) rules[placement] = hash;
  }
  return rules;
}
