/** `POST /v1/explain`: why this customer would get what, or nothing, now. */
import type { ExplainRequest, ExplainResponse } from '../../contract/explain.ts';
import { explainRequest, explainResponse } from '../../contract/explain.ts';
import type { ExplainedScores } from '../../contract/models/explanations.ts';
import type { ExplainReply } from '../../durable-objects/customer/protocol.ts';
import { candidateAnswer, drawNow } from '../edge/candidate-answer.ts';
import type { EdgeCatalog } from '../edge/catalog.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { askCustomer } from '../edge/customer-calls.ts';
import { type Asked, decideCall } from '../edge/decide-call.ts';
import { seenPurse } from '../edge/purse.ts';
import { admitAttributes, requestFacts } from '../edge/request-facts.ts';
import type { PlacementSlices } from '../edge/slices.ts';
import { placementSlices } from '../edge/slices.ts';
import { visitorOf } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse } from '../http/problem.ts';
import { explainUses } from '../models/explain.ts';

type Explained = Exclude<ExplainReply, { outcome: 'needs' | 'moved' }>;

/** Registers the route. */
export function registerExplain(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/explain',
      tag: 'Insight',
      summary: 'Explain what a customer would get now',
      description: 'Every candidate with its reason, value and probabilities. Claims nothing, stores nothing.',
      auth: 'secret',
      body: explainRequest,
      responses: { 200: { description: 'The candidates of each placement', schema: explainResponse } },
      refusals: ['nothing_published'],
    },
    (c, { body }) => explain(c, body),
  );
}

async function explain(c: Call, body: ExplainRequest): Promise<Response> {
  const nowMs = c.receivedAtMs;
  const auth = c.auth;
  const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  if (!current) return problem(c, 'nothing_published');
  const { catalog } = current;
  const visitor = await visitorOf(
    c.env,
    auth,
    { customer: body.customer, consent: 'granted', requestId: undefined, fingerprint: '' },
    nowMs,
  );
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const slices = await placementSlices(c.env, auth.workspaceId, catalog.manifest, body.placements, c.deadline);
  const { admitted } = admitAttributes(catalog.directory, body.context?.attributes, auth.keyType);
  const asked: Asked = {
    auth,
    visitor: visitor.value,
    catalog,
    slices,
    deadline: c.deadline,
    placements: body.placements,
    requestId: crypto.randomUUID(),
    repeatable: false,
    attributes: { ...requestFacts(c, body.context), ...admitted },
    sessionId: body.sessionId,
    receivedAtMs: nowMs,
    clientAtMs: undefined,
    ...(body.models.length > 0 && { models: body.models }),
  };
  const purse = await seenPurse(c.env, c.ctx, asked);
  const asking = { ...(await decideCall(c.env, asked)), ...(purse.length > 0 && { purse }) };
  const { reply } = await askCustomer<ExplainReply>(c.env, asking, catalog, (stub, call) => stub.explain(call));
  const explained = body.models.length > 0 && {
    models: await explainModels(c.env, auth.workspaceId, body.models, reply),
  };
  return c.json({ ...answer(reply, catalog, slices), ...explained });
}

/** An empty list for a model of which no version serves this customer. */
async function explainModels(
  env: Env,
  workspaceId: string,
  ids: readonly string[],
  { models = {} }: Explained,
): Promise<ExplainedScores> {
  const asked = Object.fromEntries(ids.map((id) => [id, Object.hasOwn(models, id) ? models[id]! : {}]));
  return explainUses(env, workspaceId, asked);
}

function answer(reply: Explained, catalog: EdgeCatalog, slices: ReadonlyMap<string, PlacementSlices>): ExplainResponse {
  return {
    placements: reply.placements.map(({ placement, chosen, heldOut, candidates }) => ({
      placement,
      outcome: chosen === null ? 'default' : heldOut ? 'holdout' : 'campaign',
      ...(!Object.hasOwn(catalog.manifest.placements, placement) && { unknownPlacement: true as const }),
      ...(chosen !== null && { campaign: chosen }),
      candidates: candidates.map((candidate) =>
        candidateAnswer(candidate, drawNow(candidate, catalog, slices.get(placement))),
      ),
    })),
    attributes: { ...reply.attributes },
    touches: reply.touches.map(({ channel, campaignId, atMs, pending }) => ({
      channel,
      campaign: campaignId,
      at: new Date(atMs).toISOString(),
      state: pending ? 'pending' : 'confirmed',
    })),
    ...claimsAnswer(reply),
    segments: [...reply.segments],
    revision: catalog.manifest.revision,
  };
}

function claimsAnswer({ claims = [] }: Explained): Pick<ExplainResponse, 'claims'> {
  if (claims.length === 0) return {};
  return {
    claims: claims.map(({ campaignId, ledger, units, expiresAtMs }) => ({
      campaign: campaignId,
      ledger,
      units,
      expiresAt: new Date(expiresAtMs).toISOString(),
    })),
  };
}
