import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { goOnAbove } from './restored.ts';
import { workOffTells } from './tells.ts';
import { allocationOf, newPublisher, policyFor, revisionOf } from './testing/fixtures.ts';

/** A publisher with two campaigns, each with an allocation, whose roots are still to be told. */
async function published() {
  const { workspaceId, publisher } = await newPublisher();
  const { manifest, bodies } = await revisionOf(1);
  const policies = [policyFor('spring'), policyFor('summer')];
  await publisher.putSlices(workspaceId, bodies);
  await runInDurableObject(publisher, async (object, { storage }) => {
    await object.activate(workspaceId, manifest, policies);
    await storage.deleteAlarm();
    for (const policy of policies) await object.offer(policy.campaignId, allocationOf(policy, 1));
  });
  const inStorage = <T>(step: (sql: SqlStorage) => T | Promise<T>): Promise<T> =>
    runInDurableObject(publisher, (_object, { storage }) => step(storage.sql));
  return { publisher, inStorage };
}

describe('a publisher that was restored to an earlier moment', () => {
  test('goes on above the number that a root goes by, and hands allocations to readers that ask from below it', async () => {
    const { publisher, inStorage } = await published();
    const { seq } = await publisher.state(0);
    expect(await inStorage((sql) => goOnAbove(sql, seq + 100))).toBe(true);
    const state = await publisher.state(seq + 100);
    expect(state.seq).toBeGreaterThan(seq + 100);
    expect(state.allocations.map(({ campaignId }) => campaignId)).toEqual(['spring', 'summer']);
  });

  test('any number that it gave itself, and none at all, change nothing', async () => {
    const { publisher, inStorage } = await published();
    const { seq } = await publisher.state(0);
    for (const known of [undefined, 0, seq]) expect(await inStorage((sql) => goOnAbove(sql, known))).toBe(false);
    expect((await publisher.state(0)).seq).toBe(seq);
    await inStorage((sql) => expect(() => goOnAbove(sql, Number.NaN)).toThrow(RangeError));
  });

  test('tells a root that passed it over again, under a number above that one’s', async () => {
    const { inStorage } = await published();
    const told: string[] = [];
    let knownSeq = 1_000;
    await inStorage(async (sql) => {
      for (let run = 0; run < 3; run += 1)
        await workOffTells(
          sql,
          async ({ campaignId }, seq) => {
            told.push(`${campaignId} ${seq > 1_000}`);
            knownSeq = Math.max(knownSeq, seq);
            return { version: 1, policySeq: knownSeq };
          },
          Date.now,
          () => 1,
        );
    });
    // Both were on their way when the first answer came.
    expect(told).toEqual(['spring false', 'summer false', 'spring true', 'summer true'].slice(0, told.length));
    expect(told.filter((what) => what.startsWith('spring'))).toEqual(['spring false', 'spring true']);
    expect(await inStorage((sql) => sql.exec('SELECT 1 FROM tells').toArray())).toEqual([]);
  });

  test.each(['offer', 'policyAsOf'] as const)(
    'answers %s under a number above that of the root that asks',
    async (method) => {
      const { publisher } = await published();
      const other = allocationOf(policyFor('spring', { armsKey: 'arms-0' }), 2);
      const reply =
        method === 'offer' ? await publisher.offer('spring', other, 500) : await publisher.policyAsOf('spring', 500);
      expect(reply).toMatchObject({ policy: policyFor('spring') });
      expect('policy' in reply && (reply.seq ?? 0) > 500).toBe(true);
    },
  );
});
