/** `POST /v1/consent`: what a visitor said of purposes, from the page they said it on. */
import type { Context } from 'hono';
import { type ConsentOutcome, type ConsentRequest, consentRequest, consentResponse } from '../../contract/consent.ts';
import type { CallFacts, ConsentReply } from '../../durable-objects/customer/protocol.ts';
import { keepInCookie, withCookie } from '../edge/cookie.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { visitorOf } from '../edge/visitor.ts';
import type { App, AppEnv } from '../http/app-env.ts';
import { endpoint } from '../http/endpoint.ts';
import { refuse } from '../http/problem.ts';

type Ctx = Context<AppEnv>;

/** Registers the route. */
export function registerConsent(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/consent',
      tag: 'Customers',
      summary: 'Tell what a customer said of purposes',
      description:
        'An anonymous customer who wants no personalization is erased; whatever else is said is kept in the profile, and every device obeys. ' +
        'A no wins over a yes: with a publishable key a page takes back its own no, never that of a server. Repeats change nothing.',
      auth: 'any',
      body: consentRequest,
      responses: { 200: { description: 'What became of it', schema: consentResponse } },
    },
    (c, { body }) => takeConsent(c, body),
  );
}

async function takeConsent(c: Ctx, { customer, purposes }: ConsentRequest): Promise<Response> {
  const auth = c.get('auth');
  const nowMs = c.get('receivedAtMs');
  // Who says no must be found to be heard: that is what the id is for, whatever there was consent for.
  const page = { auth, request: c.req.raw, customer, consent: 'granted' as const };
  const facts = {
    customer: await withCookie(c.env, page),
    consent: page.consent,
    requestId: undefined,
    fingerprint: '',
  };
  const visitor = await visitorOf(c.env, auth, facts, nowMs);
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const who = visitor.value;
  const answered = (outcome: ConsentOutcome): Response => {
    const response = c.json({ outcome });
    return purposes.personalization === false ? keepInCookie(response, { ...page, consent: 'denied' }, null) : response;
  };
  if (who.kind === 'none' || who.kind === 'new') return answered('nobody');
  const by = auth.keyType === 'secret' ? 'server' : 'page';
  const tell = async (name: string, anonymous: boolean): Promise<ConsentOutcome> => {
    const call: CallFacts = {
      workspaceId: auth.workspaceId,
      name,
      anonymous,
      siteId: auth.siteId,
      receivedAtMs: nowMs,
    };
    const { reply } = await callCustomer<ConsentReply>(c.env, call, (stub, here) => stub.consent(here, purposes, by));
    return reply.outcome;
  };
  // The anonymous one of this device, too: linked already, it is the same customer; not linked yet, it never will be.
  if (who.kind === 'known' && who.anonymousName) await tell(who.anonymousName, true);
  return answered(await tell(who.name, who.kind !== 'known'));
}
