/** Entry of the worker that has the objects' classes. It has no address: the other workers call its objects. */

export { BudgetObject } from '../durable-objects/budget/object.ts';
export { CampaignRootObject, CampaignShardObject } from '../durable-objects/campaign/object.ts';
export { CustomerObject } from '../durable-objects/customer/object.ts';
export { PublisherObject } from '../durable-objects/publisher/object.ts';

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler<Env>;
