/** What a request says of itself: place, device, page; and the attributes it brings, checked against their declarations. */
import Bowser from 'bowser';
import type { OptimizeRequest } from '../../contract/decisions.ts';
import type { Directory, DirectoryAttribute } from '../../decisioning/catalog/slice.ts';
import type { FactsOf } from '../../decisioning/request-attributes.ts';
import type { RequestAttributes } from '../../durable-objects/customer/protocol.ts';

/** Longest user agent that is parsed: real ones have some two hundred characters. */
const MAX_USER_AGENT = 512;

interface Place {
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly continent?: string;
  readonly timezone?: string;
}

function geo(request: Request): FactsOf<'geo', string> {
  const { country, region, city, continent, timezone } = (request.cf ?? {}) as Place;
  const facts: FactsOf<'geo', unknown> = { country, region, city, continent, timeZone: timezone };
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function device(request: Request): FactsOf<'device', string> {
  const userAgent = request.headers.get('user-agent')?.slice(0, MAX_USER_AGENT);
  if (!userAgent) return { type: 'unknown' };
  const { platform, os, browser } = Bowser.parse(userAgent);
  return {
    type: platform.type ?? 'unknown',
    ...(os.name && { os: os.name }),
    ...(browser.name && { browser: browser.name }),
  };
}

/** What a browser asks for first, `de-DE`; a server that asks for a customer has no language of theirs, and sends no such header. */
function firstLanguage(request: Request): string | undefined {
  return /^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}(?=[,;]|$)/i.exec(request.headers.get('accept-language') ?? '')?.[0];
}

/** Path, host and campaign parameters; never the whole address, which may carry personal data into receipts. */
function page(request: Request, context: OptimizeRequest['context']): FactsOf<'page', string> {
  const facts: { -readonly [Name in keyof FactsOf<'page', string>]: string } = {};
  const url = context?.url !== undefined && URL.canParse(context.url) ? new URL(context.url) : undefined;
  if (url) {
    facts.host = url.host;
    facts.path = url.pathname;
    for (const name of ['utm_source', 'utm_medium', 'utm_campaign'] as const) {
      const value = url.searchParams.get(name);
      if (value !== null) facts[name] = value;
    }
  }
  if (context?.referrer !== undefined && URL.canParse(context.referrer))
    facts.referrerHost = new URL(context.referrer).host;
  const language = context?.language ?? firstLanguage(request);
  if (language !== undefined) facts.language = language;
  return facts;
}

/** Facts that conditions read as `geo.*`, `device.*` and `page.*`. */
export function requestFacts(
  request: Request,
  context: OptimizeRequest['context'],
): Record<string, Record<string, string>> {
  return { geo: geo(request), device: device(request), page: page(request, context) };
}

function fits(declared: DirectoryAttribute, value: unknown): boolean {
  if (value === null) return true;
  if (declared.type === 'string_list') return Array.isArray(value);
  // `type` is one of the names that `typeof` answers.
  return typeof value === declared.type;
}

/** The attributes that are declared, of the right type, and this key's to send; and the names of the others. */
export function admitAttributes(
  directory: Directory,
  attributes: Readonly<Record<string, unknown>> | undefined,
  keyType: 'publishable' | 'secret',
): { readonly admitted: RequestAttributes; readonly ignored: string[] } {
  const admitted: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(attributes ?? {})) {
    const declared = Object.hasOwn(directory.attributes, name) ? directory.attributes[name] : undefined;
    if (declared && fits(declared, value) && (keyType === 'secret' || declared.source === 'any'))
      admitted[name] = value;
    else ignored.push(name);
  }
  return { admitted, ignored };
}
