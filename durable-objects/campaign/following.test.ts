import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { OfferReply, PolicyAsOf } from '../publisher/protocol.ts';
import { CampaignRootObject } from './object.ts';
import { type PublisherPort, publishAllocation } from './publishing.ts';
import { CampaignRoot } from './root.ts';
import { newAddress, policyFor, source } from './testing/fixtures.ts';

const NOW_MS = 1_800_000_000_000;

/** A policy whose allocations are known by the probability of arm `a`. */
function splitOf(a: number): Partial<CampaignPolicy> {
  return { strategy: { policy: 'fixed_split', weights: { a, b: 1 - a } }, minExploration: 0 };
}

const shareOfA = ({ leaves }: Allocation): number => leaves.rest?.probabilities[0] ?? 0;

/** A root, and two policies with the same arms and leaves: only the order says which one counts. */
function newRoot() {
  const address = newAddress();
  const stub = source.CAMPAIGN_ROOT.getByName(`following-${address.campaignId}`);
  const run = <T>(step: (root: CampaignRoot, sql: SqlStorage) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(new CampaignRoot(storage), storage.sql));
  const older = policyFor(address.campaignId, splitOf(0.25));
  return { address, stub, run, older, newer: { ...older, ...splitOf(0.75) } };
}

/** What runs while an answer of the publisher is on its way, and the answers. */
function publisherThat(answers: {
  readonly policy?: () => PolicyAsOf;
  readonly offer?: (allocation: Allocation, knownSeq: number | undefined) => OfferReply;
}): PublisherPort & { readonly offered: number[] } {
  const offered: number[] = [];
  return {
    offered,
    policy: async () => answers.policy?.() ?? { policy: null },
    offer: async (_id, allocation, knownSeq) => {
      offered.push(shareOfA(allocation));
      return answers.offer?.(allocation, knownSeq) ?? { outcome: 'published', seq: 1 };
    },
  };
}

/** Answers the first offer with what was published at 7, after a later tell has come; takes the next. */
function overtaken(policy: CampaignPolicy | null, tell: () => void) {
  const publisher = publisherThat({
    offer: () => {
      if (publisher.offered.length > 1) return { outcome: 'published', seq: 9 };
      tell();
      return { outcome: 'outdated_policy', policy, seq: 7 };
    },
  });
  return publisher;
}

