/** `POST /v1/events`: behaviour, and goals reached without a token. */
import { eventsRequest } from '../../contract/checks/requests.ts';
import type { CustomerEvent, EventsRequest } from '../../contract/events.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { CallFacts, EventItem, EventsReply, ItemResult, Moved } from '../../durable-objects/customer/protocol.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { clientTime } from '../edge/client-time.ts';
import { keepInCookie, otherInCookie, withCookie } from '../edge/cookie.ts';
import { callCustomer, callUnproven } from '../edge/customer-calls.ts';
import { answerEvents } from '../edge/events-answer.ts';
import { goalFacts } from '../edge/goals.ts';
import { minorUnits } from '../edge/money.ts';
import { narrowed, refusedOf } from '../edge/purposes.ts';
import { resultsOf } from '../edge/replies.ts';
import { admitAttributes } from '../edge/request-facts.ts';
import { type Stray, signIn, strayed } from '../edge/sign-in.ts';
import type { Visitor } from '../edge/visitor.ts';
import { visitorOf } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { CUSTOMER_SHARE, LATE } from '../http/deadline.ts';
import { route } from '../http/endpoint.ts';
import { fingerprintOf } from '../http/fingerprint.ts';
import { problem, refuse } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';

export const EVENTS = { method: 'post', path: '/v1/events', auth: 'any', body: eventsRequest } as const;

/** Registers the route. */
export function registerEvents(app: App): void {
  route(app, EVENTS, (c, { body }) => takeEvents(c, body));
}

async function takeEvents(c: Call, body: EventsRequest): Promise<Response> {
  const auth = c.auth;
  const nowMs = c.receivedAtMs;
  const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, nowMs);
  if (!current) return problem(c, 'nothing_published');
  const { directory } = current.catalog;
  if (auth.keyType === 'secret' && body.customer.id === undefined && body.customer.anonymousId === undefined) {
    const errors = [
      { field: '/customer', detail: 'must have an id or an anonymousId: a server knows whom it speaks of' },
    ];
    return problem(c, 'invalid_request', { errors });
  }
  const page = { auth, request: c.request, customer: body.customer, consent: narrowed(body) };
  const visitor = await visitorOf(
    c.env,
    auth,
    {
      customer: await withCookie(c.env, page),
      consent: body.consent,
      purposes: body.purposes,
      requestId: undefined,
      fingerprint: fingerprintOf(c.request),
    },
    nowMs,
  );
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const who = visitor.value;
  if (who.kind === 'none') {
    const refused = body.events.map((_, index): ItemResult => ({ index, status: 'rejected', reason: 'no_consent' }));
    return keepInCookie(answerEvents(c, refused, false), page, null);
  }
  const { admitted, ignored } = admitAttributes(directory, body.traits, auth.keyType);
  const checked = body.events.map((event, index) => checkEvent(c, directory, event, index));
  const items = checked.filter((item): item is EventItem => !('status' in item));
  const refused = checked.filter((item): item is ItemResult => 'status' in item);
  const links = who.kind === 'known' && who.anonymousName !== null;
  const idle = items.length === 0 && Object.keys(admitted).length === 0 && !links;
  const told = { items, traits: admitted, purposes: body.purposes };
  const { results: taken, anonymousId } = idle
    ? { results: [], anonymousId: who.anonymousId }
    : await deliver(c, who, told, {
        inCookie: await otherInCookie(c.env, page),
        fingerprint: fingerprintOf(c.request),
      });
  const results = [...refused, ...taken].sort((a, b) => a.index - b.index);
  const answered = answerEvents(c, results, false, {
    ...(anonymousId && { customer: { anonymousId } }),
    ...(ignored.length > 0 && { ignoredAttributes: ignored }),
  });
  return keepInCookie(answered, page, answered.ok ? anonymousId : null);
}

