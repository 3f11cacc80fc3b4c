/** Where the facts of a site come from: the published catalog, else the site's document in the database. */
import type { KeyFacts } from './keys.ts';
import type { SiteFacts } from './sites.ts';

/** The facts of a key's site, undefined when it has no configuration. */
export async function siteFacts(
  _env: Env,
  _ctx: Pick<ExecutionContext, 'waitUntil'>,
  _key: KeyFacts,
  _nowMs: number,
): Promise<SiteFacts | undefined> {
  return undefined;
}
