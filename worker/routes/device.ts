/** `POST /v1/device/bundle` and `POST /v1/device/decisions`: what pages decide themselves. */
import { deviceBundleRequest, deviceDecisionsRequest } from '../../contract/checks/requests.ts';
import type { DeviceBundleRequest, DeviceDecisionsRequest } from '../../contract/device.ts';
import type { CustomerDump, Moved } from '../../durable-objects/customer/protocol.ts';
import { refuses } from '../../durable-objects/customer/purposes.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { keepInCookie, withCookie } from '../edge/cookie.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { makeBundle } from '../edge/device-bundle.ts';
import { judgeReport } from '../edge/device-decisions.ts';
import { narrowed } from '../edge/purposes.ts';
import { signIn } from '../edge/sign-in.ts';
import { placementSlices } from '../edge/slices.ts';
import type { Visitor } from '../edge/visitor.ts';
import { visitorOf } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { CUSTOMER_SHARE, LATE } from '../http/deadline.ts';
import { route } from '../http/endpoint.ts';
import { fingerprintOf } from '../http/fingerprint.ts';
import type { Checked } from '../http/problem.ts';
import { problem, refuse } from '../http/problem.ts';

export const DEVICE_BUNDLE = {
  method: 'post',
  path: '/v1/device/bundle',
  auth: 'any',
  body: deviceBundleRequest,
} as const;
export const DEVICE_DECISIONS = {
  method: 'post',
  path: '/v1/device/decisions',
  auth: 'any',
  body: deviceDecisionsRequest,
} as const;

/** Registers the routes. */
export function registerDevice(app: App): void {
  route(app, DEVICE_BUNDLE, (c, { body }) => bundle(c, body));
  route(app, DEVICE_DECISIONS, (c, { body }) => decisions(c, body));
}

type Body = DeviceDecisionsRequest | DeviceBundleRequest;

const pageOf = (c: Call, body: Body) => ({
  auth: c.auth,
  request: c.request,
  customer: body.customer,
  consent: narrowed(body),
});

async function visitorFor(c: Call, body: Body, requestId?: string): Promise<Checked<Visitor>> {
  const { consent, purposes } = body;
  const customer = await withCookie(c.env, pageOf(c, body));
  const facts = { customer, consent, purposes, requestId, fingerprint: fingerprintOf(c.request) };
  return visitorOf(c.env, c.auth, facts, c.receivedAtMs);
}

/**
 * A known customer whose profile refuses personalization gets the bundle of nobody; an anonymous one who did was forgotten. Nobody waits for an
 * object that does not answer: it obeys when a decision is credited.
 */
async function whoObeys(c: Call, visitor: Visitor): Promise<Visitor> {
  if (visitor.kind !== 'known') return visitor;
  const { workspaceId, siteId } = c.auth;
  const known = { workspaceId, siteId, name: visitor.name, anonymous: false, receivedAtMs: c.receivedAtMs };
  type Dumped = { readonly outcome: 'dumped'; readonly dump: CustomerDump | null };
  const asking = callCustomer<Dumped>(c.env, known, (stub) => stub.dump() as Promise<Dumped | Moved>);
  // What is late goes on behind the answer, and the next call links as well.
  const inTime = async <T>(work: Promise<T>): Promise<T | undefined> => {
    const done = work.catch(() => undefined);
    c.ctx.waitUntil(done);
    const first = await c.deadline.within(done, CUSTOMER_SHARE);
    return first === LATE ? undefined : first;
  };
  const [read, renewed] = await Promise.all([inTime(asking), inTime(signIn(c.env, known, visitor, true))]);
  const profile = read?.reply.dump?.profile;
  if (profile && refuses(profile, 'personalization')) return { kind: 'none' };
  return renewed ? { ...visitor, anonymousId: renewed } : visitor;
}

async function bundle(c: Call, body: DeviceBundleRequest): Promise<Response> {
  const [auth, nowMs] = [c.auth, c.receivedAtMs];
  const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  if (!current) return problem(c, 'nothing_published');
  const found = await visitorFor(c, body, body.requestId);
  if (!found.ok) return refuse(c, found.refusal);
  const visitor = await whoObeys(c, found.value);
  const { catalog } = current;
  const { workspaceId } = auth;
  const slices = await placementSlices(c.env, workspaceId, catalog.manifest, body.placements, c.deadline);
  const asked = { auth, visitor, catalog, slices, body, request: c.request, nowMs };
  const answer = await makeBundle(c.env, asked);
  return keepInCookie(c.json(answer), pageOf(c, body), answer.customer.anonymousId);
}

async function decisions(c: Call, body: DeviceDecisionsRequest): Promise<Response> {
  const [auth, nowMs] = [c.auth, c.receivedAtMs];
  const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  if (!current) return problem(c, 'nothing_published');
  const visitor = await visitorFor(c, body);
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const { catalog } = current;
  const placements = body.decisions.map(({ placement }) => placement);
  const slices = await placementSlices(c.env, auth.workspaceId, catalog.manifest, placements, c.deadline);
  const reported = { auth, visitor: visitor.value, catalog, slices, body, nowMs };
  return c.json({ decisions: await judgeReport(c.env, reported) });
}
