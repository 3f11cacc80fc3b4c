import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { OfferReply, PolicyAsOf } from '../publisher/protocol.ts';
import { CampaignRootObject } from './object.ts';
import type { CampaignAddress, ShardReport } from './protocol.ts';
import { MAX_OFFERS, type PublisherPort, publishAllocation } from './publishing.ts';
import { CampaignRoot, RECOMPUTE_MIN_MS } from './root.ts';
import { newAddress, policyFor, source } from './testing/fixtures.ts';

const NOW_MS = 1_800_000_000_000;

/** A publisher that answers as it is told to, and keeps what it was offered. */
class FakePublisher implements PublisherPort {
  readonly offered: Allocation[] = [];
  published: CampaignPolicy | null;
  answer: (allocation: Allocation) => OfferReply | Error = () => ({ outcome: 'published', seq: 1 });

  constructor(published: CampaignPolicy | null) {
    this.published = published;
  }

  async policy(): Promise<PolicyAsOf> {
    return { policy: this.published };
  }

  async offer(_campaignId: string, allocation: Allocation): Promise<OfferReply> {
    this.offered.push(allocation);
    const answer = this.answer(allocation);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

function newRoot() {
  const address = newAddress();
  const stub = source.CAMPAIGN_ROOT.getByName(`publishing-${address.campaignId}`);
  const run = <T>(step: (root: CampaignRoot) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, (_object, state) => step(new CampaignRoot(state.storage)));
  const publish = (publisher: PublisherPort) => run((root) => publishAllocation(root, publisher, () => NOW_MS));
  return { address, stub, run, publish, policy: policyFor(address.campaignId) };
}

function evidence(address: CampaignAddress, seq: number, trials: number): ShardReport {
  const statistics = addStatistics(emptyStatistics, { trials, conversions: 1 });
  return { ...address, shard: 0, seq, cells: [{ leaf: 'rest', arm: 'b', hour: 1, statistics }] };
}

describe('publishing', () => {
  test('asks for the policy it was never told, and offers what follows from all evidence', async () => {
    const { address, run, publish, policy } = newRoot();
    const publisher = new FakePublisher(policy);
    await run((root) => root.merge(evidence(address, 1, 9)));
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.version)).toEqual([1]);
    const { posteriors } = publisher.offered[0]!.leaves.rest!;
    expect(posteriors[1]!.alpha + posteriors[1]!.beta - posteriors[0]!.alpha - posteriors[0]!.beta).toBe(9);
    expect(await run((root) => root.isWanted())).toBe(false);
    expect((await run((root) => root.view(NOW_MS))).allocation).toEqual(publisher.offered[0]);
  });

  test('goes on after the last version when the object was evicted', async () => {
    const { address, stub, run, publish, policy } = newRoot();
    const publisher = new FakePublisher(policy);
    await run((root) => root.merge(evidence(address, 1, 9)));
    await publish(publisher);
    await evictDurableObject(stub);
    await run((root) => root.merge(evidence(address, 2, 10)));
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.version)).toEqual([1, 2]);
  });

  test('fails while the publisher is down, loses nothing, and never uses a version twice', async () => {
    const { address, run, publish, policy } = newRoot();
    const publisher = new FakePublisher(policy);
    publisher.answer = () => new Error('down');
    await run((root) => root.merge(evidence(address, 1, 9)));
    await run((root) => expect(publishAllocation(root, publisher, () => NOW_MS)).rejects.toThrow('down'));
    expect(await run((root) => root.isWanted())).toBe(true);
    expect((await run((root) => root.view(NOW_MS))).allocation).toBeNull();
    publisher.answer = () => ({ outcome: 'published', seq: 1 });
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.version)).toEqual([1, 2]);
    expect(publisher.offered[1]!.leaves).toEqual(publisher.offered[0]!.leaves);
    expect(await run((root) => root.isWanted())).toBe(false);
  });

  test('follows the policy that the publisher says is published, at once', async () => {
    const { address, run, publish, policy } = newRoot();
    const newer = policyFor(address.campaignId, { armIds: ['b', 'c'], armsKey: 'arms-2' });
    const publisher = new FakePublisher(policy);
    publisher.answer = ({ armsKey }) =>
      armsKey === 'arms-2' ? { outcome: 'published', seq: 2 } : { outcome: 'outdated_policy', policy: newer };
    await run((root) => root.adopt(address, policy));
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.armIds)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect(await run((root) => root.policy())).toEqual(newer);
    expect(await run((root) => root.isWanted())).toBe(false);
  });

  test('rests when the campaign is gone, and starts again with the next evidence once it is back', async () => {
    const { address, run, publish, policy } = newRoot();
    const publisher = new FakePublisher(null);
    publisher.answer = () => ({ outcome: 'outdated_policy', policy: null });
    await run((root) => root.adopt(address, policy));
    await publish(publisher);
    expect(await run((root) => root.isWanted())).toBe(false);
    expect(await run((root) => root.policy())).toBeNull();
    publisher.published = policy;
    publisher.answer = () => ({ outcome: 'published', seq: 3 });
    await run((root) => root.merge(evidence(address, 1, 9)));
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.version)).toEqual([1, 2]);
  });

  test('continues after a version that is published already', async () => {
    const { address, run, publish, policy } = newRoot();
    const publisher = new FakePublisher(policy);
    publisher.answer = ({ version }) =>
      version > 40 ? { outcome: 'published', seq: 1 } : { outcome: 'outdated_version', version: 40 };
    await run((root) => root.adopt(address, policy));
    await publish(publisher);
    expect(publisher.offered.map((allocation) => allocation.version)).toEqual([1, 41]);
  });

  test('gives up for now when the policy changes with every offer, and stays wanted', async () => {
    const { address, run, policy } = newRoot();
    const publisher = new FakePublisher(policy);
    publisher.answer = () => ({ outcome: 'outdated_policy', policy });
    await run((root) => root.adopt(address, policy));
    await run((root) => expect(publishAllocation(root, publisher, () => NOW_MS)).rejects.toThrow('faster'));
    expect(publisher.offered).toHaveLength(MAX_OFFERS);
    expect(await run((root) => root.isWanted())).toBe(true);
  });

  test('keeps wanting what was merged while an offer was on its way', async () => {
    const { address, run, policy } = newRoot();
    await run(async (root) => {
      const publisher = new FakePublisher(policy);
      root.adopt(address, policy);
      publisher.answer = () => {
        root.merge(evidence(address, 1, 9));
        return { outcome: 'published', seq: 1 };
      };
      await publishAllocation(root, publisher, () => NOW_MS);
      expect(root.isWanted()).toBe(true);
    });
  });

  test('shows the later of two overlapping allocations, whichever answer came first', async () => {
    const { address, run, policy } = newRoot();
    await run((root) => {
      root.adopt(address, policy);
      const earlier = root.compute(policy, NOW_MS);
      const later = root.compute(policy, NOW_MS);
      root.settle(1, later);
      root.settle(1, earlier);
      expect(root.view(NOW_MS).allocation?.version).toBe(2);
    });
  });

  test('is due a second after the last computation, not sooner', async () => {
    const { address, run, policy } = newRoot();
    await run((root) => {
      root.adopt(address, policy);
      expect(root.dueAtMs(NOW_MS)).toBe(NOW_MS);
      root.compute(policy, NOW_MS);
      expect(root.dueAtMs(NOW_MS + 1)).toBe(NOW_MS + RECOMPUTE_MIN_MS);
      expect(root.dueAtMs(NOW_MS + 5_000)).toBe(NOW_MS + 5_000);
    });
  });

  test('refuses a policy of another campaign', async () => {
    const { address, run } = newRoot();
    await run((root) => expect(() => root.adopt(address, policyFor('other'))).toThrow(RangeError));
  });
});

describe('the root object', () => {
  test('comes back behind a growing back-off while the publisher is down', async () => {
    const { address, stub, run, policy } = newRoot();
    const down = { getByName: () => ({ offer: () => Promise.reject(new Error('down')) }) };
    const waits = await runInDurableObject(stub, async (_object, state) => {
      const object = new CampaignRootObject(state, {
        ...source,
        PUBLISHER: down as unknown as typeof source.PUBLISHER,
      });
      new CampaignRoot(state.storage).adopt(address, policy);
      const waitsMs: number[] = [];
      for (let failures = 1; failures <= 3; failures += 1) {
        await object.alarm();
        waitsMs.push(((await state.storage.getAlarm()) ?? 0) - Date.now());
      }
      await state.storage.deleteAlarm();
      return waitsMs;
    });
    for (const [index, longestMs] of [2_000, 4_000, 8_000].entries()) {
      expect(waits[index]).toBeGreaterThan(longestMs / 2 - 500);
      expect(waits[index]).toBeLessThanOrEqual(longestMs);
    }
    expect(await run((root) => root.isWanted())).toBe(true);
  });
});
