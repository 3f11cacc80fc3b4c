/** Slices and allocations that this isolate was handed: shared by all customers in it, plain data, bounded. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import { openSlice } from '../../decisioning/catalog/open.ts';
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import { type Evidence, evidenceFrom } from '../../decisioning/view.ts';
import type { DecideCall, Needs } from './protocol.ts';
import { forgetSharedModels, sharedModels } from './shared-models.ts';
import type { SharedFacts } from './view.ts';

/** A hundred placements in two revisions; the least recently used go first. */
export const MAX_SLICES = 200;
const MAX_WORKSPACES = 64;

const slices = new Map<string, OpenSlice>();
/** By workspace; what is made of them is the same for all customers until newer ones come. */
const allocations = new Map<string, { readonly seq: number; readonly evidence: Evidence }>();

/** Forgets everything, as a new isolate would have it. */
export function forgetSharedFacts(): void {
  slices.clear();
  allocations.clear();
  forgetSharedModels();
}

/** Moves what a call uses to the young end of the map, so that making room takes nothing that the call needs. */
function use(hash: string): void {
  const slice = slices.get(hash);
  if (!slice) return;
  slices.delete(hash);
  slices.set(hash, slice);
}

function take(call: DecideCall): void {
  for (const placement in call.rules) use(call.rules[placement] as string);
  for (const { hash, body } of call.slices ?? []) {
    if (slices.has(hash)) continue;
    const oldest = slices.keys().next();
    if (slices.size >= MAX_SLICES && !oldest.done) slices.delete(oldest.value);
    // The worker checked the hash and the shape before it handed this over.
    slices.set(hash, openSlice(JSON.parse(body) as RulesSlice));
  }
  if (!call.allocations) return;
  const known = allocations.get(call.workspaceId);
  if (known && known.seq >= call.allocations.seq) return;
  if (allocations.size >= MAX_WORKSPACES) allocations.clear();
  const byCampaign: ReadonlyMap<string, Allocation> = new Map(
    call.allocations.items.map((item) => [item.campaignId, item]),
  );
  const evidence = evidenceFrom((campaignId) => byCampaign.get(campaignId), byCampaign);
  allocations.set(call.workspaceId, { seq: call.allocations.seq, evidence });
}

/** The facts a call decides with, or what its sender must send along. */
export function sharedFacts(call: DecideCall): SharedFacts | Needs {
  take(call);
  const known = allocations.get(call.workspaceId);
  const current = known && known.seq >= call.catalogSeq ? known : undefined;
  // Taken now: another call may make room in the maps before this one has decided.
  const mine = new Map<string, OpenSlice>();
  const missing: string[] = [];
  for (const placement in call.rules) {
    const hash = call.rules[placement] as string;
    const slice = slices.get(hash);
    if (slice) mine.set(placement, slice);
    else missing.push(hash);
  }
  const models = sharedModels(call);
  // Asked once: a model that did not open here would not open the next time either, and decisions do without it.
  const unasked = call.modelBodies ? [] : models.missing;
  if (missing.length > 0 || !current || unasked.length > 0) {
    const needs = { slices: missing, allocations: !current };
    return { outcome: 'needs', ...needs, ...(unasked.length > 0 && { models: unasked }) };
  }
  return {
    sliceOf: (placement) => mine.get(placement),
    evidence: current.evidence,
    served: (manifest) => models.mine.get(manifest),
  };
}
