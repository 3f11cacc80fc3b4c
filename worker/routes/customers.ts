/** `PUT|GET|DELETE /v1/customers/{id}`: profile, export, erasure. */
import * as z from 'zod';
import type { CustomerProfile } from '../../contract/customers.ts';
import { customerExport, customerProfile } from '../../contract/customers.ts';
import { customerId } from '../../contract/primitives.ts';
import { auditInsert } from '../../db/queries/audit.ts';
import type { CallFacts, CustomerDump, Moved } from '../../durable-objects/customer/protocol.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { verifyAnonymousId } from '../edge/identity.ts';
import { admitAttributes } from '../edge/request-facts.ts';
import { forgetStanding } from '../edge/standings.ts';
import { anonymousName, knownName } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';

const params = z.strictObject({ id: customerId });
const tag = 'Customers';

/** Registers the routes. */
export function registerCustomers(app: App): void {
  endpoint(
    app,
    {
      method: 'put',
      path: '/v1/customers/{id}',
      tag,
      summary: 'Replace a profile',
      description: 'Traits, time zone, consent per channel and purpose. Traits must be declared attributes.',
      auth: 'secret',
      params,
      body: customerProfile,
      responses: { 204: { description: 'Stored' } },
      refusals: ['nothing_published'],
    },
    async (c, { params: { id }, body }) => putProfile(c, id, body),
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/customers/{id}',
      tag,
      summary: 'Export everything held about a customer',
      description: 'Also takes an anonymous id.',
      auth: 'secret',
      params,
      responses: {
        200: { description: 'The export', schema: customerExport },
        404: { description: '`not_found`: nothing is held' },
      },
    },
    async (c, { params: { id } }) => exportCustomer(c, id),
  );
  endpoint(
    app,
    {
      method: 'delete',
      path: '/v1/customers/{id}',
      tag,
      summary: 'Erase a customer',
      description:
        'Forgets everything; tokens of earlier decisions become void. Sums that name nobody stay. Also takes an anonymous id.',
      auth: 'secret',
      params,
      responses: { 204: { description: 'Erased' } },
    },
    async (c, { params: { id } }) => eraseCustomer(c, id),
  );
}

async function factsOf(c: Call, id: string): Promise<CallFacts> {
  const { workspaceId, siteId } = c.auth;
  const anonymous = await verifyAnonymousId(c.env, workspaceId, id);
  const name = anonymous ? await anonymousName(c.env, workspaceId, id) : await knownName(c.env, workspaceId, id);
  return { workspaceId, name, anonymous, siteId, receivedAtMs: c.receivedAtMs };
}

async function putProfile(c: Call, id: string, profile: CustomerProfile): Promise<Response> {
  const current = await currentCatalog(c.env, c.ctx, c.auth.workspaceId, c.receivedAtMs);
  if (!current) return problem(c, 'nothing_published');
  const { directory } = current.catalog;
  const traits = admitAttributes(directory, profile.traits, 'secret').ignored;
  const channels = Object.keys(profile.consent.channels).filter((id) => !directory.channels.includes(id));
  const errors = [
    ...traits.map((name) => ({ field: `/traits/${name}`, detail: 'is not a declared attribute, or not of its type' })),
    ...channels.map((id) => ({ field: `/consent/channels/${id}`, detail: 'is not a channel' })),
  ];
  if (errors.length > 0) return problem(c, 'invalid_request', { errors });
  await callCustomer<{ readonly outcome: 'stored' }>(c.env, await factsOf(c, id), (stub, facts) =>
    stub.putProfile(facts, profile).finally(() => forgetStanding(facts.name)),
  );
  return c.body(null, 204);
}

async function exportCustomer(c: Call, id: string): Promise<Response> {
  type Dumped = { readonly outcome: 'dumped'; readonly dump: CustomerDump | null };
  const { reply } = await callCustomer<Dumped>(
    c.env,
    await factsOf(c, id),
    (stub) => stub.dump() as Promise<Dumped | Moved>,
  );
  if (!reply.dump) return problem(c, 'not_found');
  const { createdAtMs, ...rest } = reply.dump;
  return c.json({ ...rest, createdAt: createdAtMs === null ? null : new Date(createdAtMs).toISOString() });
}

async function eraseCustomer(c: Call, id: string): Promise<Response> {
  const facts = await factsOf(c, id);
  const { name } = await callCustomer<{ readonly outcome: 'erased' }>(c.env, facts, (stub, here) =>
    stub.erase(here).finally(() => forgetStanding(here.name)),
  );
  // The object's name, never the id: the audit must not remember who was to be forgotten.
  const entry = { action: 'erase_customer' as const, kind: 'customer', subject: name, changes: '[]' };
  await auditInsert(c.env.DB, facts.workspaceId, {
    ...entry,
    at: facts.receivedAtMs,
    actor: c.auth.keyId,
  }).run();
  return c.body(null, 204);
}
