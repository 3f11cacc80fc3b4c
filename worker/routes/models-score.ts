/** `POST /v1/models/{id}/score`: what a model says of a customer. */
import * as z from 'zod';
import { type ScoreRequest, scoreRequest, scoreResponse } from '../../contract/models/score.ts';
import { slug } from '../../contract/primitives.ts';
import type { CallFacts } from '../../durable-objects/customer/protocol.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { verifyAnonymousId } from '../edge/identity.ts';
import { admitAttributes, requestFacts } from '../edge/request-facts.ts';
import { anonymousName, knownName } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse } from '../http/problem.ts';
import { scoreOf } from '../models/score.ts';

/** Registers the route. */
export function registerModelScore(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/models/{id}/score',
      tag: 'Models',
      summary: 'Score a customer, and see what the model sees',
      description:
        'Reads the traits and counters that the model declares from the customer, by name; stores nothing. Also of versions that serve nobody yet.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      body: scoreRequest,
      responses: {
        200: { description: 'Scores, inputs by name, and the explanation', schema: scoreResponse },
        404: { description: '`not_found`: there is no such model, or no such version of it' },
        422: {
          description: '`invalid_model`: its engine is not here; `invalid_request`: an attribute is not declared',
        },
      },
    },
    (c, { params, body }) => score(c, params.id, body),
  );
}

async function score(c: Call, modelId: string, body: ScoreRequest): Promise<Response> {
  const { workspaceId, siteId } = c.auth;
  const receivedAtMs = c.receivedAtMs;
  const current = await currentCatalog(c.env, c.ctx, workspaceId, receivedAtMs);
  const told = body.context?.attributes;
  const { admitted, ignored } = current
    ? admitAttributes(current.catalog.directory, told, 'secret')
    : { admitted: {}, ignored: Object.keys(told ?? {}) };
  if (ignored.length > 0)
    return problem(c, 'invalid_request', {
      errors: ignored.map((name) => ({
        field: `/context/attributes/${name}`,
        detail: 'is not a declared attribute, or not of its type',
      })),
    });
  const facts: CallFacts = { workspaceId, name: '', anonymous: true, siteId, receivedAtMs };
  const customer = body.customer && (await customerOf(c.env, facts, body.customer.id));
  const attributes = { ...requestFacts(c, body.context), ...admitted };
  const scored = await scoreOf(c.env, { modelId, body, customer, facts, attributes });
  return scored.ok ? c.json(scored.value) : refuse(c, scored.refusal);
}

/** A known customer, or an anonymous one by an id that this API signed. */
async function customerOf(env: Env, facts: CallFacts, id: string): Promise<CallFacts> {
  const { workspaceId } = facts;
  const anonymous = await verifyAnonymousId(env, workspaceId, id);
  const name = anonymous ? await anonymousName(env, workspaceId, id) : await knownName(env, workspaceId, id);
  return { ...facts, name, anonymous };
}
