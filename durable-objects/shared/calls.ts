/** Stubs for those who call: as `stub.ts` makes them, behind this isolate's shield. */
import type { BudgetObject } from '../budget/object.ts';
import type { CampaignRootObject, CampaignShardObject } from '../campaign/object.ts';
import type { CustomerObject } from '../customer/object.ts';
import type { PublisherObject } from '../publisher/object.ts';
import { type ShieldedKind, shieldOf } from './shield.ts';
import type { Remote, StubSource } from './stub.ts';
import * as stubs from './stub.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

/** The stub's methods, each call through the shield. Stubs pass through `await`: they must not look like promises. */
function shielded<T extends object>(source: StubSource, kind: ShieldedKind, id: string, stub: T): T {
  const shield = shieldOf(source);
  if (!shield) return stub;
  const name = `${kind}/${id}`;
  return new Proxy(stub, {
    get: (target, method) =>
      typeof method !== 'string' || method === 'then'
        ? undefined
        : (...args: unknown[]) =>
            // Called as a method: everything else that is asked of a stub's method would go to the object.
            shield.run(kind, name, () => (target as Record<string, Method>)[method]!(...args)),
  });
}

/** The object of a customer whose name is known already. */
export function customerStubByName(source: StubSource, workspaceId: string, name: string): Remote<CustomerObject> {
  return shielded(source, 'customer', name, stubs.customerStubByName(source, workspaceId, name));
}

/** One statistics shard of a campaign. */
export async function shardStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
  shard: number,
): Promise<DurableObjectStub<CampaignShardObject>> {
  const id = `${workspaceId}/${campaignId}/${shard}`;
  return shielded(source, 'shard', id, await stubs.shardStub(source, workspaceId, campaignId, shard));
}

/** The root of a campaign. */
export async function rootStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
): Promise<DurableObjectStub<CampaignRootObject>> {
  return shielded(
    source,
    'root',
    `${workspaceId}/${campaignId}`,
    await stubs.rootStub(source, workspaceId, campaignId),
  );
}

/** The publisher of a workspace. */
export async function publisherStub(
  source: StubSource,
  workspaceId: string,
): Promise<DurableObjectStub<PublisherObject>> {
  return shielded(source, 'publisher', workspaceId, await stubs.publisherStub(source, workspaceId));
}

/** The object of a ledger. */
export async function budgetStub(
  source: StubSource,
  workspaceId: string,
  ledger: string,
): Promise<Remote<BudgetObject>> {
  return shielded(source, 'budget', `${workspaceId}/${ledger}`, await stubs.budgetStub(source, workspaceId, ledger));
}
