/** A site in front of which pages are filled, for tests: its own server is a double, a third party's; everything of ours is real. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import type { DecisionAnswer } from '../../../contract/decisions.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../../../tests/workerd/workspace.ts';
import { createApp } from '../../app.ts';
import { forgetPages } from '../memory.ts';
import { servePage } from '../serve.ts';

export const bindings = env as unknown as Env;
export const app = createApp();

export const PAGE = '<!doctype html><head><title>Shop</title></head><body><h1 data-hyperedge="hero">own</h1></body>';
export const html = (headers: Record<string, string> = {}, body = PAGE, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });

/** The site's own server: what it got, and what it answers. */
export const origin: { received: Request[]; answer: (request: Request) => Response | Promise<Response> } = {
  received: [],
  answer: () => html(),
};

/** Before each test: nothing remembered, and what is fetched is answered by {@link origin}. */
export function standIn(): void {
  forgetPages();
  origin.received = [];
  origin.answer = () => html();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    origin.received.push(input as Request);
    return origin.answer(input as Request);
  });
}

/** A published site with two placements and a campaign for them. */
export async function workspaceWith(
  consent: 'required' | 'not_required',
  cookie: object | undefined,
): Promise<TestWorkspace> {
  const workspace = await createWorkspace(bindings, { consent });
  const site = {
    kind: 'site',
    id: 'shop',
    name: 'Shop',
    siteKind: 'web',
    origins: [workspace.origin],
    consent,
    ...(cookie && { cookie }),
  };
  const arms = [{ id: 'a', content: { text: 'New' } }];
  const campaign = {
    kind: 'campaign',
    id: 'demo',
    name: 'Demo',
    objective: { goal: 'click' },
    placements: ['hero', 'side'],
    arms,
  };
  const placements = ['hero', 'side'].map((id) => ({ kind: 'placement', id, name: id }));
  await publishDemo(bindings, workspace, [site, ...placements, campaign]);
  return workspace;
}

/** A request of a page; the site's consent cookie is `consent`, where `asks`. */
export interface Call extends RequestInit {
  readonly workspace: TestWorkspace;
  readonly asks?: boolean;
  readonly path?: string;
  readonly site?: object;
}

/** One view of a page, read to its end. */
export async function look({ workspace, asks, path = '/', site, ...init }: Call) {
  const ctx = createExecutionContext();
  const consentCookie = { name: 'consent', granted: ['*yes*'], denied: ['*no*'], without: { ads: ['*ads:0*'] } };
  const told = { key: workspace.publishableKey, waitMs: 250, ...(asks && { consentCookie }), ...site };
  const vars = { ...bindings, EDGE_SITES: { 'shop.example': told } } as Env;
  const response = await servePage(app, new Request(`https://shop.example${path}`, init), vars, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  const block = /<script type="application\/json" id="hyperedge-decisions">(.*)<\/script>/.exec(text)?.[1];
  return {
    status: response.status,
    headers: response.headers,
    text,
    /** Cookies as the browser would send them back. */
    cookie: response.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; '),
    block:
      block === undefined
        ? undefined
        : (JSON.parse(block) as { consent: string; anonymousId?: string; preview?: true; decisions: DecisionAnswer[] }),
  };
}
