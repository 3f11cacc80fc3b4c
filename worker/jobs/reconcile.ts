import { database } from '../../db/database.ts';
import { listWorkspaces } from '../../db/queries/workspaces.ts';
import { reconcile } from '../configuration/reconcile.ts';
import { log } from '../http/log.ts';

/** Brings the publisher of every workspace to what D1 says; one that does not answer is left to the next run. */
export async function reconcileAll(env: Env): Promise<void> {
  for (const workspace of await listWorkspaces(database(env.DB))) {
    try {
      await reconcile(env, workspace);
    } catch (error) {
      log({ level: 'error', job: 'reconcile', error: error instanceof Error ? error.name : typeof error });
    }
  }
}
