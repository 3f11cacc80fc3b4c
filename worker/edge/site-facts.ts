/** Where the facts of a site come from: the published catalog, else the site's document in the database. */
import { DEFAULT_COOKIE_DAYS } from '../../contract/configuration/cookie-days.ts';
import { findSiteDraft } from '../../db/queries/lookups.ts';
import type { SiteCookie } from '../../decisioning/catalog/configuration.ts';
import { fields, listOf, oneOf, optional, text, wholeFrom } from '../../decisioning/catalog/shape.ts';
import type { SiteFacts } from '../http/auth.ts';
import type { Deadline } from '../http/deadline.ts';
import { isLater } from '../http/later.ts';
import { Unavailable } from '../http/unavailable.ts';
import { type Current, currentCatalog } from './catalog.ts';
import type { KeyOwner } from './keys.ts';
import { RecentAnswers } from './recent-answers.ts';

const recentDrafts = new RecentAnswers<SiteFacts>();

/** Of a draft. Every document was checked when it was stored; what has a default may be left out of it. */
const draftShape = fields({
  kind: oneOf('web', 'app', 'server'),
  origins: optional(listOf(text)),
  consent: optional(oneOf('required', 'not_required')),
  cookie: optional(fields({ name: optional(text), domain: optional(text), maxAgeDays: optional(wholeFrom(1)) })),
});

type Draft = Pick<SiteFacts, 'kind'> &
  Partial<Pick<SiteFacts, 'origins' | 'consent'>> & { readonly cookie?: Partial<SiteCookie> };

/** The site as its next publish would have it: lets a new site's key be tried before the first publish. */
async function draftFacts(d1: D1Database, workspaceId: string, siteId: string): Promise<SiteFacts | undefined> {
  const body = await findSiteDraft(d1, workspaceId, siteId);
  const document: unknown = body === undefined ? undefined : JSON.parse(body);
  if (draftShape(document, '') !== undefined) return undefined;
  const { kind, origins = [], consent = 'required', cookie } = document as Draft;
  return { kind, origins, consent, ...(cookie && { cookie: { maxAgeDays: DEFAULT_COOKIE_DAYS, ...cookie } }) };
}

/** The facts of a key's site, undefined when it has no configuration; at once where a fresh catalog has them. Throws {@link Unavailable} when nobody can tell. */
export function siteFacts(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  key: KeyOwner,
  nowMs: number,
  deadline: Deadline,
): SiteFacts | undefined | Promise<SiteFacts | undefined> {
  const current = currentCatalog(env, ctx, key.workspaceId, nowMs);
  const published = isLater(current) ? undefined : publishedFacts(current, key);
  return published ?? lookUp(env, current, key, nowMs, deadline);
}

function publishedFacts(current: Current | undefined, { siteId }: KeyOwner): SiteFacts | undefined {
  const sites = current?.catalog.directory.sites;
  return sites && Object.hasOwn(sites, siteId) ? sites[siteId] : undefined;
}

async function lookUp(
  env: Env,
  current: ReturnType<typeof currentCatalog>,
  key: KeyOwner,
  nowMs: number,
  deadline: Deadline,
): Promise<SiteFacts | undefined> {
  const published = publishedFacts(await current, key);
  if (published) return published;
  const name = `${key.workspaceId}/${key.siteId}`;
  try {
    return await recentDrafts.find(name, () => draftFacts(env.DB, key.workspaceId, key.siteId), nowMs, deadline);
  } catch {
    throw new Unavailable('d1');
  }
}
