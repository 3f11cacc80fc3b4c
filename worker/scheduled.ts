/** What the cron trigger starts, once a minute. Each job is independent: one that fails does not keep the others from running. */

/** A job of the cron trigger; it must be safe to run twice, or not at all for a while. */
export interface Job {
  readonly name: string;
  readonly run: (env: Env, ctx: ExecutionContext, nowMs: number) => Promise<void>;
}

const JOBS: readonly Job[] = [];

/** Runs every job; failures are logged by the job's name and do not stop the others. */
export async function scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
  for (const job of JOBS) {
    try {
      await job.run(env, ctx, controller.scheduledTime);
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      console.log(JSON.stringify({ level: 'error', job: job.name, error: kind }));
    }
  }
}
