/** One decision request: with the customer's object where there is one, without where there is none yet. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { decide, type PlacementRequest } from '../../decisioning/decide.ts';
import { isCapped } from '../../decisioning/eligibility.ts';
import { claimsOf } from '../../decisioning/limits/needs.ts';
import { type Evidence, evidenceFrom } from '../../decisioning/view.ts';
import type { DecideCall, DecidedPlacement, DecideReply, Standing } from '../../durable-objects/customer/protocol.ts';
import { recordOf } from '../../durable-objects/customer/record.ts';
import { EMPTY_PROFILE, emptyState } from '../../durable-objects/customer/state.ts';
import { inputOf, type SharedFacts } from '../../durable-objects/customer/view.ts';
import { LATE } from '../http/deadline.ts';
import type { EdgeCatalog } from './catalog.ts';
import { askCustomer, askUnproven } from './customer-calls.ts';
import { type Asked, callOf, decideCall, nameOf, namesModels, requestsOf } from './decide-call.ts';
import { modelsInReach, servedModel } from './models.ts';
import { decideOutright, type OutrightCall } from './outright.ts';
import { refusedOf } from './purposes.ts';
import { type Attempts, carryPurse } from './purse.ts';
import { decisionsOf, standingIn } from './replies.ts';
import { signIn, strayed } from './sign-in.ts';
import { recentStanding, rememberStanding } from './standings.ts';
import type { Visitor } from './visitor.ts';

/** By the allocations that it is of, which are one map for as long as nothing new is published. */
const evidences = new WeakMap<EdgeCatalog['allocations'], Evidence>();

function evidenceIn({ allocations }: EdgeCatalog): Evidence {
  const known = evidences.get(allocations);
  if (known) return known;
  const evidence = evidenceFrom((campaignId) => allocations.get(campaignId), allocations);
  evidences.set(allocations, evidence);
  return evidence;
}

/** What everybody shares, as this isolate has it. */
export function sharedFacts({ slices, catalog }: Pick<Asked, 'slices' | 'catalog'>): SharedFacts {
  return {
    sliceOf: (placement) => slices.get(placement)?.rules,
    evidence: evidenceIn(catalog),
    served: servedModel,
  };
}

/** Decides for somebody of whom nothing is kept: the same decide(), over an empty past. */
function decideHere(call: DecideCall, asked: Asked): DecidedPlacement[] {
  const shared = sharedFacts(asked);
  const nowMs = call.clientAtMs ?? call.receivedAtMs;
  const decisions = decide(inputOf(emptyState(), call, shared, call.requests, nowMs));
  return decisions.map((decision) => {
    const slice = shared.sliceOf(decision.placement);
    return {
      placement: decision.placement,
      decisionId: decision.decisionId,
      record: slice ? recordOf(decision, slice, call, call.name, { nowMs, claimedAtMs: call.receivedAtMs }) : null,
      refusals: decision.refusals,
    };
  });
}

/** Whether the choice counts against a cap, or takes units: what holds only where all claims meet. */
function claimsSomething({ record, placement }: DecidedPlacement, { slices }: Asked): boolean {
  const rules = slices.get(placement)?.rules.rules;
  const campaign = rules?.campaigns.find(({ id }) => id === record?.campaignId);
  if (!rules || !campaign || !record || record.armId === HOLDOUT_ARM) return false;
  return isCapped(rules, campaign) || claimsOf(campaign.needs, campaign.armIds.indexOf(record.armId)) !== undefined;
}

/**
 * A server's attributes are not for the browser that its token goes to, so numbers made of them stay in an object. A page's own first
 * request told the features itself.
 */
function tellsFeatures({ record }: DecidedPlacement, { auth }: Asked): boolean {
  return auth.keyType === 'secret' && record?.features !== undefined;
}

/** What comes of a score is counted where the score is kept: a first visit that may have been scored is stored like a second one. */
function mayBeScored({ record, placement }: DecidedPlacement, { slices }: Asked, { models = [] }: DecideCall): boolean {
  const rules = slices.get(placement)?.rules.rules;
  const campaign = rules?.campaigns.find(({ id }) => id === record?.campaignId);
  return campaign?.models?.some((id) => models.some((model) => model.id === id)) ?? false;
}

export type Outcome =
  /** `visitor`: whom it was decided for, with the id that they have from now on. */
  | { readonly outcome: 'decided'; readonly decisions: readonly DecidedPlacement[]; readonly visitor: Visitor }
  /** The customer's object did not answer in time: default content, and nothing is promised. */
  | { readonly outcome: 'unavailable' };

