/** Customers in the publisher's sample: who joins, who leaves, and what is done when the publisher did not hear. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { ASKED } from '../../decisioning/audience/as-known.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { publisherStub } from '../shared/stub.ts';
import { OUTBOX_BACKSTOP_MS, TOMBSTONE_MS } from './limits.ts';
import { forgetThresholds } from './sampling.ts';
import { type Customer, customerOf, DAY_MS, objectOf, source, worldOf } from './testing/fixtures.ts';

const NOW_MS = Date.now();
/** Room for a busy machine. */
const PATIENCE = { timeout: 10_000 };
let worlds = 0;

function scene() {
  worlds += 1;
  const world = worldOf(`sampling-${worlds}`, configurationOf([campaignOf('c')]));
  return { workspaceId: world.workspaceId, ann: customerOf(world, 'ann'), visitor: customerOf(world, 'v', true) };
}

const sampleOf = async (workspaceId: string) => (await publisherStub(source, workspaceId)).sample(10);

/** Until the sample is as wanted; what follows a change runs right behind its answer. */
async function sampled(workspaceId: string, wanted: readonly string[]): Promise<void> {
  await expect.poll(async () => [...(await sampleOf(workspaceId)).names].sort(), PATIENCE).toEqual([...wanted].sort());
}

const markOf = (customer: Customer) =>
  runInDurableObject(objectOf(customer), (_, { storage }) => storage.sql.exec('SELECT heard FROM sampled').toArray());

const question = (condition: object) => JSON.stringify({ [ASKED]: condition });

beforeEach(forgetThresholds);

describe('a customer', () => {
  it('joins the sample of their own workspace at the first thing that is kept, once', async () => {
    const { ann, workspaceId } = scene();
    const other = scene();
    expect(await ann.decide('1', NOW_MS)).not.toBeNull();
    await sampled(workspaceId, [ann.name]);
    await ann.decide('2', NOW_MS + 1);
    await sampled(workspaceId, [ann.name]);
    await expect.poll(() => markOf(ann), PATIENCE).toEqual([{ heard: 1 }]);
    expect((await sampleOf(other.workspaceId)).held).toBe(0);
  });

  it('is not counted for having been asked about', async () => {
    const { ann, workspaceId } = scene();
    await ann.stub().dump();
    expect(await ann.stub().matches(question({}), NOW_MS)).toBeNull();
    expect((await sampleOf(workspaceId)).held).toBe(0);
  });

  it('leaves when they are erased, and joins again when they come back', async () => {
    const { ann, workspaceId } = scene();
    await ann.decide('1', NOW_MS);
    await sampled(workspaceId, [ann.name]);
    await ann.stub().erase(ann.facts(NOW_MS + 1));
    await sampled(workspaceId, []);
    await expect.poll(() => markOf(ann), PATIENCE).toEqual([]);
    await ann.decide('2', NOW_MS + 2);
    await sampled(workspaceId, [ann.name]);
  });

  it('who is erased has an alarm within seconds if the publisher knows them, and one for the tombstone if not', async () => {
    const { ann, visitor, workspaceId } = scene();
    const alarmOf = (customer: Customer) =>
      runInDurableObject(objectOf(customer), (_, { storage }) => storage.getAlarm());
    await ann.decide('1', NOW_MS);
    await sampled(workspaceId, [ann.name]);
    await ann.stub().erase(ann.facts(NOW_MS + 1));
    expect(await alarmOf(ann)).toBe(NOW_MS + 1 + OUTBOX_BACKSTOP_MS);
    await visitor.stub().erase(visitor.facts(NOW_MS + 1));
    expect(await alarmOf(visitor)).toBe(NOW_MS + 1 + TOMBSTONE_MS);
  });

  it('leaves by the alarm when the object ended before it could tell', async () => {
    const { ann, workspaceId } = scene();
    await ann.decide('1', NOW_MS);
    await sampled(workspaceId, [ann.name]);
    await expect.poll(() => markOf(ann), PATIENCE).toEqual([{ heard: 1 }]);
    // As after a crash right behind the erasure: the tombstone is there, the publisher has not heard.
    await ann.stub().erase(ann.facts(NOW_MS + 1));
    await sampled(workspaceId, []);
    await (await publisherStub(source, workspaceId)).joinSample(workspaceId, ann.name);
    await runInDurableObject(objectOf(ann), (_, { storage }) =>
      storage.sql.exec('INSERT OR REPLACE INTO sampled VALUES (1, 1)'),
    );
    await evictDurableObject(objectOf(ann));
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    await sampled(workspaceId, []);
  });

  it('who is idle and anonymous leaves when they are forgotten', async () => {
    const { visitor, workspaceId } = scene();
    await visitor.decide('1', NOW_MS - 31 * DAY_MS);
    await runDurableObjectAlarm(objectOf(visitor));
    await sampled(workspaceId, []);
    await expect.poll(() => markOf(visitor), PATIENCE).toEqual([]);
  });

  it('who turned out to be another is counted once, as that one', async () => {
    const { ann, visitor, workspaceId } = scene();
    await visitor.decide('1', NOW_MS);
    await ann.decide('1', NOW_MS);
    await sampled(workspaceId, [ann.name, visitor.name]);
    await visitor.stub().forward(visitor.facts(NOW_MS + 1), ann.name);
    await sampled(workspaceId, [ann.name]);
  });

  it('who refuses analytics leaves', async () => {
    const { ann, workspaceId } = scene();
    await ann.decide('1', NOW_MS);
    await sampled(workspaceId, [ann.name]);
    const consent = { channels: {}, purposes: { analytics: false } };
    await ann.stub().putProfile(ann.facts(NOW_MS + 1), { traits: {}, consent });
    await sampled(workspaceId, []);
    expect(await ann.stub().matches(question({}), NOW_MS + 2)).toBeNull();
  });
});

describe('matches', () => {
  it('evaluates traits, counters and segments as of now, and returns nothing else', async () => {
    const { ann } = scene();
    const consent = { channels: {}, purposes: {} };
    await ann.stub().putProfile(ann.facts(NOW_MS), { traits: { plan: 'pro' }, consent });
    const behaviour = { index: 0, kind: 'behaviour' as const, name: 'look', valueMinor: 0, windowMs: 0 };
    await ann.stub().events(ann.facts(NOW_MS), [behaviour], {});
    const looked = { 'behaviour.look.count.1h': 1 };
    const asked = (condition: object, nowMs = NOW_MS + 1) => ann.stub().matches(question(condition), nowMs);
    expect(await asked({ plan: 'pro', ...looked })).toBe(true);
    expect(await asked({ plan: 'free' })).toBe(false);
    expect(await asked(looked, NOW_MS + 2 * 3_600_000)).toBe(false);
    const segments = JSON.stringify({ lookers: looked, [ASKED]: { $inSegment: 'lookers' } });
    expect(await ann.stub().matches(segments, NOW_MS + 1)).toBe(true);
  });

  it('leaves no storage behind for somebody who is not there', async () => {
    const { ann } = scene();
    expect(await ann.stub().matches(question({}), NOW_MS)).toBeNull();
    const tables = await runInDurableObject(objectOf(ann), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray(),
    );
    expect(tables).toEqual([]);
    expect(await ann.decide('1', NOW_MS)).not.toBeNull();
  });

  it('does not bring back one who was erased', async () => {
    const { ann, workspaceId } = scene();
    await ann.decide('1', NOW_MS);
    await ann.stub().erase(ann.facts(NOW_MS + 1));
    expect(await ann.stub().matches(question({}), NOW_MS + 2)).toBeNull();
    await sampled(workspaceId, []);
  });
});
