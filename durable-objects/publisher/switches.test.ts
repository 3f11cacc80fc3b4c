import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { noteBacklog, oldestBacklog } from './backlog.ts';
import { newPublisher, revisionOf } from './testing/fixtures.ts';

describe('switches', () => {
  test('are off at first, and stand where they were set, also after an eviction and a publish', async () => {
    const { workspaceId, publisher } = await newPublisher();
    expect((await publisher.state(0)).switches).toEqual({ killSwitch: false, pausedCampaigns: [] });
    await publisher.setSwitches(workspaceId, { campaignId: 'summer', paused: true });
    await publisher.setSwitches(workspaceId, { campaignId: 'spring', paused: true });
    await publisher.setSwitches(workspaceId, { killSwitch: true });
    await evictDurableObject(publisher);
    const { manifest, bodies } = await revisionOf(1);
    await publisher.putSlices(workspaceId, bodies);
    await publisher.activate(workspaceId, manifest, []);
    expect((await publisher.state(0)).switches).toEqual({ killSwitch: true, pausedCampaigns: ['spring', 'summer'] });
    await publisher.setSwitches(workspaceId, { campaignId: 'spring', paused: false, killSwitch: false });
    expect((await publisher.state(0)).switches).toEqual({ killSwitch: false, pausedCampaigns: ['summer'] });
  });

  test('advance the sequence number when they change, and only then', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const on = await publisher.setSwitches(workspaceId, { killSwitch: true });
    expect(await publisher.setSwitches(workspaceId, { killSwitch: true })).toEqual(on);
    const paused = await publisher.setSwitches(workspaceId, { campaignId: 'spring', paused: true });
    expect(paused.seq).toBeGreaterThan(on.seq);
    expect(await publisher.setSwitches(workspaceId, { campaignId: 'spring', paused: true })).toEqual(paused);
    expect(await publisher.setSwitches(workspaceId, { campaignId: 'summer', paused: false })).toEqual(paused);
    expect((await publisher.state(0)).seq).toBe(paused.seq);
  });
});

describe('the backlog', () => {
  test('tells the oldest of all, and nothing once all have drained', async () => {
    const { publisher } = await newPublisher();
    expect((await publisher.health()).oldestUndeliveredAtMs).toBeNull();
    await publisher.reportBacklog('ann', 2_000);
    await publisher.reportBacklog('bob', 1_000);
    expect((await publisher.health()).oldestUndeliveredAtMs).toBe(1_000);
    await publisher.reportBacklog('bob', 3_000);
    expect((await publisher.health()).oldestUndeliveredAtMs).toBe(2_000);
    await publisher.reportBacklog('ann', null);
    await publisher.reportBacklog('bob', null);
    expect((await publisher.health()).oldestUndeliveredAtMs).toBeNull();
  });

  test('keeps the oldest when it is full', async () => {
    const { publisher } = await newPublisher();
    await runInDurableObject(publisher, (_object, state) => {
      const { sql } = state.storage;
      for (const [customer, atMs] of [
        ['ann', 30],
        ['bob', 10],
        ['cid', 20],
        ['dan', 40],
      ] as const) {
        noteBacklog(sql, customer, atMs, 2);
      }
      noteBacklog(sql, 'bob', null, 2);
      expect(oldestBacklog(sql)).toBe(20);
      noteBacklog(sql, 'cid', null, 2);
      expect(oldestBacklog(sql)).toBeNull();
    });
  });
});
