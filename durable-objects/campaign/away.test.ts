/** Deliveries of a long time that come at once: sparse by ten seconds, until there is enough of them. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../decisioning/random.ts';
import { CampaignShard } from './shard.ts';
import { countedIn } from './testing/counted.ts';
import { delivery, event, newAddress, source } from './testing/fixtures.ts';

/** The first millisecond of ten minutes that share rows. */
const NOW_MS = 1_790_000_000_000;
const at = (seq: number, agoMs: number) => event(seq, { trials: 1 }, { atMs: NOW_MS - agoMs });
const count = (sql: SqlStorage, table: string): number =>
  sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n;

describe('a shard that nobody reached for twenty minutes', () => {
  test('counts once what comes in any order, and again, before and after it is put by ten seconds', async () => {
    const random = seededRandom('7'.padStart(32, '0'));
    await runInDurableObject(source.CAMPAIGN_SHARD.getByName('away'), (_object, { storage }) => {
      const address = newAddress();
      let shard = new CampaignShard(storage, 4);
      const agoMs = Array.from({ length: 10_000 }, () => 1 + Math.floor(random.next() * 1_200_000));
      const stage = (i: number) => shard.stage(delivery(address, `customer-${i}`, [at(1, agoMs[i] as number)]));
      const steps: number[] = [];
      for (let i = 0; i < agoMs.length; i += 1) {
        stage(i);
        // One of before, whose answer was lost.
        stage(Math.floor(random.next() * (i + 1)));
        if (i % 100 === 99) shard.commit();
        if (i % 2_500 === 2_499) shard = new CampaignShard(storage, 4);
        if (i % 2_500 === 2_499) steps.push(count(storage.sql, 'blocks'));
      }
      for (let i = 0; i < agoMs.length; i += 1) stage(i);
      shard.commit();
      expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(agoMs.length);
      // Both ways of keeping them were in use.
      expect([steps[0], (steps.at(-1) as number) > 0, count(storage.sql, 'late') > 0]).toEqual([0, true, true]);
    });
  });
});
