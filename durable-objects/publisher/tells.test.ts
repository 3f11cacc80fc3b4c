import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { activateRevision } from './policies.ts';
import { MAX_CONCURRENT_TELLS, MAX_TELLS_PER_RUN, nextTellAtMs, workOffTells } from './tells.ts';
import { newPublisher, policyFor, revisionOf } from './testing/fixtures.ts';

/** A publisher that has just published these policies, and whose alarm is put off. */
async function published(policies: readonly CampaignPolicy[]) {
  const { workspaceId, publisher } = await newPublisher();
  const put = async (revision: number) => {
    const { manifest, bodies } = await revisionOf(revision);
    await publisher.putSlices(workspaceId, bodies);
    return { workspaceId, manifest };
  };
  const activate = async (revision: number, next: readonly CampaignPolicy[]) => {
    const { manifest } = await put(revision);
    await runInDurableObject(publisher, async (object, state) => {
      await object.activate(workspaceId, manifest, next);
      await state.storage.deleteAlarm();
    });
  };
  await activate(1, policies);
  const inStorage = <T>(step: (sql: SqlStorage) => T | Promise<T>): Promise<T> =>
    runInDurableObject(publisher, (_object, state) => step(state.storage.sql));
  return { put, activate, inStorage };
}

describe('telling the roots', () => {
  test('tells each campaign its policy, and is then done', async () => {
    const { inStorage } = await published([policyFor('spring'), policyFor('summer')]);
    const told: CampaignPolicy[] = [];
    await inStorage((sql) =>
      workOffTells(
        sql,
        async (policy) => ({ version: told.push(policy) }),
        Date.now,
        () => 1,
      ),
    );
    expect(told).toEqual([policyFor('spring'), policyFor('summer')]);
    expect(await inStorage(nextTellAtMs)).toBeNull();
  });

  test('comes back to a root that is down behind a growing back-off, which holds up no other', async () => {
    const { inStorage } = await published([policyFor('down'), policyFor('up')]);
    let nowMs = Date.now();
    const told: string[] = [];
    const tellRoot = async ({ campaignId }: CampaignPolicy) => {
      told.push(campaignId);
      if (campaignId === 'down') throw new Error('down');
      return { version: 1 };
    };
    const run = () =>
      inStorage((sql) =>
        workOffTells(
          sql,
          tellRoot,
          () => nowMs,
          () => 1,
        ),
      );
    await run();
    expect(await inStorage(nextTellAtMs)).toBe(nowMs + 2_000);
    nowMs += 1_999;
    await run();
    expect(told).toEqual(['down', 'up']);
    nowMs += 1;
    await run();
    expect(told).toEqual(['down', 'up', 'down']);
    expect(await inStorage(nextTellAtMs)).toBe(nowMs + 4_000);
  });

  test('keeps what a publish queued while the older tell was on its way', async () => {
    const { put, inStorage } = await published([policyFor('spring')]);
    const newer = policyFor('spring', { minExploration: 0.3 });
    const { workspaceId, manifest } = await put(2);
    await inStorage((sql) => {
      const publishMeanwhile = async () => {
        activateRevision(sql, workspaceId, manifest, [newer], Date.now());
        return { version: 1 };
      };
      return workOffTells(sql, publishMeanwhile, Date.now, () => 1);
    });
    const told: CampaignPolicy[] = [];
    await inStorage((sql) =>
      workOffTells(
        sql,
        async (policy) => ({ version: told.push(policy) }),
        Date.now,
        () => 1,
      ),
    );
    expect(told).toEqual([newer]);
    expect(await inStorage(nextTellAtMs)).toBeNull();
  });

  test('numbers what it tells by the publish that brought it, higher with each, a rollback too', async () => {
    const [first, second] = [policyFor('spring'), policyFor('spring', { minExploration: 0.3 })];
    const { activate, inStorage } = await published([first]);
    const told: [number, number][] = [];
    const tell = () =>
      inStorage((sql) =>
        workOffTells(
          sql,
          async ({ minExploration }, seq) => ({ version: told.push([minExploration, seq]) }),
          Date.now,
          () => 1,
        ),
      );
    await tell();
    for (const [revision, policy] of [
      [2, second],
      [3, first],
    ] as const) {
      await activate(revision, [policy]);
      await tell();
    }
    expect(told).toEqual([
      [0.01, 1],
      [0.3, 2],
      [0.01, 3],
    ]);
  });

  test('forgets a campaign that is gone before it was told', async () => {
    const { activate, inStorage } = await published([policyFor('spring')]);
    await activate(2, []);
    expect(await inStorage(nextTellAtMs)).toBeNull();
  });

  test('has a bounded number of calls under way, and of tells in one run', async () => {
    const { inStorage } = await published(Array.from({ length: MAX_TELLS_PER_RUN + 1 }, (_, i) => policyFor(`c${i}`)));
    let underWay = 0;
    let most = 0;
    let calls = 0;
    const tellRoot = async () => {
      underWay += 1;
      calls += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      return { version: 1 };
    };
    const run = () => inStorage((sql) => workOffTells(sql, tellRoot, Date.now, () => 1));
    await run();
    expect([most, calls]).toEqual([MAX_CONCURRENT_TELLS, MAX_TELLS_PER_RUN]);
    await run();
    expect(calls).toBe(MAX_TELLS_PER_RUN + 1);
  });
});
