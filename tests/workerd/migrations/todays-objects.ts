/** The project's own objects, with a look into their storage and slow to come up where it is asked for: what `npm run chaos:migrations` kills and reads with. */
import { BudgetObject as Budget } from '../../../durable-objects/budget/object.ts';
import { CampaignRootObject as Root, CampaignShardObject as Shard } from '../../../durable-objects/campaign/object.ts';
import { CustomerObject as Customer } from '../../../durable-objects/customer/object.ts';
import { PublisherObject as Publisher } from '../../../durable-objects/publisher/object.ts';
import { allRows } from './all-rows.ts';
import type { KindName } from './old-rows.ts';
import { type SlowEnv, slowed } from './slowly.ts';

export class CustomerObject extends Customer {
  constructor(ctx: DurableObjectState, env: SlowEnv & ConstructorParameters<typeof Customer>[1]) {
    const restore = slowed(ctx, env);
    super(ctx, env);
    restore();
  }

  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class CampaignShardObject extends Shard {
  constructor(ctx: DurableObjectState, env: SlowEnv & ConstructorParameters<typeof Shard>[1]) {
    const restore = slowed(ctx, env);
    super(ctx, env);
    restore();
  }

  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class CampaignRootObject extends Root {
  constructor(ctx: DurableObjectState, env: SlowEnv & ConstructorParameters<typeof Root>[1]) {
    const restore = slowed(ctx, env);
    super(ctx, env);
    restore();
  }

  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class PublisherObject extends Publisher {
  constructor(ctx: DurableObjectState, env: SlowEnv & ConstructorParameters<typeof Publisher>[1]) {
    const restore = slowed(ctx, env);
    super(ctx, env);
    restore();
  }

  rows() {
    return allRows(this.ctx.storage.sql);
  }
}
export class BudgetObject extends Budget {
  constructor(ctx: DurableObjectState, env: SlowEnv & ConstructorParameters<typeof Budget>[1]) {
    const restore = slowed(ctx, env);
    super(ctx, env);
    restore();
  }

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
