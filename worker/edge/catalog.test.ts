/** What an isolate serves while the publisher moves on, lies or is silent. The publisher is a double; its bodies are real. */
import { beforeEach, describe, expect, it } from 'vitest';
import { deadline, newPublisherDouble, type PublisherDouble, serveBy, T0_MS } from '../testing/publisher-double.ts';
import { BLOCK_MS, BLOCK_WAIT_MS, FRESH_MS, forgetCatalogs } from './catalog.ts';
import { placementSlices } from './slices.ts';

let publisher: PublisherDouble;
const serve = (nowMs: number) => serveBy(publisher, nowMs);
const campaignsAt = async (nowMs: number) => Object.keys((await serve(nowMs))!.catalog.directory.campaigns);

beforeEach(async () => {
  publisher = await newPublisherDouble();
});

describe('a warm isolate', () => {
  it('asks nobody for a second, then refreshes behind the request', async () => {
    expect(await campaignsAt(T0_MS)).toEqual(['first']);
    await publisher.publish('second');
    expect(await campaignsAt(T0_MS + FRESH_MS - 1)).toEqual(['first']);
    expect(publisher.asked).toBe(1);
    expect(await campaignsAt(T0_MS + FRESH_MS)).toEqual(['first']);
    expect(await campaignsAt(T0_MS + FRESH_MS + 1)).toEqual(['second']);
    expect(publisher.asked).toBe(2);
  });

  it('asks by a clock that was set back by an hour as by any other', async () => {
    await serve(T0_MS + 3_600_000);
    await publisher.publish('second');
    expect(await campaignsAt(T0_MS)).toEqual(['first']);
    expect(await campaignsAt(T0_MS + 1)).toEqual(['second']);
  });

  it('past two seconds a request waits for the refresh, before them it does not', async () => {
    await serve(T0_MS);
    await publisher.publish('second');
    expect(await campaignsAt(T0_MS + BLOCK_MS - 1)).toEqual(['first']);
    await publisher.publish('third');
    expect(await campaignsAt(T0_MS + BLOCK_MS - 1 + BLOCK_MS)).toEqual(['third']);
  });

  it('a request that finds a refresh under way waits for that one', async () => {
    await serve(T0_MS);
    await publisher.publish('second');
    publisher.delayMs = 30;
    const both = await Promise.all([campaignsAt(T0_MS + BLOCK_MS), campaignsAt(T0_MS + BLOCK_MS)]);
    expect(both).toEqual([['second'], ['second']]);
    expect(publisher.asked).toBe(2);
  });

  it('a refresh that was waited for in vain is waited for by nobody else, not even by the same request', async () => {
    await serve(T0_MS);
    publisher.mode = 'hanging';
    await serve(T0_MS + BLOCK_MS);
    const startedMs = Date.now();
    for (let i = 0; i < 100; i += 1) await serve(T0_MS + BLOCK_MS);
    // One wait each would be ten seconds.
    expect(Date.now() - startedMs).toBeLessThan(50 * BLOCK_WAIT_MS);
  });

  it('past five seconds waits for the refresh: pause, resume and kill switch reach that very request', async () => {
    await serve(T0_MS);
    for (const [step, switches] of [
      { killSwitch: false, pausedCampaigns: ['first'] },
      { killSwitch: false, pausedCampaigns: [] },
      { killSwitch: true, pausedCampaigns: [] },
    ].entries()) {
      publisher.change({ switches });
      const answer = await serve(T0_MS + (step + 1) * 5_000);
      expect(answer!.catalog.switches).toEqual(switches);
    }
  });

  it.each(['down', 'hanging'] as const)(
    'keeps its last good catalog while the publisher is %s: stale from the fifth second',
    async (mode) => {
      await serve(T0_MS);
      publisher.mode = mode;
      expect((await serve(T0_MS + 4_999))!.stale).toBe(false);
      const late = await serve(T0_MS + 60_000);
      expect(late!.stale).toBe(true);
      expect(Object.keys(late!.catalog.directory.campaigns)).toEqual(['first']);
    },
  );

  it('keeps the very map of allocations, by which orders are kept, until one comes or its campaign goes', async () => {
    const allocationsAt = async (nowMs: number) => {
      await serve(nowMs);
      return (await serve(nowMs + 1))!.catalog.allocations;
    };
    const allocation = { campaignId: 'first', version: 1, armsKey: 'k', armIds: ['a'], leaves: {} };
    publisher.change({ allocations: [allocation] });
    const first = await allocationsAt(T0_MS);
    expect([...first.keys()]).toEqual(['first']);
    publisher.change({ allocations: [], switches: { killSwitch: true, pausedCampaigns: [] } });
    expect(await allocationsAt(T0_MS + 10_000)).toBe(first);
    publisher.change({ allocations: [{ ...allocation, version: 2 }] });
    expect(await allocationsAt(T0_MS + 20_000)).not.toBe(first);
    publisher.change({ allocations: [] });
    await publisher.publish('second');
    expect([...(await allocationsAt(T0_MS + 30_000)).keys()]).toEqual([]);
  });

  it('catches up once the publisher is back', async () => {
    await serve(T0_MS);
    publisher.mode = 'down';
    await serve(T0_MS + 10_000);
    publisher.mode = 'up';
    await publisher.publish('second');
    await serve(T0_MS + 20_000);
    expect(await campaignsAt(T0_MS + 20_001)).toEqual(['second']);
  });

  it('refuses a directory that is not what its hash says, keeps the last good one, and takes the switches all the same', async () => {
    await serve(T0_MS);
    const { directory } = await publisher.publish('second');
    publisher.bodies.set(directory, publisher.bodies.get(directory)!.replace('second', 'poison'));
    publisher.change({ switches: { killSwitch: true, pausedCampaigns: [] } });
    const answer = await serve(T0_MS + 5_000);
    expect(Object.keys(answer!.catalog.directory.campaigns)).toEqual(['first']);
    expect(answer!.catalog.switches.killSwitch).toBe(true);
  });

  it('takes the switches though the bodies of a new revision are out of reach', async () => {
    await serve(T0_MS);
    await publisher.publish('second');
    publisher.change({ switches: { killSwitch: true, pausedCampaigns: [] } });
    publisher.mode = 'no bodies';
    expect((await serve(T0_MS + 5_000))!.catalog.switches.killSwitch).toBe(true);
  });

  it('counts the age of an answer from the colo’s cache from when it was asked for', async () => {
    await serve(T0_MS);
    forgetCatalogs();
    // Another isolate of the colo: its first answer is the cached one.
    await serve(T0_MS + 900);
    expect(publisher.asked).toBe(1);
    await publisher.publish('second');
    // 2 s after the question, though 1.1 s after the answer.
    expect(await campaignsAt(T0_MS + BLOCK_MS)).toEqual(['second']);
  });
});

describe('slices', () => {
  const slicesAt = async (nowMs: number) => {
    const { catalog } = (await serve(nowMs))!;
    return placementSlices(publisher.env(), publisher.workspaceId, catalog.manifest, ['hero', 'nowhere'], deadline());
  };

  it('a poisoned slice is refused and the last good pair serves, marked as outdated', async () => {
    expect((await slicesAt(T0_MS)).get('hero')).toMatchObject({ outdated: false });
    const { rules } = await publisher.publish('second');
    publisher.bodies.set(rules, publisher.bodies.get(rules)!.replace('second', 'poison'));
    const hero = (await slicesAt(T0_MS + 5_000)).get('hero');
    expect(hero).toMatchObject({ outdated: true });
    expect(hero!.rules.rules.campaigns.map(({ id }) => id)).toEqual(['first']);
  });

  it('that were never in reach are left out, quickly', async () => {
    publisher.hasBodies = false;
    const { catalog } = (await serve(Date.now()))!;
    publisher.mode = 'hanging';
    const found = await placementSlices(publisher.env(), publisher.workspaceId, catalog.manifest, ['hero'], deadline());
    expect(found.size).toBe(0);
  });
});
