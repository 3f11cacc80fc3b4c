/** `@hyperedge/client/next`: asks once on the server, for pages that come with their decisions. Any server that renders React can use it. */

import type { Answer, Consent, Decision } from '../lib/wire.ts';
import type { Bootstrap } from '../npm/bootstrap.ts';

export type { Consent, Content, ContentPart, Decision } from '../lib/wire.ts';
export type { Bootstrap } from '../npm/bootstrap.ts';

/** Cookies and headers as Next has them (`await cookies()`, `await headers()`), and as the platform does. */
export interface CookieSource {
  get(name: string): { value: string } | undefined;
}
export interface HeaderSource {
  get(name: string): string | null;
}

export interface BootstrapOptions {
  /** Any address of the API's origin. */
  api: string;
  /** A secret key (`sk_…`): this runs on a server. */
  key: string;
  /** 1 to 20 placements of the page. */
  placements: readonly string[];
  /** Default: pending, decided from the request alone. */
  consent?: Consent;
  /** Where the visitor's anonymous id is, in the first-party cookie (docs/guides/page/identity.md) unless `cookieName` says otherwise. */
  cookies?: CookieSource;
  cookieName?: string;
  /** Of the visitor's request: its language, and the page it came from. */
  headers?: HeaderSource;
  /** Address of the page. Its parameters are left out, but for the `utm_` ones. */
  url?: string;
  /** A customer you know: a secret key needs no proof. With consent only. */
  customerId?: string;
  attributes?: Record<string, unknown>;
  /** A signed preview: the value of the parameter `hyperedge_preview` of the page's address. */
  preview?: string;
  /** Longest wait, milliseconds; then the page is sent with its own content. Default: 300. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

const DEFAULT_TIMEOUT_MS = 300;

/** As lib/page.ts has it for the browser: parameters may name people, but for those that name campaigns. */
const bare = (address: string | null | undefined): string | undefined => {
  const maxLength = 2_048;
  return address
    ?.replace(/#.*|([?&])(?!utm_)[^&#]*/g, '$1')
    .replace(/[?&]+$/, '')
    .slice(0, maxLength);
};

/** Of an `Accept-Language` header its first language. */
const languageOf = (headers: HeaderSource | undefined): string | undefined => {
  const first = headers?.get('accept-language')?.split(/[,;]/)[0]?.trim();
  return first && /^[a-z]{1,8}(-[a-z\d]{1,8}){0,3}$/i.test(first) ? first : undefined;
};

const customerOf = ({ consent, cookies, cookieName, customerId }: BootstrapOptions): object | undefined => {
  if (consent !== 'granted') return undefined;
  // What the server sets unless told: with a domain, or without TLS, the latter.
  const names = cookieName === undefined ? ['__Host-hyperedge', 'hyperedge'] : [cookieName];
  const anonymousId = names.map((name) => cookies?.get(name)?.value).find((value) => value);
  return anonymousId || customerId ? { id: customerId, anonymousId } : undefined;
};

/** What a page may know of a decision: a secret key is told more. */
const PUBLIC = [
  'placement',
  'outcome',
  'decisionId',
  'campaign',
  'arm',
  'content',
  'propensity',
  'sticky',
  'token',
  'claimExpiresAt',
  'preview',
] as const satisfies readonly (keyof Decision)[];

/** An answer may be anything: only decisions of placements that were asked for are passed on. */
const decisionsOf = (answer: Answer, placements: readonly string[]): Decision[] =>
  placements.flatMap((id) => {
    const found = [...answer.decisions].find((candidate) => candidate?.placement === id);
    if (!found) return [];
    return [Object.fromEntries(PUBLIC.filter((name) => name in found).map((name) => [name, found[name]])) as never];
  });

/**
 * Asks for the decisions of a page. Never rejects: where the API is slow, blocked or broken there are no decisions, the page is sent with
 * its own content, and the browser asks. The result is plain data for `<HyperedgeProvider bootstrap={…}>` and holds no key.
 */
export async function bootstrap(options: BootstrapOptions): Promise<Bootstrap> {
  const { api, key, placements, consent = 'pending', headers, attributes, preview } = options;
  const handed: Bootstrap = { consent, decisions: [], ...(preview && { preview }) };
  try {
    const response = await (options.fetch ?? fetch)(new URL('/v1/optimize', api), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        placements,
        consent,
        preview,
        customer: customerOf(options),
        context: {
          url: bare(options.url),
          referrer: bare(headers?.get('referer')),
          language: languageOf(headers),
          attributes,
        },
      }),
      cache: 'no-store', // an answer is for one visitor
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
    const answer = (await response.json()) as Answer;
    handed.decisions = decisionsOf(answer, placements);
    const anonymousId = answer.customer?.anonymousId;
    if (consent === 'granted' && anonymousId) handed.anonymousId = anonymousId;
  } catch {} // the page's own content
  return handed;
}
