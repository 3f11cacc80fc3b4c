import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { allocationOf, newPublisher, policyFor, revisionOf } from './testing/fixtures.ts';

type World = Awaited<ReturnType<typeof newPublisher>>;

async function publish({ workspaceId, publisher }: World, revision: number, policies: readonly CampaignPolicy[] = []) {
  const { manifest, bodies } = await revisionOf(revision);
  await publisher.putSlices(workspaceId, bodies);
  return await publisher.activate(workspaceId, manifest, policies);
}

/** Campaigns whose root is still to be told; the alarm is put off so that it does not tell them meanwhile. */
function pendingTells({ publisher }: World): Promise<string[]> {
  return runInDurableObject(publisher, (_object, state) =>
    state.storage.sql
      .exec<{ id: string }>('SELECT campaign_id AS id FROM tells ORDER BY campaign_id')
      .toArray()
      .map((row) => row.id),
  );
}

/** Pretends that every root was told: what a run of the alarm leaves behind. */
async function forgetTells({ publisher }: World): Promise<void> {
  await runInDurableObject(publisher, async (_object, state) => {
    await state.storage.deleteAlarm();
    state.storage.sql.exec('DELETE FROM tells');
  });
}

describe('activating a revision', () => {
  test('makes it what readers get, also after an eviction', async () => {
    const world = await newPublisher();
    expect((await world.publisher.state(0)).manifest).toBeNull();
    const reply = await publish(world, 7, [policyFor('spring')]);
    expect(reply).toMatchObject({ outcome: 'active' });
    await evictDurableObject(world.publisher);
    expect((await world.publisher.state(0)).manifest).toEqual((await revisionOf(7)).manifest);
    expect(await world.publisher.policy('spring')).toEqual(policyFor('spring'));
    expect(await world.publisher.policy('autumn')).toBeNull();
    expect(await world.publisher.health()).toMatchObject({ revision: 7, publishedAtMs: 7_000 });
  });

  test('names the slices that are missing and leaves the old revision active', async () => {
    const world = await newPublisher();
    await publish(world, 1);
    const { manifest, bodies } = await revisionOf(2);
    await world.publisher.putSlices(world.workspaceId, bodies.slice(0, 1));
    expect(await world.publisher.activate(world.workspaceId, manifest, [])).toEqual({
      outcome: 'missing_slices',
      hashes: bodies.slice(1).map((body) => body.hash),
    });
    expect((await world.publisher.state(0)).manifest?.revision).toBe(1);
  });

  test('refuses one that is older than the active one, or another under its number', async () => {
    const world = await newPublisher();
    await publish(world, 5);
    expect(await publish(world, 4)).toEqual({ outcome: 'outdated', revision: 5 });
    const { manifest } = await revisionOf(5);
    const other = { ...manifest, publishedAtMs: 1 };
    expect(await world.publisher.activate(world.workspaceId, other, [])).toEqual({ outcome: 'outdated', revision: 5 });
  });

  test('again changes nothing', async () => {
    const world = await newPublisher();
    const first = await publish(world, 1, [policyFor('spring')]);
    await forgetTells(world);
    expect(await publish(world, 1, [policyFor('spring')])).toEqual(first);
    expect(await pendingTells(world)).toEqual([]);
  });

  test('tells exactly the roots whose policy is not what it was', async () => {
    const world = await newPublisher();
    await publish(world, 1, [policyFor('spring'), policyFor('summer')]);
    await forgetTells(world);
    await runInDurableObject(world.publisher, async (object, state) => {
      const { manifest, bodies } = await revisionOf(2);
      await object.putSlices(world.workspaceId, bodies);
      const policies = [policyFor('spring'), policyFor('summer', { minExploration: 0.2 }), policyFor('winter')];
      await object.activate(world.workspaceId, manifest, policies);
      await state.storage.deleteAlarm();
    });
    expect(await pendingTells(world)).toEqual(['summer', 'winter']);
  });

  test('drops the allocations of campaigns that are gone or have other arms, and keeps the others', async () => {
    const world = await newPublisher();
    const policies = ['gone', 'kept', 'recut'].map((id) => policyFor(id));
    await publish(world, 1, policies);
    await forgetTells(world);
    for (const policy of policies) await world.publisher.offer(policy.campaignId, allocationOf(policy, 101));
    await publish(world, 2, [policyFor('kept'), policyFor('recut', { armsKey: 'arms-2' })]);
    await forgetTells(world);
    const { allocations } = await world.publisher.state(0);
    expect(allocations.map((allocation) => allocation.campaignId)).toEqual(['kept']);
    expect(await world.publisher.policy('gone')).toBeNull();
    expect(await world.publisher.offer('gone', allocationOf(policyFor('gone'), 102))).toEqual({
      outcome: 'outdated_policy',
      policy: null,
      seq: (await world.publisher.state(0)).seq,
    });
  });

  test('lets versions go on growing when a campaign comes back', async () => {
    const world = await newPublisher();
    const policy = policyFor('spring');
    await publish(world, 1, [policy]);
    await forgetTells(world);
    await world.publisher.offer('spring', allocationOf(policy, 101));
    await publish(world, 2, []);
    await publish(world, 3, [policy]);
    await forgetTells(world);
    expect(await world.publisher.offer('spring', allocationOf(policy, 101))).toEqual({
      outcome: 'outdated_version',
      version: 101,
    });
    expect(await world.publisher.offer('spring', allocationOf(policy, 102))).toMatchObject({ outcome: 'published' });
  });
});
