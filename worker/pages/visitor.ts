/** Who looks at a page: by the site's first-party cookie, where it keeps one and its visitor agrees; nobody that is remembered otherwise. */
import { clearedCookie, cookieFor, givenBy, idInCookie, setCookie } from '../edge/cookie.ts';
import { mintAnonymousIdFor, resignAnonymousId } from '../edge/identity.ts';
import { findKey } from '../edge/keys.ts';
import { siteFacts } from '../edge/site-facts.ts';
import { mayStore } from '../edge/visitor.ts';
import type { Auth } from '../http/auth.ts';
import type { Deadline } from '../http/deadline.ts';
import { fingerprintOf } from '../http/fingerprint.ts';
import { consentOf, refusedByBrowser, type Said } from './consent.ts';
import type { EdgeSite } from './sites.ts';

/** What the decisions are asked for with. Without a cookie to be recognised by, nobody is granted anything: the next view would be somebody else's. */
export interface Visitor extends Said {
  /** The signed anonymous id, of a visitor who is remembered. */
  readonly anonymousId?: string;
  /** The id was made from this view's request id: the first request needs no other name. */
  readonly isNew?: true;
  /** `Set-Cookie` that goes with the page. */
  readonly cookie?: string;
}

/** Nobody that is remembered. */
export const NOBODY: Visitor = { consent: 'pending' };

/** What is known of a page's request before anything is asked. */
export interface PageCall {
  readonly env: Env;
  readonly ctx: ExecutionContext;
  readonly request: Request;
  readonly site: EdgeSite;
  readonly deadline: Deadline;
  /** Of the first request for decisions; drawn at random for each view. */
  readonly requestId: string;
  readonly nowMs: number;
}

/** A page's request as one of its scripts would send it: with the origin that browsers leave out when they go to a page. */
function asFromPage(request: Request): { readonly url: string; readonly headers: Headers } {
  const headers = new Headers(request.headers);
  headers.set('origin', new URL(request.url).origin);
  return { url: request.url, headers };
}

/** Finds out who looks at a page. Never rejects: whoever cannot be found out is nobody. */
export async function visitorOfPage(call: PageCall): Promise<Visitor> {
  try {
    return await recognised(call);
  } catch {
    return NOBODY;
  }
}

async function recognised({ env, ctx, request, site, deadline, requestId, nowMs }: PageCall): Promise<Visitor> {
  const said = consentOf(site, request.headers);
  const consent = said?.consent;
  const owner = await findKey(env.DB, site.key, nowMs, deadline);
  if (owner?.type !== 'publishable') return NOBODY;
  const { workspaceId, siteId, id: keyId, type: keyType } = owner;
  const auth: Auth = {
    workspaceId,
    siteId,
    keyId,
    keyType,
    site: await siteFacts(env, ctx, owner, nowMs, deadline),
  };
  const page = asFromPage(request);
  const cookie = cookieFor(auth, page);
  if (consent === 'denied') {
    const forget = cookie !== undefined && givenBy(page, cookie).length > 0;
    return { consent, ...(forget && { cookie: clearedCookie(cookie) }) };
  }
  if (!cookie || !mayStore(auth, consent)) return NOBODY;
  const kept = await idInCookie(env, workspaceId, page, cookie);
  const anonymousId =
    kept === undefined
      ? await mintAnonymousIdFor(env, workspaceId, siteId, `${requestId}\n${fingerprintOf(request)}`)
      : await resignAnonymousId(env, workspaceId, kept);
  const purposes = { ...said?.purposes, ...refusedByBrowser(request.headers) };
  return {
    consent: 'granted',
    ...(Object.keys(purposes).length > 0 && { purposes }),
    anonymousId,
    ...(kept === undefined && { isNew: true as const }),
    cookie: setCookie(cookie, anonymousId),
  };
}
