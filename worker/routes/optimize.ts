/** `POST /v1/optimize`: the next best action for one or more placements. */
import { optimizeRequest } from '../../contract/checks/requests.ts';
import type { OptimizeRequest, OptimizeResponse } from '../../contract/decisions.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';
import type { RequestAttributes } from '../../durable-objects/customer/protocol.ts';
import { answerOf, defaultAnswer, previewAnswer } from '../edge/answer.ts';
import type { EdgeCatalog } from '../edge/catalog.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { clientTime } from '../edge/client-time.ts';
import { keepInCookie, otherInCookie, withCookie } from '../edge/cookie.ts';
import { decideFor, type Outcome } from '../edge/decide.ts';
import type { Asked } from '../edge/decide-call.ts';
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
import { isLater } from '../http/later.ts';
import { problem, refuse } from '../http/problem.ts';
import type { Timing } from '../http/timing.ts';

export const OPTIMIZE = { method: 'post', path: '/v1/optimize', auth: 'any', body: optimizeRequest } as const;

/** Registers the route. */
export function registerOptimize(app: App): void {
  route(app, { ...OPTIMIZE, standIn: withoutParts }, (c, { body }) => optimize(c, body));
}

async function optimize(c: Call, body: OptimizeRequest): Promise<Response> {
  const { auth, receivedAtMs: nowMs } = c;
  const requestId = body.requestId ?? crypto.randomUUID();
  const refreshing = currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  const current = isLater(refreshing) ? await refreshing : refreshing;
  if (!current) return c.json(nothingPublished(body, requestId));
  const { catalog } = current;
  const clientAt = clientTime(auth, body.at, nowMs);
  if (!clientAt.ok) return refuse(c, clientAt.refusal);
  const loading = placementSlices(c.env, auth.workspaceId, catalog.manifest, body.placements, c.deadline);
  const slices = isLater(loading) ? await loading : loading;
  const { admitted, ignored } = admitAttributes(catalog.directory, body.context?.attributes, auth.keyType);
  const said = { c, body, requestId, catalog, slices, admitted, clientAtMs: clientAt.value };
  if (body.preview !== undefined) return answerPreview(c, body.preview, new Visit(said, { kind: 'none' }, undefined));
  const page = { auth, request: c.request, customer: body.customer, consent: narrowed(body) };
  const visitor = visitorOf(
    c.env,
    auth,
    {
      customer: withCookie(c.env, page),
      consent: body.consent,
      purposes: body.purposes,
      requestId: body.requestId,
      // Read only with it.
      fingerprint: body.requestId === undefined ? '' : fingerprintOf(c.request),
    },
    nowMs,
  );
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const done = c.timing.start('decide');
  const outcome = await decideFor(c.env, c.ctx, new Visit(said, visitor.value, otherInCookie(c.env, page)));
  done();
  noteRefusals(c, outcome);
  if (outcome.outcome === 'unavailable') c.problem = 'unavailable';
  const decidedFor = outcome.outcome === 'decided' ? outcome.visitor : visitor.value;
  const stale = current.stale || lacks(catalog, slices, body.placements);
  const answered = answer(c, { body, requestId, visitor: decidedFor, outcome, slices, catalog, ignored, stale });
  return keepInCookie(c.json(answered), page, answered.customer.anonymousId);
}

/** What a request says, as far as it does not hang on who asks. */
interface Said {
  readonly c: Call;
  readonly body: OptimizeRequest;
  readonly requestId: string;
  readonly catalog: EdgeCatalog;
  readonly slices: ReadonlyMap<string, PlacementSlices>;
  readonly admitted: RequestAttributes;
  readonly clientAtMs: number | undefined;
}

/**
 * What is to be decided. Facts of the request, and where it came from, are read when somebody asks for them: most decisions ask for neither, and they cost as
 * much as the choice. (A class: an object that is written down with getters takes twenty times as long to make.)
 */
class Visit implements Asked {
  readonly auth: Asked['auth'];
  readonly deadline: Asked['deadline'];
  readonly timing: Timing;
  readonly catalog: EdgeCatalog;
  readonly slices: Asked['slices'];
  readonly placements: Asked['placements'];
  readonly requestId: string;
  readonly repeatable: boolean;
  readonly sessionId: Asked['sessionId'];
  readonly purposes: Asked['purposes'];
  readonly receivedAtMs: number;
  readonly clientAtMs: number | undefined;
  readonly visitor: Visitor;
  readonly inCookie: string | undefined;
  readonly #said: Said;
  #attributes: RequestAttributes | undefined = undefined;

  constructor(said: Said, visitor: Visitor, inCookie: string | undefined) {
    const { c, body } = said;
    this.auth = c.auth;
    this.deadline = c.deadline;
    this.timing = c.timing;
    this.catalog = said.catalog;
    this.slices = said.slices;
    this.placements = body.placements;
    this.requestId = said.requestId;
    this.repeatable = body.requestId !== undefined;
    this.sessionId = body.sessionId;
    this.purposes = body.purposes;
    this.receivedAtMs = c.receivedAtMs;
    this.clientAtMs = said.clientAtMs;
    this.visitor = visitor;
    this.inCookie = inCookie;
    this.#said = said;
  }

  get attributes(): RequestAttributes {
    const { c, body, admitted } = this.#said;
    this.#attributes ??= { ...requestFacts(c, body.context), ...admitted };
    return this.#attributes;
  }

  get fingerprint(): string {
    return fingerprintOf(this.#said.c.request);
  }
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

/** The catalog names slices that are out of reach, or newer ones than there are. */
function lacks(
  { manifest }: EdgeCatalog,
  slices: ReadonlyMap<string, PlacementSlices>,
  placements: readonly string[],
): boolean {
  for (const { outdated } of slices.values()) if (outdated) return true;
  return placements.some((placement) => !slices.has(placement) && Object.hasOwn(manifest.placements, placement));
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
  readonly catalog: EdgeCatalog;
  readonly ignored: string[];
  readonly stale: boolean;
}

function answer(c: Call, facts: Answerable): OptimizeResponse {
  const { outcome, visitor, slices, body, catalog } = facts;
  const { placements } = catalog.manifest;
  const remembered = visitor.kind !== 'none';
  const decisions =
    outcome.outcome === 'unavailable'
      ? body.placements.map((placement) => defaultAnswer(slices, placement))
      : outcome.decisions.map((decided) => answerOf(c.env, c.auth, slices, decided, remembered));
  return {
    requestId: facts.requestId,
    customer: visitor.kind !== 'none' && visitor.anonymousId ? { anonymousId: visitor.anonymousId } : {},
    decisions: decisions.map((decision) =>
      Object.hasOwn(placements, decision.placement) ? decision : { ...decision, unknownPlacement: true as const },
    ),
    ...(facts.ignored.length > 0 && { ignoredAttributes: facts.ignored }),
    ...(outcome.outcome === 'unavailable' && { degraded: true as const }),
    ...(facts.stale && { stale: true as const }),
  };
}
