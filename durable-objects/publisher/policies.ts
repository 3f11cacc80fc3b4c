/** Which revision is active, and what the roots of its campaigns are to follow. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy, CatalogManifest } from '../../decisioning/catalog/slice.ts';
import { leafKeysOf } from '../../decisioning/strategies/strata.ts';
import { introduce, nextSeq, readMeta } from './meta.ts';
import type { ActivateReply, PolicyAsOf } from './protocol.ts';
import { missingOf } from './slices.ts';

/** Whether an allocation is one of a policy's: the same arms, and the same leaves (or strata of several strategies) in any order. */
export function belongsTo(allocation: Allocation, policy: CampaignPolicy): boolean {
  const leaves = Object.keys(allocation.leaves);
  const wanted = leafKeysOf(policy.leaves, policy.strategies);
  return (
    allocation.armsKey === policy.armsKey &&
    leaves.length === wanted.length &&
    wanted.every((leaf) => Object.hasOwn(allocation.leaves, leaf))
  );
}

/** The published policy of a campaign; null when it has none. */
export function readPolicy(sql: SqlStorage, campaignId: string): CampaignPolicy | null {
  const row = sql.exec<{ body: string }>('SELECT body FROM policies WHERE campaign_id = ?', campaignId).toArray()[0];
  return row ? (JSON.parse(row.body) as CampaignPolicy) : null;
}

/** The same, and as of which sequence number: every change of a policy takes one, so equal numbers mean equal policies. */
export function readPolicyAsOf(sql: SqlStorage, campaignId: string): Required<PolicyAsOf> {
  return { policy: readPolicy(sql, campaignId), seq: readMeta(sql).seq };
}

/** Every hash a manifest names. */
function hashesOf(manifest: CatalogManifest): string[] {
  const placements = Object.values(manifest.placements);
  return [manifest.directory, ...placements.flatMap(({ rules, contents }) => [rules, contents])];
}

/**
 * Makes a revision current, unless a newer one is or one of its slices is missing. Revisions only grow: a rollback is a new one. The
 * active one again changes nothing. Roots are told (see `tells.ts`) whose policy is not what it was; allocations that no published
 * policy can use are dropped. Runs inside the caller's transaction.
 */
export function activateRevision(
  sql: SqlStorage,
  workspaceId: string,
  manifest: CatalogManifest,
  policies: readonly CampaignPolicy[],
  nowMs: number,
): ActivateReply {
  introduce(sql, workspaceId);
  const active = readMeta(sql);
  if (active.revision !== null && active.revision >= manifest.revision) {
    const same = active.revision === manifest.revision && active.manifest === JSON.stringify(manifest);
    return same ? { outcome: 'active', seq: active.seq } : { outcome: 'outdated', revision: active.revision };
  }
  const missing = missingOf(sql, hashesOf(manifest));
  if (missing.length > 0) return { outcome: 'missing_slices', hashes: missing };
  const seq = nextSeq(sql);
  sql.exec(
    'UPDATE publisher SET revision = ?, manifest = ?, published_at_ms = ?',
    manifest.revision,
    JSON.stringify(manifest),
    manifest.publishedAtMs,
  );
  replacePolicies(sql, policies, seq, nowMs);
  dropUnusable(sql);
  return { outcome: 'active', seq };
}

function replacePolicies(sql: SqlStorage, policies: readonly CampaignPolicy[], seq: number, nowMs: number): void {
  const before = new Map<string, string>();
  for (const row of sql.exec<{ id: string; body: string }>('SELECT campaign_id AS id, body FROM policies')) {
    before.set(row.id, row.body);
  }
  for (const policy of policies) {
    const body = JSON.stringify(policy);
    const unchanged = before.get(policy.campaignId) === body;
    before.delete(policy.campaignId);
    if (unchanged) continue;
    sql.exec('INSERT OR REPLACE INTO policies (campaign_id, body) VALUES (?, ?)', policy.campaignId, body);
    sql.exec(
      'INSERT OR REPLACE INTO tells (campaign_id, seq, due_at_ms) VALUES (?, ?, ?)',
      policy.campaignId,
      seq,
      nowMs,
    );
  }
  for (const goneId of before.keys()) {
    sql.exec('DELETE FROM policies WHERE campaign_id = ?', goneId);
    sql.exec('DELETE FROM tells WHERE campaign_id = ?', goneId);
  }
}

function dropUnusable(sql: SqlStorage): void {
  const rows = sql.exec<{ body: string }>('SELECT body FROM allocations WHERE body IS NOT NULL').toArray();
  for (const { body } of rows) {
    const allocation = JSON.parse(body) as Allocation;
    const policy = readPolicy(sql, allocation.campaignId);
    if (policy && belongsTo(allocation, policy)) continue;
    // The row stays for its version's sake.
    sql.exec('UPDATE allocations SET body = NULL WHERE campaign_id = ?', allocation.campaignId);
  }
}
