/** What an isolate serves while the publisher moves on, lies or is silent. The publisher is a double; its bodies are real. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../../decisioning/catalog/compile.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { NamedBody, PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { Deadline } from '../http/deadline.ts';
import { BLOCK_MS, BLOCK_WAIT_MS, currentCatalog, FRESH_MS, forgetCatalogs } from './catalog.ts';
import { fetchState, sha256Hex } from './publisher-feed.ts';
import { forgetSlices, placementSlices } from './slices.ts';

/** A request's, long enough for what answers at all. */
const deadline = () => new Deadline(createExecutionContext, 500);
const T0_MS = Date.UTC(2026, 4, 1);
/** The colo's cache outlives a test: each has a workspace of its own. */
let workspaces = 0;
let workspaceId = '';
let publisher: Double;

/** A publisher that a test can stop, slow down and make lie. */
class Double {
  state: PublisherState;
  readonly bodies = new Map<string, string>();
  mode: 'up' | 'down' | 'hanging' | 'no bodies' = 'up';
  asked = 0;
  delayMs = 0;
  /** Publishers of the last release send none along. */
  hasBodies = true;
  askedBodies = 0;
  readonly sinces: number[] = [];

  constructor(state: PublisherState) {
    this.state = state;
  }

  /** The bindings with this publisher in them. */
  env(): Env {
    const answer = async <T>(value: T): Promise<T> => {
      if (this.mode === 'down') throw Object.assign(new Error('boom'), { remote: true });
      if (this.mode === 'hanging') await new Promise(() => undefined);
      if (this.delayMs > 0) await scheduler.wait(this.delayMs);
      return value;
    };
    const stub = {
      state: (since: number, withBodies?: boolean) => {
        this.asked += 1;
        this.sinces.push(since);
        const bodies = [...this.bodies].map(([hash, body]) => ({ hash, body }));
        return answer({ ...this.state, ...(withBodies && this.hasBodies && { bodies }) });
      },
      slices: async (hashes: readonly string[]): Promise<NamedBody[]> => {
        this.askedBodies += 1;
        if (this.mode === 'no bodies') throw Object.assign(new Error('boom'), { remote: true });
        return answer(
          hashes.flatMap((hash) => (this.bodies.has(hash) ? [{ hash, body: this.bodies.get(hash) as string }] : [])),
        );
      },
    };
    return { ...(env as unknown as Env), PUBLISHER: { getByName: () => stub } } as unknown as Env;
  }

  /** A revision with one campaign; returns the hashes of its bodies. */
  async publish(campaign: string): Promise<{ directory: string; rules: string; contents: string }> {
    const result = compile(configurationOf([campaignOf(campaign)]), { workspaceId, salt: 's' });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const put = async (value: unknown): Promise<string> => {
      const body = JSON.stringify(value);
      const hash = await sha256Hex(body);
      this.bodies.set(hash, body);
      return hash;
    };
    const { hero } = result.catalog.placements;
    const directory = await put(result.catalog.directory);
    const hashes = { rules: await put(hero!.rules), contents: await put(hero!.contents) };
    const { seq } = this.state;
    const manifest = { revision: seq + 1, hash: 'h', publishedAtMs: 0, directory, placements: { hero: hashes } };
    this.change({ manifest });
    return { directory, ...hashes };
  }

  change(what: Partial<PublisherState>): void {
    this.state = { ...this.state, ...what, seq: (what.seq ?? this.state.seq) + 1 };
  }
}

beforeEach(async () => {
  workspaces += 1;
  workspaceId = `catalog-${workspaces}-${Date.now()}`;
  forgetCatalogs();
  forgetSlices();
  const switches = { killSwitch: false, pausedCampaigns: [] };
  publisher = new Double({ seq: 0, manifest: null, switches, allocations: [], asOfMs: 0 });
  await publisher.publish('first');
});

/** One request at a moment; what runs behind it is waited for unless it hangs. */
async function serve(nowMs: number) {
  const ctx = createExecutionContext();
  const answer = await currentCatalog(publisher.env(), ctx, workspaceId, nowMs);
  if (publisher.mode !== 'hanging') await waitOnExecutionContext(ctx);
  return answer;
}

const campaignsAt = async (nowMs: number) => Object.keys((await serve(nowMs))!.catalog.directory.campaigns);

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

  it('nobody waits for a refresh that has taken longer than the request that started it waited', async () => {
    await serve(T0_MS);
    publisher.mode = 'hanging';
    await serve(T0_MS + BLOCK_MS);
    const startedMs = Date.now();
    for (let i = 0; i < 100; i += 1) await serve(T0_MS + BLOCK_MS + BLOCK_WAIT_MS + i);
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

describe('isolates of one colo', () => {
  const allocation = (campaignId: string, version: number) => ({
    ...{ campaignId, version, armsKey: 'k', armIds: ['a'], leaves: {} },
  });
  const ask = (since: number, nowMs: number) => fetchState(publisher.env(), workspaceId, since, nowMs);

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
    const slices = await placementSlices(publisher.env(), workspaceId, catalog.manifest, ['hero'], deadline());
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

describe('slices', () => {
  const slicesAt = async (nowMs: number) => {
    const { catalog } = (await serve(nowMs))!;
    return placementSlices(publisher.env(), workspaceId, catalog.manifest, ['hero', 'nowhere'], deadline());
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
    const found = await placementSlices(publisher.env(), workspaceId, catalog.manifest, ['hero'], deadline());
    expect(found.size).toBe(0);
  });
});
