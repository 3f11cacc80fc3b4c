/** One request of a site that is rendered here: from its origin, filled where it is a page, untouched where it is anything else. */
import type { App } from '../http/app.ts';
import { Deadline, decideDeadlineMs } from '../http/deadline.ts';
import { askApi, previewOf } from './ask.ts';
import { fillingRewriter } from './fill.ts';
import { handOver } from './hand-over.ts';
import { headFirst, withRest } from './head-first.ts';
import { filledHeaders } from './headers.ts';
import { recall, remember, type SeenPage } from './memory.ts';
import { askOrigin, hasBeenHere, isAhead, mayFill, originRequest, publicLocation, wantsPage } from './origin.ts';
import { type EdgeSite, fits, siteOf } from './sites.ts';
import { Visit } from './visit.ts';
import { NOBODY, type PageCall, type Visitor, visitorOfPage } from './visitor.ts';

/** Answers one request. Whatever is wrong on our side, the site's own page comes. */
export async function servePage(app: App, request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const { host, pathname, search } = new URL(request.url);
  const site = siteOf(env, host);
  const isOurs = wantsPage(request) && !isAhead(request) && !hasBeenHere(request);
  if (!site || !isOurs || !site.paths.some((path) => fits(pathname, path))) {
    const answer = await askOrigin(env, request, originRequest(request, site, false, true));
    return publicLocation(answer, site, request);
  }
  const before = recall(host + pathname);
  const isEmpty = (etag: string | null): boolean =>
    before?.placements.length === 0 && before.search === search && etag !== null && before.etag === etag;
  const conditional = isEmpty(request.headers.get('if-none-match'));
  const answering = askOrigin(env, request, originRequest(request, site, true, conditional));
  const call = pageCall(request, env, ctx, site);
  const visit = newVisit(app, call);
  // A HEAD has nothing to fill.
  if (request.method === 'GET') visit.expect(before?.placements ?? []);
  const base = await answering;
  const etag = base.headers.get('etag');
  if (!mayFill(base) || isEmpty(etag)) return publicLocation(base, site, request);
  return filled(base, call, visit, (placements) => remember(host + pathname, { placements, search, etag }));
}

function pageCall(request: Request, env: Env, ctx: ExecutionContext, site: EdgeSite): PageCall {
  return {
    env,
    ctx,
    request,
    site,
    deadline: new Deadline(() => ctx, decideDeadlineMs(env)),
    requestId: crypto.randomUUID(),
    nowMs: Date.now(),
  };
}

function newVisit(app: App, call: PageCall): Visit {
  let turn = 0;
  const ask = (placements: readonly string[], visitor: Visitor) => askApi(app, call, placements, visitor, turn++);
  // A preview counts nowhere, so nobody is recognised for it; nor for headers alone.
  if (previewOf(call.request.url) !== undefined || call.request.method === 'HEAD')
    return new Visit(Promise.resolve(NOBODY), ask, call.site.waitMs);
  // Known at once, but for the first page of an isolate: headers can tell an id only before the page begins.
  const late = scheduler.wait(call.site.waitMs).then(() => NOBODY);
  return new Visit(Promise.race([visitorOfPage(call), late]), ask, call.site.waitMs);
}

async function filled(
  base: Response,
  { request, ctx }: PageCall,
  visit: Visit,
  done: (placements: SeenPage['placements']) => void,
): Promise<Response> {
  const visitor = await visit.visitor;
  const init = { status: 200, headers: filledHeaders(base.headers, visitor.cookie) };
  if (request.method === 'HEAD' || !base.body) return new Response(null, init);
  const isPreview = previewOf(request.url) !== undefined;
  const rewriter = fillingRewriter(visit);
  const { readable, rest } = headFirst(base.body, ctx, () => visit.begin());
  const rewritten = rewriter.transform(new Response(readable, init));
  const page = new IdentityTransformStream();
  const atEnd = (): string => {
    done(visit.seen);
    return visit.seen.length > 0 ? handOver(visit, visitor, isPreview) : '';
  };
  ctx.waitUntil(withRest(rewritten.body!, rest, page.writable, atEnd).catch(() => undefined));
  return new Response(page.readable, rewritten);
}
