/** The one place where stubs come from: it knows names and residency. */
import type { LogMessage } from '../../contract/models/decision-log.ts';
import { residencyOf } from '../../contract/residency.ts';
import type { BudgetObject } from '../budget/object.ts';
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
  readonly BUDGET: DurableObjectNamespace<BudgetObject>;
  readonly NAMING_SECRET: string;
  /** Absent where nobody keeps the decision log. */
  readonly DECISION_LOG?: Queue<LogMessage>;
}

/** What workerd answers outside of production. */
const LOCAL_WORKERD = /not implemented in workerd/i;

function resident<T extends Rpc.DurableObjectBranded | undefined>(
  workspaceId: string,
  namespace: DurableObjectNamespace<T>,
): DurableObjectNamespace<T> {
  if (residencyOf(workspaceId) === 'none') return namespace;
  try {
    return namespace.jurisdiction('eu');
  } catch (error) {
    // Local workerd has no jurisdictions. Anything else must not end with the objects somewhere else.
    if (error instanceof Error && LOCAL_WORKERD.test(error.message)) return namespace;
    throw error;
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
  return resident(workspaceId, source.CUSTOMER).getByName(name) as unknown as Remote<CustomerObject>;
}

/** One statistics shard of a campaign. */
export async function shardStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
  shard: number,
): Promise<DurableObjectStub<CampaignShardObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'shard', campaignId, String(shard));
  return resident(workspaceId, source.CAMPAIGN_SHARD).getByName(name);
}

/** The root of a campaign, where its shards are merged. */
export async function rootStub(
  source: StubSource,
  workspaceId: string,
  campaignId: string,
): Promise<DurableObjectStub<CampaignRootObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'root', campaignId);
  return resident(workspaceId, source.CAMPAIGN_ROOT).getByName(name);
}

/** The publisher of a workspace. */
export async function publisherStub(
  source: StubSource,
  workspaceId: string,
): Promise<DurableObjectStub<PublisherObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'publisher');
  return resident(workspaceId, source.PUBLISHER).getByName(name);
}

/** The object of a ledger. */
export async function budgetStub(
  source: StubSource,
  workspaceId: string,
  ledger: string,
): Promise<Remote<BudgetObject>> {
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'budget', ledger);
  return resident(workspaceId, source.BUDGET).getByName(name) as unknown as Remote<BudgetObject>;
}