function checkEvent(c: Call, directory: Directory, event: CustomerEvent, index: number): EventItem | ItemResult {
  const auth = c.auth;
  const at = clientTime(auth, event.at, c.receivedAtMs);
  if (!at.ok) return { index, status: 'rejected', reason: 'time_out_of_range' };
  const atMs = at.value;
  const { eventId } = event;
  if (event.kind === 'behaviour') {
    const valueMinor = event.value === undefined ? 0 : minorUnits(event.value, directory.currency);
    return { index, kind: 'behaviour', name: event.name, valueMinor, windowMs: 0, eventId, atMs };
  }
  const goal = goalFacts(directory, auth, event);
  if (typeof goal === 'string') return { index, status: 'rejected', reason: goal };
  return {
    index,
    kind: 'goal',
    name: goal.id,
    valueMinor: goal.valueMinor,
    windowMs: goal.windowMs,
    ...(goal.unit && { unit: goal.unit }),
    orderId: event.orderId,
    eventId,
    atMs,
  };
}

/** What a request says besides its body. */
type Browser = Pick<Stray, 'inCookie' | 'fingerprint'>;

interface Told {
  readonly items: readonly EventItem[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly purposes: EventsRequest['purposes'];
}

interface Delivered {
  readonly results: readonly ItemResult[];
  /** The id that the visitor has from now on; null where the answer names none. */
  readonly anonymousId: string | null;
}

async function deliver(
  c: Call,
  who: Exclude<Visitor, { kind: 'none' }>,
  { items, traits, purposes }: Told,
  browser: Browser,
): Promise<Delivered> {
  const { workspaceId, siteId } = c.auth;
  const call = { workspaceId, siteId, receivedAtMs: c.receivedAtMs, refused: refusedOf(purposes) };
  // Behaviour without an event id is not idempotent, so nothing is retried here that the platform may have carried out: ids are added.
  const named = items.map((item) => ({ ...item, eventId: item.eventId ?? crypto.randomUUID() }));
  const done = c.timing.start('customer');
  try {
    const taking = tell(c.env, call, who, (stub, here) => stub.events(here, named, traits), browser);
    // Late is refused, whatever comes of it: sent again, what was taken meanwhile is a duplicate.
    const taken = await c.deadline.within(taking, CUSTOMER_SHARE);
    if (taken === LATE) throw new Unavailable('customer');
    return { results: resultsOf(taken.reply.results, named), anonymousId: taken.anonymousId };
  } catch {
    const results = items.map(({ index }): ItemResult => ({ index, status: 'rejected', reason: 'unavailable' }));
    return { results, anonymousId: who.anonymousId };
  } finally {
    done();
  }
}

/** Tells the customer's object, linked on the way where both are named; where an id ended, the one of whoever is meant then. */
async function tell(
  env: Env,
  call: Omit<CallFacts, 'name' | 'anonymous'>,
  who: Exclude<Visitor, { kind: 'none' }>,
  take: Parameters<typeof callCustomer<EventsReply>>[2],
  browser: Browser,
  again = false,
): Promise<{ readonly reply: Exclude<EventsReply, Moved>; readonly anonymousId: string | null }> {
  const facts: CallFacts = { ...call, name: who.name, anonymous: who.kind !== 'known' };
  if (who.kind === 'known') {
    const anonymousId = await signIn(env, facts, who, false);
    const { reply } = await callCustomer<EventsReply>(env, facts, take);
    return { reply, anonymousId };
  }
  const found = await callUnproven<EventsReply>(env, facts, take);
  // Other tabs may have the next id already: this one is not put in its place.
  if (!('astray' in found))
    return { reply: found.reply, anonymousId: found.leads === 'ending' ? null : who.anonymousId };
  const next = await strayed(env, call.workspaceId, { visitor: who, ...browser, leads: found.astray, again });
  if (next.kind === 'none') throw new Unavailable('customer');
  return tell(env, call, next, take, { ...browser, inCookie: undefined }, browser.inCookie === undefined);
}
