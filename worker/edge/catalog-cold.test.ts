/** What isolates of a colo share, and what one that knows nothing yet asks for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { deadline, newPublisherDouble, type PublisherDouble, serveBy, T0_MS } from '../testing/publisher-double.ts';
import { BLOCK_MS, forgetCatalogs } from './catalog.ts';
import { fetchState } from './publisher-feed.ts';
import { forgetSlices, placementSlices } from './slices.ts';

let publisher: PublisherDouble;
const serve = (nowMs: number) => serveBy(publisher, nowMs);

beforeEach(async () => {
  publisher = await newPublisherDouble();
});

describe('isolates of one colo', () => {
  const allocation = (campaignId: string, version: number) => ({
    ...{ campaignId, version, armsKey: 'k', armIds: ['a'], leaves: {} },
  });
  const ask = (since: number, nowMs: number) => fetchState(publisher.env(), publisher.workspaceId, since, nowMs);

  it('share an answer although each has another sequence number', async () => {
    publisher.change({ seq: 40, allocations: [allocation('first', 7)] });
    const one = await ask(3, T0_MS);
    expect(await ask(17, T0_MS + 999)).toEqual(one);
    expect(publisher.sinces).toEqual([0]);
    await ask(17, T0_MS + 1_000);
    expect(publisher.sinces).toEqual([0, 0]);
    await ask(70, T0_MS + 1_000);
    expect(publisher.sinces.slice(2)).toEqual([64, 70]);
  });

  it('one that knows more than the shared answer asks for itself', async () => {
    publisher.change({ seq: 40 });
    await ask(3, T0_MS);
    publisher.change({ seq: 45 });
    expect((await ask(43, T0_MS + 100)).state.seq).toBe(46);
    expect(publisher.sinces).toEqual([0, 0]);
  });

  it('a publisher that went back is asked by what is known: it sends everything again', async () => {
    publisher.change({ seq: 40 });
    expect((await ask(63, T0_MS)).state.seq).toBe(41);
    expect(publisher.sinces).toEqual([0, 63]);
    // Not for the others: the answer was by a number of one isolate.
    expect((await ask(5, T0_MS + 1)).state.seq).toBe(41);
    expect(publisher.sinces).toEqual([0, 63, 0]);
  });

  it('what an answer repeats leaves the map of allocations as it is', async () => {
    publisher.change({ allocations: [allocation('first', 7)] });
    const mapAt = async (nowMs: number) => {
      await serve(nowMs);
      return (await serve(nowMs + 1))!.catalog.allocations;
    };
    const known = await mapAt(T0_MS);
    publisher.change({ switches: { killSwitch: true, pausedCampaigns: [] } });
    expect(await mapAt(T0_MS + BLOCK_MS)).toBe(known);
    publisher.change({ allocations: [allocation('first', 8)] });
    expect((await mapAt(T0_MS + 2 * BLOCK_MS)).get('first')).toMatchObject({ version: 8 });
  });
});

describe('a cold isolate', () => {
  const decideAt = async (nowMs: number) => {
    const { catalog } = (await serve(nowMs))!;
    const slices = await placementSlices(
      publisher.env(),
      publisher.workspaceId,
      catalog.manifest,
      ['hero'],
      deadline(),
    );
    return slices.get('hero')?.rules.rules.campaigns.map(({ id }) => id);
  };
  const questions = () => [publisher.asked, publisher.askedBodies];

  it('has all that it decides by from one answer, and asks nobody where another of its colo just did', async () => {
    expect(await decideAt(T0_MS)).toEqual(['first']);
    expect(questions()).toEqual([1, 0]);
    forgetCatalogs();
    forgetSlices();
    expect(await decideAt(T0_MS + 999)).toEqual(['first']);
    expect(questions()).toEqual([1, 0]);
  });

  it('uses the bodies that its colo keeps with a later answer of the same catalog, and none of another', async () => {
    await decideAt(T0_MS);
    forgetCatalogs();
    forgetSlices();
    await publisher.publish('second');
    expect(await decideAt(T0_MS + 2_000)).toEqual(['second']);
    expect(questions()).toEqual([2, 0]);
  });

  it('asks for each body where none come along, and for one that is not what its hash says', async () => {
    publisher.hasBodies = false;
    expect(await decideAt(T0_MS)).toEqual(['first']);
    expect(questions()).toEqual([1, 2]);
    publisher.hasBodies = true;
    forgetCatalogs();
    forgetSlices();
    const { rules } = await publisher.publish('second');
    const body = publisher.bodies.get(rules)!;
    publisher.bodies.set(rules, body.replace('second', 'poison'));
    expect(await decideAt(T0_MS + 2_000)).toBeUndefined();
    publisher.bodies.set(rules, body);
    expect(await decideAt(T0_MS + 2_001)).toEqual(['second']);
  });

  it('knows when nothing was published', async () => {
    publisher.state = { ...publisher.state, manifest: null };
    expect(await serve(T0_MS)).toBeUndefined();
  });

  it.each(['down', 'hanging'] as const)(
    'says within two seconds that it has nothing when the publisher is %s',
    async (mode) => {
      publisher.mode = mode;
      const startedMs = Date.now();
      await expect(serve(T0_MS)).rejects.toMatchObject({ name: 'Unavailable' });
      expect(Date.now() - startedMs).toBeLessThan(2_500);
    },
  );
});
