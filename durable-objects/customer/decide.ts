/** Decides from this customer's own state and stores what was chosen: check and act see the same state, in one transaction. */
import { ENROLLED_ARM, HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { MeasuredCampaign } from '../../decisioning/candidates.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { PlacementDecision, PlacementRequest } from '../../decisioning/decide.ts';
import { type Purse, type PurseTaker, purseTaker, purseTimeMs } from '../../decisioning/limits/purse.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import { decideWithReceipt } from '../../decisioning/receipt.ts';
import type { KeptUses } from '../../decisioning/scoring/kept-use.ts';
import { modelPath } from '../../decisioning/scoring/paths.ts';
import { versusOf } from '../../decisioning/versus.ts';
import type { CustomerView, Evidence } from '../../decisioning/view.ts';
import { forgottenAtMs, nameOfClaims, takeClaims, toldClaims } from './claims.ts';
import { enrol } from './credit.ts';
import type { DecideCall, DecidedPlacement, StoredDecision } from './protocol.ts';
import type { DecisionTimes } from './record.ts';
import { carriedRecord, recordOf, shardOf } from './record.ts';
import type { CustomerState } from './state.ts';
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
    const isBlank = !stored && store.state.blanks.has(decisionId);
    // Its worker puts these units back: the same call, arriving again once the answer was forgotten for age, would claim them a second time.
    if (isBlank && call.purse) store.putBlank(decisionId, objectNow(store.state, call.receivedAtMs));
    if (stored || isBlank)
      answers.set(placement, {
        placement,
        decisionId,
        record: stored ? carriedRecord(stored.record) : null,
        refusals: {},
        ...(stored && toldClaims(stored)),
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
  const claimedAtMs = objectNow(state, call.receivedAtMs);
  const times = { nowMs, claimedAtMs };
  const purse = purseOf(state, call);
  const input = inputOf(state, call, shared, fresh, nowMs, purse);
  const facts = { requestId: call.requestId, revision: call.revision, rules: rulesOf(call, fresh) };
  const { decisions, receipt } = decideWithReceipt(input, facts);
  const take = purseTaker(purse, purseTimeMs(claimedAtMs, call.receivedAtMs));
  const made: Made = { receipt, customer: input.customer, evidence: input.evidence, times, take };
  const decided = decisions.map((decision) => {
    for (const measured of decision.measured) enrolMeasured(store, measured, call.name, claimedAtMs);
    return storeDecision(store, call, shared.sliceOf(decision.placement), decision, made);
  });
  state.lastAtMs = Math.max(state.lastAtMs, claimedAtMs);
  return decided;
}

/**
 * What may be claimed. A call of before an erasure that arrives again is decided anew, with units that it may have claimed already: so it claims
 * nothing.
 */
function purseOf(state: CustomerState, { receivedAtMs, purse = [] }: DecideCall): Purse {
  return receivedAtMs <= forgottenAtMs(state) ? [] : purse;
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

/** What the decisions of one call have in common. */
interface Made {
  readonly receipt: Receipt;
  readonly customer: CustomerView;
  readonly evidence: Evidence;
  readonly times: DecisionTimes;
  readonly take: PurseTaker;
}

function storeDecision(
  store: CustomerStore,
  call: DecideCall,
  slice: OpenSlice | undefined,
  decision: PlacementDecision,
  { receipt, customer, evidence, times, take }: Made,
): DecidedPlacement {
  const { placement, decisionId, refusals } = decision;
  const record = slice ? recordOf(decision, slice, call, customer.bucketingId, times) : null;
  if (!record) {
    if (call.repeatable) store.putBlank(decisionId, times.claimedAtMs);
    return { placement, decisionId, record, refusals };
  }
  const claims = takeClaims(take, decisionId, decision.chosen?.claims);
  const claimedAs = claims && nameOfClaims(decisionId, forgottenAtMs(store.state), times.claimedAtMs);
  const models = keptOf(customer, evidence, decision);
  const { requestId } = call;
  const made = { record, requestId, exposedAtMs: null, late: false, isTrial: false, converted: false, outcomes: [] };
  const taken = { ...(claims && { claims }), ...(claimedAs !== undefined && { claimedAs }) };
  const stored: StoredDecision = claims || models ? { ...made, ...taken, ...(models && { models }) } : made;
  // One receipt covers the request; it stands with each of its decisions, so that each can be replayed alone.
  store.putDecision(stored, receipt);
  return { placement, decisionId, record: carriedRecord(record), refusals, ...toldClaims(stored) };
}

/** What the campaign's models made of the customer, where one of them was asked. */
function keptOf(customer: CustomerView, evidence: Evidence, { chosen }: PlacementDecision): StoredDecision['models'] {
  const { keptUses } = customer;
  if (!chosen?.campaign.models || !keptUses) return undefined;
  const { id: campaignId, models, modelOutputs, scorePaths = [] } = chosen.campaign;
  const kept = keptUses(models, { campaignId, armId: chosen.armId }, modelOutputs);
  const scoring = new Set(scorePaths.map((path) => modelPath(path)?.model));
  const versus = versusOf(chosen, customer, evidence);
  const uses = Object.entries(kept).map(([id, use]) => [id, scoring.has(id) ? ofArms(use, versus) : use] as const);
  return uses.length > 0 ? Object.fromEntries(uses) : undefined;
}

/** Of a model that scores the campaign's arms: also what its choice tells, of the version that was heard. */
function ofArms(use: KeptUses, versus: number | undefined): KeptUses {
  const { used } = use;
  const heard = used && versus !== undefined ? { used: { ...used, versus } } : {};
  return { ...use, ...heard, scoresArms: true };
}

function rulesOf(call: DecideCall, requests: readonly PlacementRequest[]): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const { placement } of requests) {
    const hash = Object.hasOwn(call.rules, placement) ? call.rules[placement] : undefined;
    if (hash !== undefined) rules[placement] = hash;
  }
  return rules;
}
