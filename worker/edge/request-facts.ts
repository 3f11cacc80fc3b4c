/** What a request says of itself: place, device, page; and the attributes it brings, checked against their declarations. */
import Bowser from 'bowser';
import type { OptimizeRequest } from '../../contract/decisions.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import { fitsType } from '../../decisioning/device/bundle.ts';
import { pageFacts } from '../../decisioning/page-facts.ts';
import type { FactsOf } from '../../decisioning/request-attributes.ts';
import type { RequestAttributes } from '../../durable-objects/customer/protocol.ts';

/** Longest user agent that is parsed: real ones have some two hundred characters. */
const MAX_USER_AGENT = 512;
/** User agents that are remembered with what they say: more than most sites meet in an hour, half a megabyte at most. */
const MAX_DEVICES = 1_000;

/** A request, as far as it is looked at. */
type Asking = Pick<Request, 'headers'> & { readonly cf?: Request['cf'] | undefined };

interface Place {
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly continent?: string;
  readonly timezone?: string;
}

function geo({ cf }: Asking): FactsOf<'geo', string> {
  if (!cf) return {};
  const { country, region, city, continent, timezone } = cf as Place;
  const facts: FactsOf<'geo', unknown> = { country, region, city, continent, timeZone: timezone };
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** What agents are, by their text: few browsers make most requests, and parsing one costs more than a choice. */
const devices = new Map<string, FactsOf<'device', string>>();

function device({ headers }: Asking): FactsOf<'device', string> {
  const userAgent = headers.get('user-agent')?.slice(0, MAX_USER_AGENT);
  if (!userAgent) return { type: 'unknown' };
  const known = devices.get(userAgent);
  if (known) return known;
  const facts = deviceOf(userAgent);
  if (devices.size >= MAX_DEVICES) devices.clear();
  devices.set(userAgent, facts);
  return facts;
}

function deviceOf(userAgent: string): FactsOf<'device', string> {
  const { platform, os, browser } = Bowser.parse(userAgent);
  return {
    type: platform.type ?? 'unknown',
    ...(os.name && { os: os.name }),
    ...(browser.name && { browser: browser.name }),
  };
}

/** What a browser asks for first, `de-DE`; a server that asks for a customer has no language of theirs, and sends no such header. */
function firstLanguage({ headers }: Asking): string | undefined {
  return /^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}(?=[,;]|$)/i.exec(headers.get('accept-language') ?? '')?.[0];
}

const addressOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** What the page's address says, as conditions read it as `page.*`; its language is not among that. */
export function addressFacts(context: OptimizeRequest['context']): FactsOf<'page', string> {
  return pageFacts(addressOf, context);
}

function page(request: Asking, context: OptimizeRequest['context']): FactsOf<'page', string> {
  const language = context?.language ?? firstLanguage(request);
  return { ...addressFacts(context), ...(language !== undefined && { language }) };
}

/** Facts that conditions read as `geo.*`, `device.*` and `page.*`. */
export function requestFacts(
  request: Asking,
  context: OptimizeRequest['context'],
): Record<string, Record<string, string>> {
  return { geo: geo(request), device: device(request), page: page(request, context) };
}

/** The attributes that are declared, of the right type, and this key's to send (nobody's, where they stay on devices); and the names of the others. */
export function admitAttributes(
  directory: Directory,
  attributes: Readonly<Record<string, unknown>> | undefined,
  keyType: 'publishable' | 'secret',
): { readonly admitted: RequestAttributes; readonly ignored: string[] } {
  const admitted: Record<string, unknown> = {};
  const ignored: string[] = [];
  if (attributes === undefined) return { admitted, ignored };
  for (const [name, value] of Object.entries(attributes)) {
    const declared = Object.hasOwn(directory.attributes, name) ? directory.attributes[name] : undefined;
    const mayTell = declared?.source === 'any' || (keyType === 'secret' && declared?.source === 'server');
    if (declared && mayTell && fitsType(declared.type, value)) admitted[name] = value;
    else ignored.push(name);
  }
  return { admitted, ignored };
}
