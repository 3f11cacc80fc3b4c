/** `GET /v1/decisions/{id}`: the receipt of a decision, with all that a replay needs. */
import * as z from 'zod';
import { receiptQuery, receiptResponse } from '../../contract/receipts.ts';
import { readRules } from '../../decisioning/catalog/read.ts';
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import { replay } from '../../decisioning/receipt.ts';
import type { ReceiptReply } from '../../durable-objects/customer/protocol.ts';
import { candidateAnswer, drawThen } from '../edge/candidate-answer.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { fetchBodies } from '../edge/publisher-feed.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { explainUses } from '../models/explain.ts';

/** Object name and decision, 22 characters of base64url each. */
const decisionId = z.string().regex(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/, 'is not a decision id');

/** Registers the route. */
export function registerDecisions(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/decisions/{id}',
      tag: 'Decide',
      summary: 'Read the receipt of a decision',
      description: 'Self-contained: `receipt` and `slices` replay to the same campaign, arm and propensities.',
      auth: 'secret',
      params: z.strictObject({ id: decisionId }),
      query: receiptQuery,
      responses: {
        200: { description: 'The receipt', schema: receiptResponse },
        404: { description: '`not_found`: never made, or no longer kept' },
      },
    },
    (c, { params, query }) => readReceipt(c, params.id, query.explain === 'models'),
  );
}

async function readReceipt(c: Call, id: string, explainsModels: boolean): Promise<Response> {
  const { workspaceId, siteId } = c.auth;
  const name = id.slice(0, id.indexOf('.'));
  const facts = { workspaceId, name, anonymous: true, siteId, receivedAtMs: c.receivedAtMs };
  const { reply } = await callCustomer<ReceiptReply>(c.env, facts, (stub) => stub.receipt(id));
  // An object of another workspace is not ours to read, whoever guessed its name.
  if (reply.outcome !== 'found' || reply.record.workspaceId !== workspaceId) return problem(c, 'not_found');
  const slices = reply.receipt ? await slicesOf(c.env, workspaceId, reply.receipt) : {};
  return c.json({
    decisionId: id,
    record: reply.record,
    exposedAt: reply.exposedAtMs === null ? null : new Date(reply.exposedAtMs).toISOString(),
    ...(reply.dispatchedAtMs !== undefined && { dispatchedAt: new Date(reply.dispatchedAtMs).toISOString() }),
    ...(reply.claims && { claims: { ...reply.claims, units: [...reply.claims.units] } }),
    outcomes: reply.outcomes.map(({ goal, atMs, valueMinor }) => ({
      goal,
      at: new Date(atMs).toISOString(),
      valueMinor,
    })),
    receipt: reply.receipt,
    slices,
    candidates: reply.receipt ? candidatesOf(reply.receipt, slices) : {},
    ...(explainsModels && { models: await explainUses(c.env, workspaceId, reply.receipt?.models ?? {}) }),
  });
}

async function slicesOf(env: Env, workspaceId: string, receipt: Receipt): Promise<Record<string, RulesSlice>> {
  const bodies = await fetchBodies(env, workspaceId, Object.values(receipt.rules));
  const slices: Record<string, RulesSlice> = {};
  for (const [placement, hash] of Object.entries(receipt.rules)) {
    const read = readRules(bodies.get(hash) ?? '');
    if (read.ok) slices[placement] = read.value;
  }
  return slices;
}

function candidatesOf(receipt: Receipt, slices: Readonly<Record<string, RulesSlice>>) {
  return Object.fromEntries(
    replay(receipt, slices).map((decision) => [
      decision.placement,
      (decision.candidates ?? []).map((candidate) =>
        candidateAnswer(candidate, drawThen(candidate, decision, receipt)),
      ),
    ]),
  );
}
