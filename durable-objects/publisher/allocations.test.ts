import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { readAllocations } from './allocations.ts';
import { allocationOf, newPublisher, policyFor, revisionOf } from './testing/fixtures.ts';

const policy = policyFor('spring');

/** A publisher whose campaigns `spring` and `summer` are published, and whose roots are left alone. */
async function newWorld() {
  const world = await newPublisher();
  const { manifest, bodies } = await revisionOf(1);
  await runInDurableObject(world.publisher, async (object, state) => {
    await object.putSlices(world.workspaceId, bodies);
    await object.activate(world.workspaceId, manifest, [policy, policyFor('summer')]);
    await state.storage.deleteAlarm();
    state.storage.sql.exec('DELETE FROM tells');
  });
  return world;
}

describe('an offer', () => {
  test('of the published policy is what readers get, also after an eviction', async () => {
    const { publisher } = await newWorld();
    const before = await publisher.state(0);
    const reply = await publisher.offer('spring', allocationOf(policy, 1));
    expect(reply).toEqual({ outcome: 'published', seq: before.seq + 1 });
    await evictDurableObject(publisher);
    const after = await publisher.state(0);
    expect(after.allocations).toEqual([allocationOf(policy, 1)]);
    expect(after.seq).toBe(before.seq + 1);
    expect((await publisher.health()).newestAllocationAtMs).toBeGreaterThan(0);
  });

  test('that comes twice is published once', async () => {
    const { publisher } = await newWorld();
    const first = await publisher.offer('spring', allocationOf(policy, 1));
    expect(await publisher.offer('spring', allocationOf(policy, 1))).toEqual(first);
    expect((await publisher.state(0)).seq).toBe(first.outcome === 'published' ? first.seq : -1);
  });

  test('that is older than the published one, or another under its version, is told the version that stands', async () => {
    const { publisher } = await newWorld();
    await publisher.offer('spring', allocationOf(policy, 5));
    const outdated = { outcome: 'outdated_version', version: 5 };
    expect(await publisher.offer('spring', allocationOf(policy, 4))).toEqual(outdated);
    const other = allocationOf({ ...policy, strategy: { policy: 'fixed_split', weights: { a: 1 } } }, 5);
    expect(await publisher.offer('spring', other)).toEqual(outdated);
    expect((await publisher.state(0)).allocations).toEqual([allocationOf(policy, 5)]);
  });

  test.each([
    ['other arms', policyFor('spring', { armsKey: 'arms-2' })],
    ['a leaf too many', policyFor('spring', { leaves: ['mobile', 'rest'] })],
    ['another leaf', policyFor('spring', { leaves: ['mobile'] })],
  ])('of %s is told the policy that is published', async (_title, other) => {
    const { publisher } = await newWorld();
    const allocation = { ...allocationOf(policy, 1), armsKey: other.armsKey };
    const leaves = Object.fromEntries(other.leaves.map((leaf) => [leaf, allocation.leaves.rest!]));
    expect(await publisher.offer('spring', { ...allocation, leaves })).toMatchObject({
      outcome: 'outdated_policy',
      policy,
    });
    expect((await publisher.state(0)).allocations).toEqual([]);
  });

  test.each([
    ['of another campaign', allocationOf(policyFor('summer'), 1)],
    ['without a version', allocationOf(policy, 0)],
    ['with an arm too few', { ...allocationOf(policy, 1), armIds: ['a'] }],
    [
      'with a probability that is none',
      {
        ...allocationOf(policy, 1),
        leaves: { rest: { ...allocationOf(policy, 1).leaves.rest!, probabilities: [Number.NaN, 1] } },
      },
    ],
  ])('%s is refused as a broken invariant', async (_title, broken) => {
    const { publisher } = await newWorld();
    await runInDurableObject(publisher, (object) => expect(object.offer('spring', broken)).rejects.toThrow(RangeError));
    expect((await publisher.state(0)).allocations).toEqual([]);
  });
});

describe('the state since a sequence number', () => {
  test('holds the allocations that changed after it, and nothing twice', async () => {
    const { publisher } = await newWorld();
    await publisher.offer('spring', allocationOf(policy, 1));
    await publisher.offer('summer', allocationOf(policyFor('summer'), 1));
    const first = await publisher.state(0);
    expect(first.allocations.map((a) => a.campaignId)).toEqual(['spring', 'summer']);
    expect((await publisher.state(first.seq)).allocations).toEqual([]);
    await publisher.offer('spring', allocationOf(policy, 2));
    const second = await publisher.state(first.seq);
    expect(second.allocations).toEqual([allocationOf(policy, 2)]);
    expect(second.seq).toBeGreaterThan(first.seq);
    expect((await publisher.state(0)).allocations.map((a) => [a.campaignId, a.version])).toEqual([
      ['summer', 1],
      ['spring', 2],
    ]);
  });

  test('that the publisher has not reached (it was restored from a backup) is everything', async () => {
    const { publisher } = await newWorld();
    await publisher.offer('spring', allocationOf(policy, 1));
    const all = await publisher.state(0);
    const ahead = await publisher.state(all.seq + 1_000);
    expect(ahead.allocations).toEqual(all.allocations);
    expect(ahead.seq).toBe(all.seq);
  });

  test('comes in several answers when it does not fit in one, and misses nothing', async () => {
    const { publisher } = await newWorld();
    await publisher.offer('spring', allocationOf(policy, 1));
    await publisher.offer('summer', allocationOf(policyFor('summer'), 1));
    await runInDurableObject(publisher, (_object, state) => {
      const first = readAllocations(state.storage.sql, 0, 10);
      expect(first.allocations.map((a) => a.campaignId)).toEqual(['spring']);
      const second = readAllocations(state.storage.sql, first.seq, 10);
      expect(second.allocations.map((a) => a.campaignId)).toEqual(['summer']);
      expect(readAllocations(state.storage.sql, second.seq, 10)).toEqual({ seq: second.seq, allocations: [] });
    });
  });
});
