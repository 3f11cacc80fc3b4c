/** `POST /v1/consent`: what a visitor said of purposes, from the page they said it on. */
import { consentRequest } from '../../contract/checks/requests.ts';
import type { ConsentOutcome, ConsentRequest } from '../../contract/consent.ts';
import type { CallFacts } from '../../durable-objects/customer/protocol.ts';
import type { ConsentReply, Purposes } from '../../durable-objects/customer/purposes.ts';
import { keepInCookie, withCookie } from '../edge/cookie.ts';
import { callCustomer, callUnproven } from '../edge/customer-calls.ts';
import { forgetStanding } from '../edge/standings.ts';
import { visitorOf } from '../edge/visitor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { route } from '../http/endpoint.ts';
import { refuse } from '../http/problem.ts';

export const CONSENT = { method: 'post', path: '/v1/consent', auth: 'any', body: consentRequest } as const;

/** Registers the route. */
export function registerConsent(app: App): void {
  route(app, CONSENT, (c, { body }) => takeConsent(c, body));
}

async function takeConsent(c: Call, { customer, purposes }: ConsentRequest): Promise<Response> {
  const auth = c.auth;
  const nowMs = c.receivedAtMs;
  const page = { auth, request: c.request, customer, consent: 'granted' as const };
  const answered = (outcome: ConsentOutcome): Response => {
    const response = c.json({ outcome });
    const isOver = !purposes || purposes.personalization === false;
    return isOver ? keepInCookie(response, { ...page, consent: 'denied' }, null) : response;
  };
  // A page that names nobody forgets its visitor, as after signing out: the cookie goes, and its customer stays.
  if (!customer) return answered('nobody');
  // Who says no must be found to be heard: that is what the id is for, whatever there was consent for.
  const named = await withCookie(c.env, page);
  const visitor = await visitorOf(
    c.env,
    auth,
    {
      // Of a device alone nobody needs a proof, which may have expired.
      customer: purposes ? named : { anonymousId: named?.anonymousId },
      consent: page.consent,
      requestId: undefined,
      fingerprint: '',
    },
    nowMs,
  );
  if (!visitor.ok) return refuse(c, visitor.refusal);
  const who = visitor.value;
  if (who.kind === 'none' || who.kind === 'new') return answered('nobody');
  const tell = (name: string, anonymous: boolean) =>
    tellCustomer(c, { name, anonymous, proven: who.kind === 'known' }, purposes ?? null);
  // The anonymous one of this device, too: linked already, it is the same customer; not linked yet, it never will be.
  if (who.kind === 'known' && who.anonymousName) await tell(who.anonymousName, true);
  return answered(await tell(who.name, who.kind !== 'known'));
}

async function tellCustomer(
  c: Call,
  { proven, ...who }: Pick<CallFacts, 'name' | 'anonymous'> & { readonly proven: boolean },
  said: Purposes | null,
): Promise<ConsentOutcome> {
  const { workspaceId, siteId, keyType } = c.auth;
  const call: CallFacts = { workspaceId, siteId, receivedAtMs: c.receivedAtMs, ...who };
  const by = keyType === 'secret' ? 'server' : 'page';
  const ask = proven ? callCustomer<ConsentReply> : callUnproven<ConsentReply>;
  const found = await ask(c.env, call, (stub, here) =>
    stub.consent(here, said, by).finally(() => forgetStanding(here.name)),
  );
  // An id that ended is nobody's.
  return 'astray' in found ? 'nobody' : found.reply.outcome;
}
