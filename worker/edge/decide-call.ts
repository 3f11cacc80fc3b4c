/** What is to be decided, and the call to the customer's object that says so. */
import type { OptimizeRequest } from '../../contract/decisions.ts';
import type { PlacementRequest } from '../../decisioning/decide.ts';
import type { DecideCall } from '../../durable-objects/customer/protocol.ts';
import { hmacHalves, randomText } from '../../durable-objects/shared/naming.ts';
import type { Auth } from '../http/auth.ts';
import type { Deadline } from '../http/deadline.ts';
import type { Timing } from '../http/timing.ts';
import type { EdgeCatalog } from './catalog.ts';
import { modelsInReach } from './models.ts';
import { refusedOf } from './purposes.ts';
import type { PlacementSlices } from './slices.ts';
import type { Visitor } from './visitor.ts';

/** One decision request, checked. */
export interface Asked {
  readonly auth: Auth;
  readonly visitor: Visitor;
  /** The id that the visitor's cookie has, where the request names another. */
  readonly inCookie?: string | undefined;
  /** As in `VisitorFacts`. */
  readonly fingerprint?: string | undefined;
  readonly catalog: EdgeCatalog;
  readonly slices: ReadonlyMap<string, PlacementSlices>;
  /** What deciding waits for the customer's object, at most. */
  readonly deadline: Deadline;
  readonly timing?: Timing;
  readonly placements: readonly string[];
  readonly requestId: string;
  readonly repeatable: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sessionId: OptimizeRequest['sessionId'];
  readonly purposes?: OptimizeRequest['purposes'];
  /** Models that are asked for besides those of the placements. */
  readonly models?: readonly string[];
  readonly receivedAtMs: number;
  readonly clientAtMs: number | undefined;
}

/** Whom a request is decided for; the name is gone with the answer when nobody may be remembered. */
export const nameOf = (visitor: Visitor): string => (visitor.kind === 'none' ? randomText() : visitor.name);

/**
 * What is asked for. A decision's id is derived from the request's, so that a retry names the same decision; it begins with the object's name, so that its
 * receipt can be found. Its seed is the other half of the same HMAC: whoever has the id knows nothing of the seed, so nobody can grind ids for an arm. 128 bits
 * are all that the generator holds, and what a device's seeds have.
 */
export function requestsOf(env: Env, { auth, requestId, placements }: Asked, name: string): PlacementRequest[] {
  return placements.map((placement) => {
    const { text, hex } = hmacHalves(env.NAMING_SECRET, auth.workspaceId, 'decision', name, requestId, placement);
    // In one piece: of a text that was put together JSON is written the slow way, all that it stands in.
    return { placement, decisionId: [name, text].join('.'), seed: hex };
  });
}

/** The call to the customer's object. */
export async function decideCall(env: Env, asked: Asked): Promise<DecideCall> {
  const name = nameOf(asked.visitor);
  return callOf(asked, name, requestsOf(env, asked, name), namesModels(asked) && (await modelsInReach(env, asked)));
}

/**
 * The call for requests that were named already. Fields that are not there every time come last: whatever stands behind one of them is put in as slowly as a
 * name that nobody knew before.
 *
 * @param inReach the models that are asked for; false when none are
 */
export function callOf(
  asked: Asked,
  name: string,
  requests: readonly PlacementRequest[],
  inReach: Awaited<ReturnType<typeof modelsInReach>> | false,
): DecideCall {
  const { visitor, catalog, auth } = asked;
  const refused = refusedOf(asked.purposes, visitor);
  const call: DecideCall = {
    workspaceId: auth.workspaceId,
    name,
    anonymous: visitor.kind !== 'known',
    siteId: auth.siteId,
    receivedAtMs: asked.receivedAtMs,
    clientAtMs: asked.clientAtMs,
    requestId: asked.requestId,
    repeatable: asked.repeatable,
    requests,
    rules: rulesOf(asked.slices),
    revision: catalog.manifest.revision,
    catalogSeq: catalog.seq,
    switches: catalog.switches,
    attributes: asked.attributes,
    sessionId: asked.sessionId,
  };
  if (!refused && !inReach) return call;
  return {
    ...call,
    ...(refused && { refused }),
    ...(inReach && { models: inReach.models }),
    ...(inReach && inReach.late.length > 0 && { lateModels: inReach.late }),
  };
}

function rulesOf(slices: Asked['slices']): DecideCall['rules'] {
  const rules: Record<string, string> = {};
  for (const [placement, { rulesHash }] of slices) rules[placement] = rulesHash;
  return rules;
}

/** Whether any models are asked for. */
export function namesModels({ models = [], slices }: Asked): boolean {
  if (models.length > 0) return true;
  for (const { rules } of slices.values()) if (rules.rules.models) return true;
  return false;
}
