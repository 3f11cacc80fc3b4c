/** The one place where stubs come from: it knows names and residency. */
import type { CampaignRootObject, CampaignShardObject } from '../campaign/object.ts';
import type { CustomerObject } from '../customer/object.ts';
import type { PublisherObject } from '../publisher/object.ts';
import { objectName } from './naming.ts';

/** What stubs are made from; part of `Env`. */
export interface StubSource {
  readonly CUSTOMER: DurableObjectNamespace<CustomerObject>;
  readonly CAMPAIGN_SHARD: DurableObjectNamespace<CampaignShardObject>;
  readonly CAMPAIGN_ROOT: DurableObjectNamespace<CampaignRootObject>;
  readonly PUBLISHER: DurableObjectNamespace<PublisherObject>;
  readonly NAMING_SECRET: string;
  /** `workspaceId=eu` pairs, comma-separated: workspaces whose objects must stay in the European Union. */
  readonly RESIDENCY?: string;
}

/** Residency of a workspace, chosen at its creation and never changed afterwards. */
export function residencyOf(source: StubSource, workspaceId: string): 'eu' | 'none' {
  const pairs = (source.RESIDENCY ?? '').split(',');
  return pairs.includes(`${workspaceId}=eu`) ? 'eu' : 'none';
}

function resident<T extends Rpc.DurableObjectBranded | undefined>(
  source: StubSource,
  workspaceId: string,
  namespace: DurableObjectNamespace<T>,
): DurableObjectNamespace<T> {
  if (residencyOf(source, workspaceId) === 'none') return namespace;
  try {
    return namespace.jurisdiction('eu');
  } catch {
    // Local workerd has no jurisdictions; production refuses nothing here.
    return namespace;
  }
}

/**
 * An object's methods as a caller sees them. The platform's own stub type splits unions of replies, which no caller can put together
 * again.
 */
export type Remote<T> = {
  readonly [M in keyof T as T[M] extends (...args: never[]) => unknown ? M : never]: T[M] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The object of a customer whose name is known already (from a token or a decision id). */
export function customerStubByName(source: StubSource, workspaceId: string, name: string): Remote<CustomerObject> {
  return resident(source, workspaceId, source.CUSTOMER).getByName(name) as unknown as Remote<CustomerObject>;
}

/** One statistics shard of a campaign. */
export async function shardStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
  shard: number,
): Promise<DurableObjectStub<CampaignShardObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'shard', campaignId, String(shard));
  return resident(source, workspaceId, source.CAMPAIGN_SHARD).getByName(name);
}

/** The root of a campaign, where its shards are merged. */
export async function rootStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
): Promise<DurableObjectStub<CampaignRootObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'root', campaignId);
  return resident(source, workspaceId, source.CAMPAIGN_ROOT).getByName(name);
}

/** The publisher of a workspace. */
export async function publisherStub(
  source: StubSource,
  workspaceId: string,
): Promise<DurableObjectStub<PublisherObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'publisher');
  return resident(source, workspaceId, source.PUBLISHER).getByName(name);
}
