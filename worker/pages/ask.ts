/** Asks the API for a page's decisions, in the same isolate: the same checks, deadline and answers as for the page script. */
import type { OptimizeRequest, OptimizeResponse } from '../../contract/decisions.ts';
import type { App } from '../http/app.ts';
import type { PageCall, Visitor } from './visitor.ts';

/** Longest address that the contract takes; of a longer one the part before its query is told. */
const MAX_URL_LENGTH = 2_048;
/** What the API reads of a request besides its body: language, device, and where it came from. */
const TOLD = ['user-agent', 'accept-language', 'cf-connecting-ip'];

const address = (text: string): string =>
  text.length <= MAX_URL_LENGTH ? text : text.split('?')[0]!.slice(0, MAX_URL_LENGTH);

/** The preview that a page's address asks for, as the page script reads it. */
export function previewOf(url: string): string | undefined {
  return /[?&]hyperedge_preview=([^&#]+)/.exec(url)?.[1];
}

/** Decisions for placements of the page that is called; undefined when the API refuses or fails. `turn` counts the requests of this view, from 0. */
export async function askApi(
  app: App,
  { env, ctx, request, site, requestId }: PageCall,
  placements: readonly string[],
  visitor: Visitor,
  turn: number,
): Promise<OptimizeResponse | undefined> {
  const { consent, purposes, anonymousId, isNew } = visitor;
  const preview = previewOf(request.url);
  const referrer = request.headers.get('referer');
  const body: OptimizeRequest = {
    // A new visitor's id is made of the first request's; later ones of the view name it.
    requestId: turn === 0 ? requestId : `${requestId}-${turn}`,
    placements: [...placements],
    ...(anonymousId !== undefined && !(isNew && turn === 0) && { customer: { anonymousId } }),
    consent,
    ...(purposes && { purposes }),
    ...(preview !== undefined && { preview }),
    context: { url: address(request.url), ...(referrer !== null && { referrer: address(referrer) }) },
  };
  const headers = new Headers({ 'content-type': 'application/json', authorization: `Bearer ${site.key}` });
  const { origin } = new URL(request.url);
  headers.set('origin', origin);
  for (const name of TOLD) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  try {
    const asked = new Request(`${origin}/v1/optimize`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      cf: request.cf as never,
    });
    const answer = await app.fetch(asked, env, ctx);
    return answer.ok ? ((await answer.json()) as OptimizeResponse) : undefined;
  } catch {
    return undefined;
  }
}
