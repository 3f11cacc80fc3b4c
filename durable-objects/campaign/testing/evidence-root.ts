/** Roots that know evidence, for tests of how it is read. */
import { runInDurableObject } from 'cloudflare:test';
import type { CampaignPolicy } from '../../../decisioning/catalog/slice.ts';
import type { EvidenceCell } from '../../../decisioning/learning/weigh-evidence.ts';
import type { ShardReport } from '../protocol.ts';
import { CampaignRoot } from '../root.ts';
import { newAddress, policyFor, source } from './fixtures.ts';

let roots = 0;

/** A campaign's root of its own that can be handed evidence as two shards report it. */
export function newRoot() {
  roots += 1;
  const stub = source.CAMPAIGN_ROOT.getByName(`evidence-root-${roots}`);
  const address = newAddress();
  const run = <T>(step: (root: CampaignRoot, sql: SqlStorage, storage: DurableObjectStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(new CampaignRoot(storage), storage.sql, storage));
  const learn = (cells: readonly EvidenceCell[], seq = 1) =>
    run((root) => {
      for (let shard = 0; shard < 2; shard += 1)
        root.merge(
          reportOf(
            cells.filter((_, i) => i % 2 === shard),
            shard,
            seq,
          ),
        );
    });
  const reportOf = (cells: readonly EvidenceCell[], shard: number, seq: number): ShardReport => ({
    ...address,
    shard,
    seq,
    cells: cells.map(({ sums: _, ...cell }) => cell),
    vectors: cells.flatMap(({ leaf, arm, hour, sums = {} }) =>
      Object.entries(sums).map(([name, vector]) => ({ leaf, arm, hour, name, sums: vector })),
    ),
  });
  const policy = (changes: Partial<CampaignPolicy>) => policyFor(address.campaignId, changes);
  return { stub, address, run, learn, policy };
}
