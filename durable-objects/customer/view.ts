/** What decide() sees of a customer: the stored state as of one moment. */
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { DecideInput, PlacementRequest } from '../../decisioning/decide.ts';
import { type Purse, purseTimeMs, purseView } from '../../decisioning/limits/purse.ts';
import { fatiguePressure } from '../../decisioning/limits/touches.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import { type ArmName, isModelPath } from '../../decisioning/scoring/paths.ts';
import { modelScores, type ServedModel } from '../../decisioning/scoring/served.ts';
import { type Resolve, type Subject, subjectResolver } from '../../decisioning/segments/subject.ts';
import type { CustomerView, Evidence } from '../../decisioning/view.ts';
import { withinOpenClaims } from './claims.ts';
import { MAX_CLIENT_AGE_MS } from './limits.ts';
import type { DecideCall } from './protocol.ts';
import { consentOf } from './purposes.ts';
import type { CustomerState } from './state.ts';
import { assignmentOf, EMPTY_PROFILE, historyOf, sessionKeyOf } from './state.ts';
import { capCounter, lazyTouches } from './touches.ts';

/** What the object's isolate has of the shared facts. */
export interface SharedFacts {
  readonly sliceOf: (placement: string) => OpenSlice | undefined;
  readonly evidence: Evidence;
  /** Opened models by their manifests' hashes; none when absent. */
  readonly served?: (manifest: string) => ServedModel | undefined;
}

/** The object's time: it never goes back, and client time (secret keys only) is believed for the past day. */
export function objectNow(state: CustomerState, receivedAtMs: number, clientAtMs?: number): number {
  const nowMs = Math.max(receivedAtMs, state.lastAtMs);
  if (clientAtMs === undefined) return nowMs;
  return Math.min(nowMs, Math.max(clientAtMs, nowMs - MAX_CLIENT_AGE_MS));
}

/** Attributes, counters and facts of the request by path; scores of models are not among them. What is not asked for is not put together. */
export function resolverOf(
  state: CustomerState,
  call: Pick<DecideCall, 'attributes' | 'anonymous'>,
  nowMs: number,
  touches = lazyTouches(state),
): Resolve {
  let resolve: Resolve | undefined;
  return (path) => {
    resolve ??= subjectResolver(
      new LazySubject(() => attributesOf(state, call, nowMs), historyOf(state, touches), nowMs),
    );
    return resolve(path);
  };
}

/** Attributes that are put together when the first is read. */
class LazySubject implements Subject {
  readonly counters: Subject['counters'];
  readonly nowMs: number;
  readonly #read: () => Subject['attributes'];
  #attributes: Subject['attributes'] | undefined;

  constructor(read: () => Subject['attributes'], counters: Subject['counters'], nowMs: number) {
    this.#read = read;
    this.counters = counters;
    this.nowMs = nowMs;
  }

  get attributes(): Subject['attributes'] {
    this.#attributes ??= this.#read();
    return this.#attributes;
  }
}

function attributesOf(
  { meta }: CustomerState,
  { attributes, anonymous }: Pick<DecideCall, 'attributes' | 'anonymous'>,
  nowMs: number,
): Record<string, unknown> {
  const { traits, timeZone } = meta?.profile ?? EMPTY_PROFILE;
  return conditionAttributes({ traits, request: attributes, nowMs, timeZone, anonymous });
}

/** What decide() sees of this customer at one moment. */
export function viewOf(
  state: CustomerState,
  call: DecideCall,
  nowMs: number,
  shared?: Pick<SharedFacts, 'served' | 'sliceOf'>,
): CustomerView {
  const profile = state.meta?.profile ?? EMPTY_PROFILE;
  const touches = lazyTouches(state);
  const bucketingId = state.meta?.bucketingId ?? call.name;
  const resolve = resolverOf(state, call, nowMs, touches);
  const { models = [] } = call;
  const view: CustomerView = {
    bucketingId,
    resolve: unscored(resolve),
    touches: capCounter(state, nowMs),
    pressure: (weights, halfLifeMs) => fatiguePressure(touches(), weights, halfLifeMs, nowMs),
    assignment: (campaignId) => assignmentOf(state, { campaignId, bucketingId, nowMs }),
    consents: (name) => consentOf(profile, name, call.refused),
    sessionKey: sessionKeyOf(state, call.sessionId, nowMs),
  };
  return models.length > 0 ? { ...view, ...scoredView(call, models, shared, bucketingId, resolve) } : view;
}

/** Nothing is known of what no model tells. */
const unscored =
  (resolve: Resolve): Resolve =>
  (path) =>
    isModelPath(path) ? null : resolve(path);

/** What a view says where models serve. */
function scoredView(
  call: DecideCall,
  models: NonNullable<DecideCall['models']>,
  shared: Pick<SharedFacts, 'served' | 'sliceOf'> | undefined,
  bucketingId: string,
  resolve: Resolve,
): Pick<CustomerView, 'resolve' | 'modelUses' | 'modelVersion' | 'keptUses'> {
  const served = shared?.served ?? (() => undefined);
  const armFacts = (arm: ArmName) => armFactsOf(call, shared, arm);
  const scores = modelScores({ models, served, bucketingId, armFacts, resolve });
  return {
    resolve: scores.resolve,
    modelUses: scores.uses,
    modelVersion: scores.versionOf,
    keptUses: scores.kept,
  };
}

/** What models may read of an arm, from whichever slice of the call has its campaign. */
function armFactsOf(
  call: DecideCall,
  shared: Pick<SharedFacts, 'sliceOf'> | undefined,
  { campaignId, armId }: ArmName,
) {
  for (const { placement } of call.requests) {
    const campaigns = shared?.sliceOf(placement)?.rules.campaigns ?? [];
    const campaign = campaigns.find(({ id }) => id === campaignId);
    if (campaign) return campaign.armFacts?.[campaign.armIds.indexOf(armId)];
  }
  return undefined;
}

/** The time that leases are held against: the object's, not a client's. */
function claimTimeOf(state: CustomerState, { receivedAtMs }: DecideCall): number {
  return purseTimeMs(objectNow(state, receivedAtMs), receivedAtMs);
}

/** The input of decide() for some of a call's placements; `purse` where not all that came with the call may be claimed. */
export function inputOf(
  state: CustomerState,
  call: DecideCall,
  shared: SharedFacts,
  requests: readonly PlacementRequest[],
  nowMs: number,
  purse: Purse = call.purse ?? [],
): DecideInput {
  return {
    requests,
    sliceOf: shared.sliceOf,
    evidence: shared.evidence,
    switches: call.switches,
    customer: viewOf(state, call, nowMs, shared),
    // Leases run by the worker's clock, not by a client's.
    purse: withinOpenClaims(state, purseView(purse, claimTimeOf(state, call))),
    nowMs,
  };
}
