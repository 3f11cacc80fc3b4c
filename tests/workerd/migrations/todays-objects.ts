/** The project's own objects, with a look into their storage: what `npm run chaos:migrations` reads with in the end. */
import { BudgetObject as Budget } from '../../../durable-objects/budget/object.ts';
import { CampaignRootObject as Root, CampaignShardObject as Shard } from '../../../durable-objects/campaign/object.ts';
import { CustomerObject as Customer } from '../../../durable-objects/customer/object.ts';
import { PublisherObject as Publisher } from '../../../durable-objects/publisher/object.ts';
import { allRows } from './all-rows.ts';
import type { KindName } from './old-rows.ts';

export class CustomerObject extends Customer {
  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class CampaignShardObject extends Shard {
  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class CampaignRootObject extends Root {
  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class PublisherObject extends Publisher {
  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class BudgetObject extends Budget {
  rows() {
    return allRows(this.ctx.storage.sql);
  }
}

type Looked = Record<KindName, { getByName(name: string): { rows(): unknown } }>;

const worker = {
  async fetch(request: Request, env: Looked): Promise<Response> {
    const [, , kind, name = ''] = new URL(request.url).pathname.split('/');
    return Response.json(await env[kind as KindName].getByName(name).rows());
  },
};

export { worker as default };
