/** `POST /v1/feedback`: dispatches, exposures and goals of decisions, with their tokens. */
import { feedbackRequest } from '../../contract/checks/requests.ts';
import type { FeedbackEvent, FeedbackRequest } from '../../contract/events.ts';
import { MAX_FEEDBACK_BODY_BYTES } from '../../contract/limits.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { TokenSigner } from '../../decisioning/token/token.ts';
import { decodeToken } from '../../decisioning/token/token.ts';
import type { CallFacts, EventsReply, FeedbackItem, ItemResult } from '../../durable-objects/customer/protocol.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { clientTime } from '../edge/client-time.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { answerEvents } from '../edge/events-answer.ts';
import { goalFacts, learningFacts } from '../edge/goals.ts';
import { influenceOf } from '../edge/influence.ts';
import { refusedOf } from '../edge/purposes.ts';
import { resultsOf } from '../edge/replies.ts';
import { tokenSigner } from '../edge/token-signer.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { CUSTOMER_SHARE, LATE } from '../http/deadline.ts';
import { route } from '../http/endpoint.ts';
import type { Checked } from '../http/problem.ts';
import { problem, refuse } from '../http/problem.ts';
import { admitIdentity } from '../http/rate.ts';
import { Unavailable } from '../http/unavailable.ts';

export const FEEDBACK = {
  method: 'post',
  path: '/v1/feedback',
  auth: 'any',
  body: feedbackRequest,
  maxBodyBytes: MAX_FEEDBACK_BODY_BYTES,
} as const;

/** Registers the route. */
export function registerFeedback(app: App): void {
  route(app, FEEDBACK, async (c, { body }) => {
    const auth = c.auth;
    const current = await currentCatalog(c.env, c.ctx, auth.workspaceId, c.receivedAtMs);
    if (!current) return problem(c, 'nothing_published');
    const taken = await takeFeedback(c, body, current.catalog.directory);
    return taken.ok ? answerEvents(c, taken.value, !('events' in body)) : refuse(c, taken.refusal);
  });
}

function eventsOf(body: FeedbackRequest): FeedbackEvent[] {
  if ('events' in body) return body.events;
  const { key: _key, purposes: _purposes, ...event } = body;
  return [event];
}

async function takeFeedback(c: Call, body: FeedbackRequest, directory: Directory): Promise<Checked<ItemResult[]>> {
  const events = eventsOf(body);
  // Who wants no personalization any more is reported of no more, whatever token their page still has.
  if (body.purposes?.personalization === false)
    return { ok: true, value: events.map((_, index) => ({ index, status: 'rejected', reason: 'no_consent' })) };
  const done = c.timing.start('verify');
  const signer = tokenSigner(c.env);
  const checked = await Promise.all(events.map((event, index) => checkEvent(c, signer, directory, event, index)));
  // Whoever has a secret key says what they like; a page's network and visitor are some of many.
  const isPage = c.auth.keyType === 'publishable';
  const boundOf = isPage ? influenceOf(c.env, c.request, c.auth.workspaceId, c.receivedAtMs) : undefined;
  done();
  const results: ItemResult[] = [];
  const byCustomer = new Map<string, FeedbackItem[]>();
  for (const item of checked) {
    if ('status' in item) results.push(item);
    else {
      const told = boundOf ? { ...item, ...boundOf(item.record) } : item;
      byCustomer.set(item.record.customer, [...(byCustomer.get(item.record.customer) ?? []), told]);
    }
  }
  for (const name of byCustomer.keys()) {
    const admitted = admitIdentity(c.env, c.auth, name, c.receivedAtMs);
    // Before anything is taken: sent again, all of it counts once.
    if (!admitted.ok) return admitted;
  }
  const end = c.timing.start('customer');
  const taken = await Promise.all(
    [...byCustomer].map(([name, items]) => deliver(c, name, items, refusedOf(body.purposes))),
  );
  end();
  return { ok: true, value: [...results, ...taken.flat()].sort((a, b) => a.index - b.index) };
}

async function checkEvent(
  c: Call,
  signer: TokenSigner,
  directory: Directory,
  event: FeedbackEvent,
  index: number,
): Promise<FeedbackItem | ItemResult> {
  const auth = c.auth;
  const nowMs = c.receivedAtMs;
  const record = await decodeToken(event.token, signer);
  if (!record) return { index, status: 'rejected', reason: 'invalid_token' };
  if (record.workspaceId !== auth.workspaceId) return { index, status: 'rejected', reason: 'wrong_workspace' };
  if (auth.keyType === 'publishable' && record.siteId !== auth.siteId)
    return { index, status: 'rejected', reason: 'wrong_site' };
  // It pays without having been seen by anybody: whoever sends is a server.
  if (event.kind === 'dispatch' && auth.keyType !== 'secret')
    return { index, status: 'rejected', reason: 'dispatch_needs_secret_key' };
  if (record.expiresAtMs <= nowMs) return { index, status: 'rejected', reason: 'expired_token' };
  const at = clientTime(auth, event.at, nowMs);
  if (!at.ok) return { index, status: 'rejected', reason: 'time_out_of_range' };
  const atMs = at.value;
  const facts = learningFacts(directory, record.campaignId);
  const learning = facts && { learning: facts };
  if (event.kind === 'dispatch') return { index, record, kind: 'dispatch', atMs };
  if (event.kind === 'exposure') return { index, record, kind: 'exposure', atMs, ...learning };
  const goal = goalFacts(directory, auth, event);
  if (typeof goal === 'string') return { index, status: 'rejected', reason: goal };
  return { index, record, kind: 'goal', goal, orderId: event.orderId, atMs, ...learning };
}

async function deliver(
  c: Call,
  name: string,
  items: readonly FeedbackItem[],
  refused: CallFacts['refused'],
): Promise<readonly ItemResult[]> {
  const auth = c.auth;
  // Whether the customer is anonymous is known to the object if it exists; of one that a token brings to life, the token says it.
  const facts = {
    workspaceId: auth.workspaceId,
    name,
    anonymous: !items.some(({ record }) => record.known),
    siteId: auth.siteId,
    receivedAtMs: c.receivedAtMs,
    refused,
  };
  try {
    let told = items;
    const taking = callCustomer<EventsReply>(c.env, facts, async (stub, here) => {
      const reply = await stub.feedback(here, told);
      // Of an id that ended nobody decides any more but a page itself: that is the stranger's who has it, and not told to the customer.
      if (reply.outcome === 'moved' && reply.endsAtMs !== undefined)
        told = told.filter(({ record }) => record.atMs < (reply.endsAtMs as number));
      return reply;
    });
    // Late is refused, whatever comes of it: sent again, what was taken meanwhile is a duplicate.
    const taken = await c.deadline.within(taking, CUSTOMER_SHARE);
    if (taken === LATE) throw new Unavailable('customer');
    const ended = items.filter((item) => !told.includes(item));
    return [
      ...resultsOf(taken.reply.results, told),
      ...ended.map(({ index }): ItemResult => ({ index, status: 'rejected', reason: 'expired_token' })),
    ];
  } catch {
    return items.map(({ index }) => ({ index, status: 'rejected', reason: 'unavailable' }));
  }
}
