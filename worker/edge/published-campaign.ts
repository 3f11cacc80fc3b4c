import type { Directory, DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import type { Call } from '../http/call.ts';
import { problem } from '../http/problem.ts';
import { currentCatalog } from './catalog.ts';

/** A campaign of the caller's workspace as it is published, with all that is published beside it; the answer to give when there is none. */
export async function publishedCampaign(
  c: Call,
  id: string,
): Promise<{ readonly campaign: DirectoryCampaign; readonly directory: Directory } | Response> {
  const current = await currentCatalog(c.env, c.ctx, c.auth.workspaceId, c.receivedAtMs);
  const directory = current?.catalog.directory;
  const campaign = directory && Object.hasOwn(directory.campaigns, id) ? directory.campaigns[id] : undefined;
  if (!directory || !campaign) return problem(c, 'not_found', { detail: 'No published campaign has this id' });
  return { campaign, directory };
}
