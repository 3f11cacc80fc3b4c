/** What the cron trigger starts once a minute. */
import { log } from '../http/log.ts';
import { requireSecrets } from '../secrets.ts';
import { workOffInbox } from './inbox.ts';
import { reconcileAll } from './reconcile.ts';
import { askRetraining } from './retraining.ts';

/** A job must be safe to run twice at the same time, and to be left out for a while. */
const JOBS: Readonly<Record<string, (env: Env, nowMs: number) => Promise<void>>> = {
  inbox: workOffInbox,
  reconcile: reconcileAll,
  retraining: askRetraining,
};

/** Runs every job in turn; one that fails is logged by its name and does not keep the others from running. */
export async function runJobs(env: Env, _ctx: Pick<ExecutionContext, 'waitUntil'>, nowMs: number): Promise<void> {
  for (const [job, run] of Object.entries(JOBS)) {
    try {
      requireSecrets(env);
      await run(env, nowMs);
    } catch (error) {
      log({ level: 'error', job, error: error instanceof Error ? error.name : typeof error });
    }
  }
}
