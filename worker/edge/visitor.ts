/** Who a request is about: a known customer, an anonymous one, a new visitor, or nobody that may be remembered. */
import type { OptimizeRequest } from '../../contract/decisions.ts';
import { objectName } from '../../durable-objects/shared/naming.ts';
import type { Auth } from '../http/auth.ts';
import type { Checked } from '../http/problem.ts';
import { refused } from '../http/problem.ts';
import { admitIdentity } from '../http/rate.ts';
import {
  mintAnonymousId,
  mintAnonymousIdFor,
  resignAnonymousId,
  siteSecret,
  verifyAnonymousId,
  verifyProof,
} from './identity.ts';

/** `none`: no consent, so no id, no object, nothing learned. `name` is the customer's object. */
export type Visitor =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'known';
      readonly name: string;
      readonly anonymousName: string | null;
      readonly anonymousId: string | null;
      /** By a proof, which is a browser's; a server just says so. */
      readonly proven?: true;
    }
  | { readonly kind: 'anonymous'; readonly name: string; readonly anonymousId: string }
  /** First sight: decided without an object. */
  | { readonly kind: 'new'; readonly name: string; readonly anonymousId: string };

export interface VisitorFacts {
  readonly customer: OptimizeRequest['customer'];
  readonly consent: 'granted' | 'denied' | 'pending' | undefined;
  /** What the request refuses although there is consent. */
  readonly purposes?: OptimizeRequest['purposes'];
  /** Makes a retried first request come out as the same visitor. */
  readonly requestId: string | undefined;
  /** Where the request came from, so that two clients with one requestId are two visitors; hashed, never kept. */
  readonly fingerprint: string;
}

/**
 * Whether anything may be stored: what the request says, else what the site says. A secret key speaks for its server. Purposes only take
 * away: without personalization nobody is remembered.
 */
export function mayStore(auth: Auth, consent: VisitorFacts['consent'], purposes?: VisitorFacts['purposes']): boolean {
  if (purposes?.personalization === false) return false;
  if (consent !== undefined) return consent === 'granted';
  return auth.keyType === 'secret' || auth.site?.consent === 'not_required';
}

/** The name of a known customer's object. */
export function knownName(env: Env, workspaceId: string, customerId: string): string {
  return objectName(env.NAMING_SECRET, workspaceId, 'customer', 'known', customerId);
}

/** The name of an anonymous customer's object, from a verified id: it survives the rotation of the key that signed it. */
export function anonymousName(env: Env, workspaceId: string, anonymousId: string): string {
  return objectName(env.NAMING_SECRET, workspaceId, 'customer', 'anonymous', anonymousId.split('.')[2] ?? '');
}

/** A publishable key names a known customer only with a proof that the site's server signed. */
function proven(env: Env, auth: Auth, id: string, proof: string | undefined, nowMs: number): Checked<undefined> {
  if (auth.keyType === 'secret') return { ok: true, value: undefined };
  if (proof === undefined) {
    return refused('invalid_identity', 'With a publishable key a customer id needs a proof', [
      { field: '/customer/proof', detail: 'is missing' },
    ]);
  }
  const secret = siteSecret(env, auth.workspaceId, auth.siteId);
  if (verifyProof(secret, id, proof, nowMs)) return { ok: true, value: undefined };
  return refused('invalid_identity', 'The proof does not fit this id, or has expired', [
    { field: '/customer/proof', detail: 'does not verify' },
  ]);
}

/** Finds out who a request is about. An anonymous id that was not minted here is treated as none. */
export function visitorOf(env: Env, auth: Auth, facts: VisitorFacts, nowMs: number): Checked<Visitor> {
  if (!mayStore(auth, facts.consent, facts.purposes)) return { ok: true, value: { kind: 'none' } };
  const { workspaceId } = auth;
  const given = facts.customer?.anonymousId;
  const verified = given !== undefined && verifyAnonymousId(env, workspaceId, given);
  const anonymousId = verified ? resignAnonymousId(env, workspaceId, given) : null;
  const anonymous = anonymousId && anonymousName(env, workspaceId, anonymousId);
  const id = facts.customer?.id;
  if (id !== undefined) {
    const checked = proven(env, auth, id, facts.customer?.proof, nowMs);
    if (!checked.ok) return checked;
    const name = knownName(env, workspaceId, id);
    // Once the id is proved: nobody uses up what is another's.
    const admitted = admitIdentity(env, auth, name, nowMs);
    if (!admitted.ok) return admitted;
    return {
      ok: true,
      value: {
        kind: 'known',
        name,
        anonymousName: anonymous,
        anonymousId,
        ...(auth.keyType === 'publishable' && { proven: true as const }),
      },
    };
  }
  if (anonymousId && anonymous) {
    const admitted = admitIdentity(env, auth, anonymous, nowMs);
    return admitted.ok ? { ok: true, value: { kind: 'anonymous', name: anonymous, anonymousId } } : admitted;
  }
  const minted =
    facts.requestId === undefined
      ? mintAnonymousId(env, workspaceId)
      : mintAnonymousIdFor(env, workspaceId, auth.siteId, `${facts.requestId}\n${facts.fingerprint}`);
  return { ok: true, value: { kind: 'new', name: anonymousName(env, workspaceId, minted), anonymousId: minted } };
}
