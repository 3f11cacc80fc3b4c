/** A first visit: decided by the worker alone, as `worker/edge/decide.ts` does; the token is all that is left of it. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import { isCapped } from '../../decisioning/eligibility.ts';
import { claimsOf } from '../../decisioning/limits/needs.ts';
import { decideWithReceipt, type Receipt } from '../../decisioning/receipt.ts';
import type { Evidence } from '../../decisioning/view.ts';
import type { DecideCall, DecidedPlacement } from '../../durable-objects/customer/protocol.ts';
import { recordOf } from '../../durable-objects/customer/record.ts';
import { emptyState } from '../../durable-objects/customer/state.ts';
import { inputOf } from '../../durable-objects/customer/view.ts';

/** What was chosen over an empty past, with a receipt that only the simulator has. */
export interface FirstVisit {
  readonly decisions: readonly DecidedPlacement[];
  readonly receipt: Receipt;
}

/** Decides for somebody of whom nothing is kept; null when a choice would claim something, which only an object may. */
export function decideHere(
  call: DecideCall,
  slices: ReadonlyMap<string, OpenSlice>,
  evidence: Evidence,
): FirstVisit | null {
  const nowMs = call.clientAtMs ?? call.receivedAtMs;
  const sliceOf = (placement: string) => slices.get(placement);
  const input = inputOf(emptyState(), call, { sliceOf, evidence }, call.requests, nowMs);
  const facts = { requestId: call.requestId, revision: call.revision, rules: call.rules };
  const { decisions, receipt } = decideWithReceipt(input, facts);
  const decided = decisions.map((decision): DecidedPlacement => {
    const { placement, decisionId, refusals } = decision;
    const slice = sliceOf(placement);
    const times = { nowMs, claimedAtMs: call.receivedAtMs };
    return {
      placement,
      decisionId,
      record: slice ? recordOf(decision, slice, call, call.name, times) : null,
      refusals,
    };
  });
  return decided.some((one) => claimsSomething(one, slices)) ? null : { decisions: decided, receipt };
}

function claimsSomething({ record, placement }: DecidedPlacement, slices: ReadonlyMap<string, OpenSlice>): boolean {
  const rules = slices.get(placement)?.rules;
  const campaign = rules?.campaigns.find(({ id }) => id === record?.campaignId);
  if (!rules || !campaign || !record || record.armId === HOLDOUT_ARM) return false;
  return isCapped(rules, campaign) || claimsOf(campaign.needs, campaign.armIds.indexOf(record.armId)) !== undefined;
}
