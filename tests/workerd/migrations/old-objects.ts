/** A worker whose objects are at an earlier version, or come up slowly: what `npm run chaos:migrations` kills. */
import { DurableObject } from 'cloudflare:workers';
import { migrate } from '../../../durable-objects/shared/migrator.ts';
import { allRows } from './all-rows.ts';
import { type KindName, OLD_KINDS, type OldKind, type Rows, statementsOf } from './old-rows.ts';
import { BEGUN, ENDED } from './signals.ts';
import { type SlowEnv, slowly, storedVersion } from './slowly.ts';

interface ProbeEnv extends Record<KindName, DurableObjectNamespace<Probe>>, SlowEnv {
  /** Versions before today's that objects are written at; 0 is today's. */
  readonly BACK: string;
}

class Probe extends DurableObject<ProbeEnv> {
  readonly #kind: OldKind;
  readonly #version: number;

  constructor(ctx: DurableObjectState, env: ProbeEnv, kind: OldKind) {
    super(ctx, env);
    this.#kind = kind;
    this.#version = Math.max(1, kind.schema.length - Number(env.BACK));
    const steps = kind.schema.slice(0, this.#version);
    const numbers = Number(env.SLOW ?? 0);
    const isDue = numbers > 0 && storedVersion(ctx.storage.sql) < steps.length;
    if (isDue) console.log(BEGUN);
    migrate(ctx.storage, numbers > 0 ? steps.map((step) => `${step};${slowly(numbers)}`) : steps);
    if (isDue) console.log(ENDED);
  }

  write(): Rows {
    this.ctx.storage.transactionSync(() => {
      for (const statement of statementsOf(this.#kind, this.#version)) this.ctx.storage.sql.exec(statement);
    });
    return allRows(this.ctx.storage.sql);
  }

  rows(): Rows {
    return allRows(this.ctx.storage.sql);
  }
}

/** Classes by the names that the project's have, so that they have the same storage. */
const probe = (name: KindName) =>
  class extends Probe {
    constructor(ctx: DurableObjectState, env: ProbeEnv) {
      super(ctx, env, OLD_KINDS[name]);
    }
  };
export const CustomerObject = probe('CUSTOMER');
export const CampaignShardObject = probe('CAMPAIGN_SHARD');
export const CampaignRootObject = probe('CAMPAIGN_ROOT');
export const PublisherObject = probe('PUBLISHER');
export const BudgetObject = probe('BUDGET');

const worker = {
  /** `/write/CUSTOMER/name`, `/rows/CUSTOMER/name`. */
  async fetch(request: Request, env: ProbeEnv): Promise<Response> {
    const [, what, kind, name = ''] = new URL(request.url).pathname.split('/');
    const stub = env[kind as KindName].getByName(name);
    return Response.json(await (what === 'write' ? stub.write() : stub.rows()));
  },
};

export { worker as default };
