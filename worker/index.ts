/** Entry of the worker: HTTP, the cron trigger, and the classes of its objects. */
import { createApp } from './app.ts';
import { storeLog } from './jobs/decision-log.ts';
import { runJobs } from './jobs/index.ts';

export { BudgetObject } from '../durable-objects/budget/object.ts';
export { CampaignRootObject, CampaignShardObject } from '../durable-objects/campaign/object.ts';
export { CustomerObject } from '../durable-objects/customer/object.ts';
export { PublisherObject } from '../durable-objects/publisher/object.ts';

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => storeLog(batch, env),
  scheduled: (controller, env, ctx) => runJobs(env, ctx, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
