/** Entry of the worker behind the one in front: everything but decisions. Administrators' calls, the API's document, cron jobs, the decision log. */
import { createApp } from './app.ts';
import { storeLog } from './jobs/decision-log.ts';
import { runJobs } from './jobs/index.ts';

export { ContractService } from './contract-service.ts';

/** Its document describes the whole API, so it has all the routes; those of decisions are not asked here. */
const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => storeLog(batch, env),
  scheduled: (controller, env, ctx) => runJobs(env, ctx, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
