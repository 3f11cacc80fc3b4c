/** Entry of everything as one worker, for tests and for `wrangler dev --config wrangler.whole.toml`. */
export { default } from './control.ts';
export { BudgetObject, CampaignRootObject, CampaignShardObject, CustomerObject, PublisherObject } from './objects.ts';