/** Decides. Never throws for an object that is down: a page gets its default content quickly. */
export async function decideFor(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>, asked: Asked): Promise<Outcome> {
  const { visitor } = asked;
  const name = nameOf(visitor);
  const requests = requestsOf(env, asked, name);
  const mayDefer = leavesNoMark(asked);
  // A device that somebody brought along is linked first.
  const isAlone = visitor.kind !== 'known' || visitor.anonymousName === null;
  const outright = mayDefer && isAlone ? decideAtOnce(asked, name, requests) : undefined;
  if (outright) return { outcome: 'decided', decisions: outright, visitor };
  const inReach = namesModels(asked) && (await modelsInReach(env, asked));
  const bare = callOf(asked, name, requests, inReach);
  // Of whom nothing is kept, nothing is known to be paid for either: what needs units is not theirs.
  if (visitor.kind === 'none') return { outcome: 'decided', decisions: decideHere(bare, asked), visitor };
  // Whatever needs units leaves a mark.
  const taking = mayDefer ? undefined : carryPurse(env, ctx, asked);
  const carried = taking && (await taking);
  const call: DecideCall =
    carried || mayDefer ? { ...bare, ...(carried && { purse: carried.purse }), ...(mayDefer && { mayDefer }) } : bare;
  const attempts: Attempts = { sent: 0, answered: 0 };
  if (visitor.kind === 'new') {
    const decisions = decideHere(call, asked);
    if (mayDefer || !bringsToLife(decisions, call, asked)) {
      carried?.settle(undefined, attempts);
      return { outcome: 'decided', decisions, visitor };
    }
  }
  const answer = decideThere(env, call, asked, attempts).then(
    (decided): Outcome => {
      carried?.settle(decided.decisions, attempts);
      return { outcome: 'decided', ...decided };
    },
    (): Outcome => {
      carried?.settle(undefined, attempts);
      return { outcome: 'unavailable' };
    },
  );
  // Past the deadline the call goes on behind the answer: what it claims stays claimed, and lapses by itself.
  const first = await asked.deadline.within(answer);
  return first === LATE ? { outcome: 'unavailable' } : first;
}

/** Whether a first visit needs its customer's object: it would claim something, or what it leaves must be kept. */
function bringsToLife(decisions: readonly DecidedPlacement[], call: DecideCall, asked: Asked): boolean {
  const needsObject = (decided: DecidedPlacement) =>
    claimsSomething(decided, asked) || tellsFeatures(decided, asked) || mayBeScored(decided, asked, call);
  return [...asked.slices.values()].some(({ rules }) => rules.rules.receipts === 'all') || decisions.some(needsObject);
}

/** Whether what is decided need not be stored before somebody reports it. Of a server's own times the object keeps the order. */
function leavesNoMark({ slices, clientAtMs }: Asked): boolean {
  if (clientAtMs !== undefined) return false;
  for (const { rules } of slices.values()) if (rules.leavesMark) return false;
  return true;
}

/** The decisions of somebody who is new, or whose object told a moment ago all that these read of them. */
function decideAtOnce(
  asked: Asked,
  name: string,
  requests: readonly PlacementRequest[],
): readonly DecidedPlacement[] | undefined {
  const { visitor, auth, catalog, receivedAtMs } = asked;
  if (visitor.kind === 'none') return undefined;
  const standing = visitor.kind === 'new' ? nobody(name) : recentStanding(name, receivedAtMs);
  if (!standing) return undefined;
  const call: OutrightCall = {
    workspaceId: auth.workspaceId,
    siteId: auth.siteId,
    name,
    anonymous: visitor.kind !== 'known',
    refused: refusedOf(asked.purposes, visitor),
    receivedAtMs,
    requests,
    revision: catalog.manifest.revision,
    switches: catalog.switches,
    request: asked,
  };
  return decideOutright(call, sharedFacts(asked), standing);
}

/** Of somebody who was never here nothing is known: what is asked of them is answered by {@link decideHere}. */
function nobody(name: string): Standing {
  return { bucketingId: name, consent: EMPTY_PROFILE.consent };
}

interface Decided {
  readonly decisions: readonly DecidedPlacement[];
  readonly visitor: Visitor;
}

async function decideThere(
  env: Env,
  call: DecideCall,
  asked: Asked,
  attempts: Attempts,
  again = false,
): Promise<Decided> {
  const { visitor, catalog, inCookie } = asked;
  if (visitor.kind === 'none') return { decisions: decideHere(call, asked), visitor };
  const renewed =
    visitor.kind === 'known' ? { ...visitor, anonymousId: await signIn(env, call, visitor, true) } : visitor;
  const isRecent = visitor.kind === 'known' && call.mayDefer;
  const outright = isRecent ? decideAtOnce(asked, call.name, call.requests) : undefined;
  if (outright) return { decisions: outright, visitor: renewed };
  const ask = visitor.kind === 'known' ? askCustomer<DecideReply> : askUnproven<DecideReply>;
  const answer = await ask(env, call, catalog, async (stub, current) => {
    attempts.sent += 1;
    const answered = await stub.decide(current);
    attempts.answered += 1;
    return answered;
  });
  if (!('astray' in answer)) {
    const { reply, name } = answer;
    const decisions = decisionsOf(reply.decisions, call.requests);
    // Under the name of somebody who moved, every call must find out where to.
    if (reply.standing && name === call.name) rememberStanding(name, standingIn(reply.standing), call.receivedAtMs);
    return { decisions, visitor: renewed };
  }
  if (visitor.kind === 'known') throw new Error('a customer who is known went astray');
  // Both may be worked out when they are asked for, which no copy does.
  const { attributes, fingerprint } = asked;
  const stray = { visitor, inCookie, leads: answer.astray, fingerprint: fingerprint ?? '', again };
  const next = strayed(env, asked.auth.workspaceId, stray);
  const other: Asked = { ...asked, attributes, fingerprint, visitor: next, inCookie: undefined };
  const purse = next.kind === 'none' ? undefined : call.purse;
  const anew = { ...(await decideCall(env, other)), ...(purse && { purse }) };
  return decideThere(env, anew, other, attempts, inCookie === undefined);
}
