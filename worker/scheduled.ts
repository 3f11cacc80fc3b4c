/** The cron trigger, once a minute. */
import { runJobs } from './jobs/index.ts';

/** Runs the jobs as of the time they were scheduled for. */
export async function scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
  await runJobs(env, ctx, controller.scheduledTime);
}
