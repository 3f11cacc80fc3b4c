/** `POST /v1/optimize`: the next best action for one or more placements. */
import { optimizeRequest } from '../../contract/checks/requests.ts';
import type { OptimizeRequest, OptimizeResponse } from '../../contract/decisions.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';
import { answerOf, defaultAnswer, previewAnswer } from '../edge/answer.ts';
import type { EdgeCatalog } from '../edge/catalog.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { clientTime } from '../edge/client-time.ts';
import { keepInCookie, otherInCookie, withCookie } from '../edge/cookie.ts';
import type { Asked, Outcome } from '../edge/decide.ts';
import { decideFor } from '../edge/decide.ts';
import { verifyPreview } from '../edge/preview.ts';
import { narrowed } from '../edge/purposes.ts';
import { countRefusals } from '../edge/refusals.ts';
import { admitAttributes, requestFacts } from '../edge/request-facts.ts';
import type { PlacementSlices } from '../edge/slices.ts';
import { placementSlices } from '../edge/slices.ts';
import type { Visitor } from '../edge/visitor.ts';
import { visitorOf } from '../edge/visitor.ts';
import { whyOf } from '../edge/why.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { route } from '../http/endpoint.ts';
import { fingerprintOf } from '../http/fingerprint.ts';
import { problem, refuse } from '../http/problem.ts';

export const OPTIMIZE = { method: 'post', path: '/v1/optimize', auth: 'any', body: optimizeRequest } as const;

/** Registers the route. */
export function registerOptimize(app: App): void {
  route(app, { ...OPTIMIZE, standIn: withoutParts }, (c, { body }) => optimize(c, body));
}

async function optimize(c: Call, body: OptimizeRequest): Promise<Response> {
  const nowMs = c.receivedAtMs;
  const auth = c.auth;
  const requestId = body.requestId ?? crypto.randomUUID();
  const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  if (!current) return c.json(nothingPublished(body, requestId));
  const { catalog } = current;
  const clientAt = clientTime(auth, body.at, nowMs);
  if (!clientAt.ok) return refuse(c, clientAt.refusal);
  const slices = await placementSlices(c.env, auth.workspaceId, catalog.manifest, body.placements, c.deadline);
  const { admitted, ignored } = admitAttributes(catalog.directory, body.context?.attributes, auth.keyType);
  const asked = {
    auth,
    deadline: c.deadline,
    timing: c.timing,
    catalog,
    slices,
    placements: body.placements,
    requestId,
    repeatable: body.requestId !== undefined,
    attributes: { ...requestFacts(c.request, body.context), ...admitted },
    sessionId: body.sessionId,
    purposes: body.purposes,
    receivedAtMs: nowMs,
    clientAtMs: clientAt.value,
  };
  if (body.preview !== undefined) return answerPreview(c, body.preview, { ...asked, visitor: { kind: 'none' } });
  const fingerprint = fingerprintOf(c.request);
  const page = { auth, request: c.request, customer: body.customer, consent: narrowed(body) };
  const visitor = await visitorOf(
    c.env,
    auth,
    {
      customer: await withCookie(c.env, page),
      consent: body.consent,
      purposes: body.purposes,
      requestId: body.requestId,
      fingerprint,
    },
    nowMs,
  );
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const done = c.timing.start('decide');
  const inCookie = await otherInCookie(c.env, page);
  const outcome = await decideFor(c.env, c.ctx, { ...asked, visitor: visitor.value, inCookie, fingerprint });
  done();
  noteRefusals(c, outcome);
  if (outcome.outcome === 'unavailable') c.problem = 'unavailable';
  const stale =
    current.stale || [...slices.values()].some((slice) => slice.outdated) || missing(catalog, slices, body.placements);
  const isKnown = (placement: string): boolean => Object.hasOwn(catalog.manifest.placements, placement);
  const decidedFor = outcome.outcome === 'decided' ? outcome.visitor : visitor.value;
  const facts = { body, requestId, visitor: decidedFor, outcome, slices, isKnown, ignored, stale };
  const answered = await answer(c, facts);
  return keepInCookie(c.json(answered), page, answered.customer.anonymousId);
}

/** Default content that the page has itself: what is answered when not even the caller's key or catalog can be found out in time. */
function withoutParts(body: OptimizeRequest): OptimizeResponse {
  return { ...nothingPublished(body, body.requestId ?? crypto.randomUUID()), degraded: true };
}

function nothingPublished(body: OptimizeRequest, requestId: string): OptimizeResponse {
  return {
    requestId,
    customer: {},
    decisions: body.placements.map((placement) => defaultAnswer(new Map(), placement)),
  };
}

/** The catalog names slices that are out of reach. */
function missing(
  catalog: EdgeCatalog,
  slices: ReadonlyMap<string, PlacementSlices>,
  placements: readonly string[],
): boolean {
  return placements.some(
    (placement) => Object.hasOwn(catalog.manifest.placements, placement) && !slices.has(placement),
  );
}

async function answerPreview(c: Call, text: string, asked: Asked): Promise<Response> {
  const { slices, requestId, placements } = asked;
  const preview = await verifyPreview(c.env, c.auth.workspaceId, text, c.receivedAtMs);
  if (!preview)
    return problem(c, 'invalid_preview', {
      errors: [{ field: '/preview', detail: 'is not a live preview of this workspace' }],
    });
  const why = preview.reasons && (await whyOf(c.env, asked));
  const decisions = placements.map((placement) => ({
    ...previewAnswer(slices, placement, preview),
    ...(why && { why: why.get(placement) ?? [] }),
  }));
  return c.json({ requestId, customer: {}, decisions } satisfies OptimizeResponse);
}

function noteRefusals(c: Call, outcome: Outcome): void {
  if (outcome.outcome !== 'decided') return;
  const sum: Partial<Record<RefusalReason, number>> = {};
  for (const { refusals } of outcome.decisions) {
    for (const [reason, count] of Object.entries(refusals) as [RefusalReason, number][])
      sum[reason] = (sum[reason] ?? 0) + count;
  }
  countRefusals(sum);
  c.refusals = sum;
}

interface Answerable {
  readonly body: OptimizeRequest;
  readonly requestId: string;
  readonly visitor: Visitor;
  readonly outcome: Outcome;
  readonly slices: ReadonlyMap<string, PlacementSlices>;
  /** Whether the catalog has a placement. */
  readonly isKnown: (placement: string) => boolean;
  readonly ignored: string[];
  readonly stale: boolean;
}

async function answer(c: Call, facts: Answerable): Promise<OptimizeResponse> {
  const { outcome, visitor, slices, body } = facts;
  const remembered = visitor.kind !== 'none';
  const decisions =
    outcome.outcome === 'unavailable'
      ? body.placements.map((placement) => defaultAnswer(slices, placement))
      : await Promise.all(outcome.decisions.map((decided) => answerOf(c.env, c.auth, slices, decided, remembered)));
  return {
    requestId: facts.requestId,
    customer: visitor.kind !== 'none' && visitor.anonymousId ? { anonymousId: visitor.anonymousId } : {},
    decisions: decisions.map((decision) =>
      facts.isKnown(decision.placement) ? decision : { ...decision, unknownPlacement: true as const },
    ),
    ...(facts.ignored.length > 0 && { ignoredAttributes: facts.ignored }),
    ...(outcome.outcome === 'unavailable' && { degraded: true as const }),
    ...(facts.stale && { stale: true as const }),
  };
}
