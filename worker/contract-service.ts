/** What the worker in front asks of the contract: it has checks that say no more than yes or no. Bound by name, and reached by no address. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { requestOf } from '../contract/requests.ts';
import type { Kind } from './http/contract.ts';
import { judge } from './http/contract-here.ts';
import type { Checked } from './http/problem.ts';

export class ContractService extends WorkerEntrypoint<Env> {
  /** What the schema of that name says of a value; undefined where there is no such schema: the worker in front may be a version ahead. */
  judge(request: string, value: unknown, kind: Kind): Checked<unknown> | undefined {
    const schema = requestOf(request);
    return schema && judge(schema, value, kind);
  }
}
