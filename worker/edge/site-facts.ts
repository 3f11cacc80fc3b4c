/** Where the facts of a site come from: the published catalog, else the site's document in the database. */
import { and, eq } from 'drizzle-orm';
import { site as siteSchema } from '../../contract/configuration/catalog-parts.ts';
import { database } from '../../db/database.ts';
import { documents, drafts } from '../../db/schema.ts';
import type { SiteFacts } from '../http/auth.ts';
import type { Deadline } from '../http/deadline.ts';
import { Unavailable } from '../http/unavailable.ts';
import { currentCatalog } from './catalog.ts';
import type { KeyOwner } from './keys.ts';
import { RecentAnswers } from './recent-answers.ts';

const recentDrafts = new RecentAnswers<SiteFacts>();

/** The site as its next publish would have it: lets a new site's key be tried before the first publish. */
async function draftFacts(d1: D1Database, workspaceId: string, siteId: string): Promise<SiteFacts | undefined> {
  const [row] = await database(d1)
    .select({ body: documents.body })
    .from(drafts)
    .innerJoin(
      documents,
      and(
        eq(documents.workspaceId, drafts.workspaceId),
        eq(documents.kind, drafts.kind),
        eq(documents.id, drafts.id),
        eq(documents.version, drafts.version),
      ),
    )
    .where(and(eq(drafts.workspaceId, workspaceId), eq(drafts.kind, 'site'), eq(drafts.id, siteId)))
    .limit(1);
  const read = row && siteSchema.safeParse(JSON.parse(row.body));
  if (!read?.success) return undefined;
  const { kind, origins, consent, cookie } = read.data;
  return { kind, origins, consent, ...(cookie && { cookie }) };
}

/** The facts of a key's site, undefined when it has no configuration. Throws {@link Unavailable} when nobody can tell. */
export async function siteFacts(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  key: KeyOwner,
  nowMs: number,
  deadline: Deadline,
): Promise<SiteFacts | undefined> {
  const current = await currentCatalog(env, ctx, key.workspaceId, nowMs);
  const sites = current?.catalog.directory.sites;
  if (sites && Object.hasOwn(sites, key.siteId)) return sites[key.siteId];
  const name = `${key.workspaceId}/${key.siteId}`;
  try {
    return await recentDrafts.find(name, () => draftFacts(env.DB, key.workspaceId, key.siteId), nowMs, deadline);
  } catch {
    throw new Unavailable('d1');
  }
}
