/**
 * The first-party cookie: the signed anonymous id of a visitor, kept by the server for pages of its own site. Scripts cannot read it, and browsers
 * that forget after a week what scripts store keep it.
 */
import type { SiteCookie } from '../../decisioning/catalog/configuration.ts';
import type { Auth } from '../http/auth.ts';
import { type IdentitySecrets, verifyAnonymousId } from './identity.ts';
import { equalInConstantTime } from './mac.ts';
import { mayStore, type VisitorFacts } from './visitor.ts';

const SECONDS_PER_DAY = 86_400;
/** Cookies of one name that are looked at: hosts above and below may have set one each, and only ours verifies. */
const MAX_NAMESAKES = 4;

/** A cookie whose name is known. */
type NamedCookie = SiteCookie & { readonly name: string };

/**
 * What browsers let no neighbouring host set, and only over TLS: nobody else can plant it. With a domain it is open to all hosts under that, and on a
 * developer's machine there is no TLS.
 */
const nameOf = ({ domain }: SiteCookie, scheme: string): string =>
  domain === undefined && scheme === 'https:' ? '__Host-hyperedge' : 'hyperedge';

/** Whether a host gets a cookie that one of its neighbours set. Cookies know no ports. */
export function covers({ domain }: SiteCookie, host: string): boolean {
  return domain !== undefined && `.${host}`.endsWith(`.${domain}`);
}

/**
 * The cookie that a request of a page may have: its site keeps one, the page's origin is one of the site's, and the API answers on the page's own
 * host or on one that the cookie's domain covers together with it. Undefined for everybody else: then none is read, set or cleared, and no browser
 * is told that it may send credentials.
 */
export function cookieFor(
  auth: Pick<Auth, 'keyType' | 'site'> | undefined,
  request: Pick<Request, 'url' | 'headers'>,
): NamedCookie | undefined {
  // Whoever has a secret key names customers themselves; of others only a browser vouches for the page.
  if (!auth?.site?.cookie || auth.keyType !== 'publishable') return undefined;
  const { cookie, kind, origins } = auth.site;
  const origin = request.headers.get('origin');
  if (kind !== 'web' || origin === null || !origins.includes(origin)) return undefined;
  const { url } = request;
  if (last?.site !== cookie || last.origin !== origin || last.url !== url)
    last = { site: cookie, origin, url, cookie: cookieBetween(cookie, origin, url) };
  return last.cookie;
}

/** What was asked last: a request asks four times, and two addresses take a microsecond to read. */
let last:
  | {
      readonly site: SiteCookie;
      readonly origin: string;
      readonly url: string;
      readonly cookie: NamedCookie | undefined;
    }
  | undefined;

/** @param cookie of a site that has this origin @param url that was called */
function cookieBetween(cookie: SiteCookie, origin: string, url: string): NamedCookie | undefined {
  // A runtime may hand on a host that no address can have.
  const called = URL.parse(url);
  if (!called) return undefined;
  const { protocol, hostname: here } = called;
  const page = new URL(origin).hostname;
  const isSameSite = cookie.domain === undefined ? page === here : covers(cookie, page) && covers(cookie, here);
  return isSameSite ? { ...cookie, name: cookie.name ?? nameOf(cookie, protocol) } : undefined;
}

/** What a request brings under the cookie's name, the most specific first; unchecked. */
export function givenBy(request: Pick<Request, 'headers'>, { name }: Pick<NamedCookie, 'name'>): string[] {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const named = pairs.filter((pair) => pair.startsWith(`${name}=`)).slice(0, MAX_NAMESAKES);
  return named.map((pair) => pair.slice(name.length + 1));
}

/** The anonymous id that the cookie keeps; undefined when there is none that was minted here. */
export function idInCookie(
  secrets: IdentitySecrets,
  workspaceId: string,
  request: Pick<Request, 'headers'>,
  cookie: Pick<NamedCookie, 'name'>,
): string | undefined {
  for (const id of givenBy(request, cookie)) if (verifyAnonymousId(secrets, workspaceId, id)) return id;
  return undefined;
}

/** `Set-Cookie` for a visitor; its life begins anew with every visit. */
export function setCookie(cookie: NamedCookie, anonymousId: string): string {
  return `${cookie.name}=${anonymousId}; Max-Age=${cookie.maxAgeDays * SECONDS_PER_DAY}${attributesOf(cookie)}`;
}

/** `Set-Cookie` that has the browser forget. */
export function clearedCookie(cookie: NamedCookie): string {
  return `${cookie.name}=; Max-Age=0${attributesOf(cookie)}`;
}

/** Not `Partitioned`: that is for frames of other sites, which a Lax cookie never reaches. */
function attributesOf({ domain }: SiteCookie): string {
  return `; Path=/${domain === undefined ? '' : `; Domain=${domain}`}; HttpOnly; Secure; SameSite=Lax`;
}

/** A request of a page, as far as its cookie is concerned. */
export interface CookieCall {
  readonly auth: Auth;
  readonly request: Request;
  readonly customer: VisitorFacts['customer'];
  readonly consent: VisitorFacts['consent'];
}

/**
 * The customer that a request names, completed by its cookie: with consent, and where the request brings no anonymous id of its own. What a page
 * names wins, even when it turns out to be no id: a page that has forgotten its visitor says so with one.
 */
export function withCookie(secrets: IdentitySecrets, call: CookieCall): VisitorFacts['customer'] {
  const { auth, request, customer, consent } = call;
  const cookie = cookieFor(auth, request);
  if (!cookie || customer?.anonymousId !== undefined || !mayStore(auth, consent)) return customer;
  const anonymousId = idInCookie(secrets, auth.workspaceId, request, cookie);
  return anonymousId === undefined ? customer : { ...customer, anonymousId };
}

/** The id in the cookie where the request itself names another: for when that one turns out to have ended. */
export function otherInCookie(secrets: IdentitySecrets, call: CookieCall): string | undefined {
  const { anonymousId: given, id } = call.customer ?? {};
  if (given === undefined || id !== undefined) return undefined;
  const { anonymousId } = withCookie(secrets, { ...call, customer: undefined }) ?? {};
  return anonymousId !== undefined && equalInConstantTime(anonymousId, given) ? undefined : anonymousId;
}

/** Has the answer keep the visitor in the cookie, or forget it against consent; without consent yet it is left as it is. Returns the answer. */
export function keepInCookie(
  response: Response,
  { auth, request, consent }: Omit<CookieCall, 'customer'>,
  anonymousId: string | null | undefined,
): Response {
  const cookie = cookieFor(auth, request);
  if (!cookie) return response;
  if (consent === 'denied') {
    if (givenBy(request, cookie).length > 0) response.headers.append('set-cookie', clearedCookie(cookie));
  } else if (anonymousId && mayStore(auth, consent))
    response.headers.append('set-cookie', setCookie(cookie, anonymousId));
  return response;
}