describe('a tell', () => {
  test('that was overtaken by a later one changes nothing, also after the object was evicted', async () => {
    const { address, stub, run, older, newer } = newRoot();
    await run((root) => root.adopt(address, newer, 8));
    await evictDurableObject(stub);
    await run((root) => root.adopt(address, older, 7));
    expect(await run((root) => [root.policy(), root.policySeq(), root.wantedSeq()])).toEqual([newer, 8, 1]);
  });

  test('that comes again wants no other allocation', async () => {
    const { address, run, newer } = newRoot();
    await run((root) => {
      root.adopt(address, newer, 8);
      root.adopt(address, newer, 8);
      expect(root.wantedSeq()).toBe(1);
    });
  });

  test('of the same policy under a later number, as a rollback brings it, is followed', async () => {
    const { address, run, older, newer } = newRoot();
    await run((root) => {
      for (const [seq, policy] of [older, newer, older].entries()) root.adopt(address, policy, seq + 1);
      expect([root.policy(), root.policySeq(), root.wantedSeq()]).toEqual([older, 3, 3]);
    });
  });

  test('without a number, of a publisher of the last release, is believed, and takes no number away', async () => {
    const { address, run, older, newer } = newRoot();
    await run((root) => {
      root.adopt(address, older);
      expect(root.policySeq()).toBeUndefined();
      root.adopt(address, older, 5);
      root.adopt(address, newer);
      expect([root.policy(), root.policySeq()]).toEqual([newer, 5]);
      root.adopt(address, older, 4);
      expect(root.policy()).toEqual(newer);
    });
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('with %d for a number is refused, and stores nothing', async (seq) => {
    const { address, run, older } = newRoot();
    await run((root) => expect(() => root.adopt(address, older, seq)).toThrow('seq'));
    expect(await run((root) => root.address())).toBeNull();
  });

  test('that was overtaken is answered as done, with the number that stands, and publishes nothing', async () => {
    const { address, stub, older, newer } = newRoot();
    const publisher = publisherThat({});
    const replies = await runInDurableObject(stub, async (_object, state) => {
      const stubs = { getByName: () => publisher } as unknown as typeof source.PUBLISHER;
      const object = new CampaignRootObject(state, { ...source, PUBLISHER: stubs });
      const told = [await object.reconfigure(address, newer, 8), await object.reconfigure(address, older, 7)];
      await state.storage.deleteAlarm();
      return told;
    });
    expect(replies).toEqual([
      { version: 1, policySeq: 8 },
      { version: 1, policySeq: 8 },
    ]);
    expect(publisher.offered).toEqual([0.75]);
  });

  test('that an answer has overtaken finds other arms’ arrivals forgotten already', async () => {
    const { address, run, older, newer } = newRoot();
    const others: CampaignPolicy = { ...newer, armIds: ['b', 'c'], armsKey: 'arms-2' };
    await run((root, sql) => {
      root.adopt(address, older, 1);
      sql.exec("INSERT INTO watch VALUES (1, 1, '{}', 0, NULL)");
      root.correctPolicy(others, 9);
      root.adopt(address, others, 8);
      expect(sql.exec('SELECT 1 FROM watch').toArray()).toEqual([]);
    });
  });
});

describe('an answer of the publisher', () => {
  test('that a later tell has overtaken is passed over: the offer that follows is of the policy that was told', async () => {
    const { address, run, older, newer } = newRoot();
    await run(async (root) => {
      root.adopt(address, older, 1);
      const publisher = overtaken(older, () => root.adopt(address, newer, 8));
      await publishAllocation(root, publisher, () => NOW_MS);
      expect(publisher.offered).toEqual([0.25, 0.75]);
      expect(root.isWanted()).toBe(false);
    });
  });

  test('that the campaign is gone does not take away one that has come back meanwhile', async () => {
    const { address, run, older, newer } = newRoot();
    await run(async (root) => {
      root.adopt(address, older, 1);
      const publisher = overtaken(null, () => root.adopt(address, newer, 8));
      await publishAllocation(root, publisher, () => NOW_MS);
      expect([root.policy(), root.isWanted()]).toEqual([newer, false]);
    });
  });

  test('to the question for the policy keeps an older tell, that comes later, away', async () => {
    const { address, run, older, newer } = newRoot();
    await run(async (root) => {
      root.adopt(address, older, 1);
      root.correctPolicy(null, 2);
      await publishAllocation(root, publisherThat({ policy: () => ({ policy: newer, seq: 8 }) }), () => NOW_MS);
      root.adopt(address, older, 7);
      expect(root.policy()).toEqual(newer);
    });
  });

  test('wants an allocation, so that one whose offer failed is made again', async () => {
    const { address, run, older, newer } = newRoot();
    await run((root) => {
      root.adopt(address, older, 1);
      root.settle(root.wantedSeq(), root.compute(older, NOW_MS));
      root.correctPolicy(newer, 8);
      expect(root.isWanted()).toBe(true);
    });
  });

  test('is asked for under the number that the root goes by', async () => {
    const { address, run, older } = newRoot();
    const heard: (number | undefined)[] = [];
    const offer = (_: Allocation, knownSeq: number | undefined): OfferReply => {
      heard.push(knownSeq);
      return { outcome: 'published', seq: 1 };
    };
    await run(async (root) => {
      root.adopt(address, older);
      await publishAllocation(root, publisherThat({ offer }), () => NOW_MS);
      root.adopt(address, older, 8);
      await publishAllocation(root, publisherThat({ offer }), () => NOW_MS);
    });
    expect(heard).toEqual([undefined, 8]);
  });

  test('of a publisher of the last release, that knows no numbers, is followed as before', async () => {
    const { address, stub, run, older, newer } = newRoot();
    const offered: number[] = [];
    await run((root) => {
      root.adopt(address, older, 8);
      root.correctPolicy(null, 9);
    });
    const olderPublisher = {
      policyAsOf: () => Promise.reject(new TypeError('The RPC receiver does not implement the method "policyAsOf".')),
      policy: async () => newer,
      offer: async (_id: string, allocation: Allocation) => {
        offered.push(shareOfA(allocation));
        return { outcome: 'published', seq: 1 };
      },
    };
    await runInDurableObject(stub, async (_object, state) => {
      const stubs = { getByName: () => olderPublisher } as unknown as typeof source.PUBLISHER;
      await new CampaignRootObject(state, { ...source, PUBLISHER: stubs }).alarm();
      await state.storage.deleteAlarm();
    });
    expect(offered).toEqual([0.75]);
    expect(await run((root) => root.policy())).toEqual(newer);
  });
});
