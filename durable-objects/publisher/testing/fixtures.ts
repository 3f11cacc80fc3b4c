/** Revisions, policies and allocations for tests of the publisher. */
import { env } from 'cloudflare:workers';
import { allocateCampaign } from '../../../decisioning/bandits/allocate.ts';
import type { Allocation } from '../../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy, CatalogManifest } from '../../../decisioning/catalog/slice.ts';
import { objectName } from '../../shared/naming.ts';
import type { StubSource } from '../../shared/stub.ts';
import type { NamedBody } from '../protocol.ts';
import { sha256Hex } from '../slices.ts';

/** The bindings of the tests' runtime. */
export const source = env as unknown as StubSource;

let workspaces = 0;

/** The publisher of a workspace of its own. */
export async function newPublisher() {
  workspaces += 1;
  const workspaceId = `workspace-${workspaces}`;
  const name = await objectName(source.NAMING_SECRET, workspaceId, 'publisher');
  return { workspaceId, publisher: source.PUBLISHER.getByName(name) };
}

/** A body under its own hash. */
export async function named(body: string): Promise<NamedBody> {
  return { hash: await sha256Hex(new TextEncoder().encode(body)), body };
}

/** A policy over arms `a` and `b` with the one leaf `rest`. */
export function policyFor(campaignId: string, changes: Partial<CampaignPolicy> = {}): CampaignPolicy {
  return {
    campaignId,
    armIds: ['a', 'b'],
    armsKey: 'arms-1',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.01,
    priors: {},
    holdout: 0,
    shards: 1,
    ...changes,
  };
}

/** What a root that has seen nothing offers. */
export function allocationOf(policy: CampaignPolicy, version: number): Allocation {
  const { campaignId, armIds, armsKey, leaves, strategy, minExploration, priors } = policy;
  const statistics = new Map();
  return allocateCampaign({
    campaignId,
    armIds,
    armsKey,
    leaves,
    strategy,
    minExploration,
    priors,
    statistics,
    version,
  });
}

/** A revision whose slices are three bodies of its own. */
export async function revisionOf(
  revision: number,
): Promise<{ manifest: CatalogManifest; bodies: readonly NamedBody[] }> {
  const bodies = await Promise.all(['directory', 'rules', 'contents'].map((kind) => named(`{"${kind}":${revision}}`)));
  const [directory, rules, contents] = bodies.map((body) => body.hash) as [string, string, string];
  const manifest = {
    revision,
    hash: rules,
    publishedAtMs: revision * 1_000,
    directory,
    placements: { hero: { rules, contents } },
  };
  return { manifest, bodies };
}
