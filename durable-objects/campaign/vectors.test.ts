import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { MAX_SUMS_LENGTH } from '../../decisioning/bandits/named-sums.ts';
import { migrate } from '../shared/migrator.ts';
import { readTotals } from './evidence.ts';
import {
  MAX_DELIVERY_EVENTS,
  MAX_EVENT_NAMES,
  MAX_REPORT_ELEMENTS,
  MAX_REPORT_VECTORS,
  type ShardReport,
  type StatisticsEvent,
  type VectorCell,
} from './protocol.ts';
import { CampaignRoot } from './root.ts';
import { readSums } from './root-vectors.ts';
import { ROOT_SCHEMA, SHARD_SCHEMA } from './schema.ts';
import type { CampaignShard } from './shard.ts';
import { countedIn, inShard } from './testing/counted.ts';
import { delivery, event, newAddress, observe, observeVectors, source } from './testing/fixtures.ts';

let objects = 0;

function newShard() {
  objects += 1;
  const stub = source.CAMPAIGN_SHARD.getByName(`vectors-shard-${objects}`);
  const run = <T>(step: (shard: CampaignShard, storage: DurableObjectStorage) => T): Promise<T> => inShard(stub, step);
  return { run, evict: () => evictDurableObject(stub) };
}

function newRoot() {
  objects += 1;
  const stub = source.CAMPAIGN_ROOT.getByName(`vectors-root-${objects}`);
  return <T>(step: (root: CampaignRoot, storage: DurableObjectStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(new CampaignRoot(storage), storage));
}

const summed = (seq: number, sums: NonNullable<StatisticsEvent['sums']>, at: Partial<StatisticsEvent> = {}) =>
  event(seq, {}, { sums, ...at });

/** All reports until none is left, each acknowledged. */
async function drain(run: ReturnType<typeof newShard>['run']): Promise<ShardReport[]> {
  const reports: ShardReport[] = [];
  for (let page = 0; page < 100; page += 1) {
    const report = await run((shard) => shard.nextReport());
    if (!report) return reports;
    reports.push(report);
    await run((shard) => shard.acknowledge(report.seq));
  }
  throw new Error('the shard does not drain');
}

describe('moments of 31 features, ten arms and two leaves', () => {
  const HOURS = 48;
  const vector = Array.from({ length: 561 }, (_, i) => 50_000_000 + ((i * 7_919_317) % 40_000_000));
  /** Bytes that two days of trials in every hour take, moments in buckets of `width` hours. */
  const bytesOf = async (width: number): Promise<number> => {
    const { run } = newShard();
    const address = newAddress();
    const events = Array.from({ length: HOURS * 20 }, (_, i) => {
      const hour = 480_000 + Math.floor(i / 20);
      const at = {
        hour,
        momentsHour: hour - (hour % width),
        leaf: i % 2 === 0 ? 'rest' : 'gold',
        arm: `arm-${i % 10}`,
      };
      return summed(i + 1, { 'linear:0a1b2c3d': vector }, at);
    });
    for (let i = 0; i < events.length; i += MAX_DELIVERY_EVENTS)
      await run((shard) => shard.apply(delivery(address, 'ann', events.slice(i, i + MAX_DELIVERY_EVENTS))));
    return run((_, { sql }) => countedIn(sql).vectors.reduce((sum, { sums }) => sum + JSON.stringify(sums).length, 0));
  };

  test('by the day take a twentieth of the room that they take by the hour', async () => {
    const [byHour, byDay] = [await bytesOf(1), await bytesOf(24)];
    expect(byHour).toBeGreaterThan(2_600_000);
    expect(byDay).toBeLessThan(140_000);
  });
});

describe('named sums in a shard', () => {
  test('are added under their name, once however often they come, also after the object was evicted', async () => {
    const { run, evict } = newShard();
    const events = [summed(1, { 'goal:click': [1, 5, 25] }), summed(2, { 'goal:click': [1, -2, 4], delay: [0, 1] })];
    const twice = delivery(newAddress(), 'ann', events);
    await run((shard) => shard.apply(twice));
    await evict();
    await run((shard) => shard.apply(twice));
    const report = await run((shard) => shard.nextReport());
    expect(report?.vectors).toEqual([
      { leaf: 'rest', arm: 'a', hour: 500_000, name: 'goal:click', sums: [2, 3, 29] },
      { leaf: 'rest', arm: 'a', hour: 500_000, name: 'delay', sums: [0, 1] },
    ]);
  });

  test('of another length under one name are kept beside the others, and hold nothing up', async () => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [summed(1, { 'goal:click': [1, 5, 25] })])));
    const other = [summed(2, { 'goal:click': [1, 5] }), event(3)];
    expect(await run((shard) => shard.apply(delivery(address, 'ann', other)))).toMatchObject({ ackedSeq: 3 });
    const root = newRoot();
    for (const report of await drain(run)) await root((r) => r.merge(report));
    const sums = await root((_r, { sql }) => readSums(sql).get('rest')?.get('a'));
    expect(sums).toEqual({ 'goal:click': [1, 5], 'goal:click#3': [1, 5, 25] });
  });

  test('stop at what a number holds exactly rather than refuse what comes behind them', async () => {
    const { run } = newShard();
    const address = newAddress();
    const most = Number.MAX_SAFE_INTEGER;
    const events = [summed(1, { x: [most, -most] }), summed(2, { x: [7, -7] }), event(3)];
    for (const one of events) await run((shard) => shard.apply(delivery(address, 'ann', [one])));
    expect((await run((shard) => shard.nextReport()))?.vectors?.[0]?.sums).toEqual([most, -most]);
  });

  test('are reported without their cell when only they changed since, and with it otherwise', async () => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [summed(1, { x: [1] }), event(2, {}, { arm: 'b' })])));
    const [first] = await drain(run);
    expect([first?.cells.length, first?.vectors?.length]).toEqual([2, 1]);
    await run((shard) => shard.apply(delivery(address, 'ann', [event(3)])));
    const [second] = await drain(run);
    expect(second).not.toHaveProperty('vectors');
  });
});

describe('a report of many named sums', () => {
  const named = (names: readonly string[], length: number) =>
    Object.fromEntries(names.map((name) => [name, Array.from({ length }, (_, i) => i)]));
  const eight = Array.from({ length: MAX_EVENT_NAMES }, (_, i) => `name-${i}`);
  /** The event at a place of a page: hours are pages apart, or the same cells get other names on every page. */
  const cases: readonly (readonly [
    string,
    (page: number, i: number) => [hour: number, StatisticsEvent['sums'] & {}],
  ])[] = [
    [
      'ends between deliveries where vectors are too many',
      (page, i) => [page * MAX_DELIVERY_EVENTS + i, named(eight, 3)],
    ],
    [
      'ends between deliveries where their elements are too many',
      (page, i) => [i, named([`a-${page}`, `b-${page}`], 512)],
    ],
  ];

  test.each(cases)('%s, and loses none', async (_title, at) => {
    const { run } = newShard();
    const address = newAddress();
    const events: StatisticsEvent[] = [];
    for (let page = 0; page < 4; page += 1) {
      const from = page * MAX_DELIVERY_EVENTS;
      const fresh = Array.from({ length: MAX_DELIVERY_EVENTS }, (_, i) => {
        const [hour, sums] = at(page, i);
        return summed(from + i + 1, sums, { hour });
      });
      events.push(...fresh);
      await run((shard) => shard.apply(delivery(address, 'ann', fresh)));
    }
    // A cell that changes again without its vectors must not take them past the report they belong to.
    await run((shard) => shard.apply(delivery(address, 'ann', [event(9_000, { trials: 1 }, { hour: 0 })])));
    const reports = await drain(run);
    expect(reports.length).toBeGreaterThan(1);
    for (const { vectors = [] } of reports) {
      expect(vectors.length).toBeLessThanOrEqual(MAX_REPORT_VECTORS);
      expect(vectors.reduce((sum, each) => sum + each.sums.length, 0)).toBeLessThanOrEqual(MAX_REPORT_ELEMENTS);
    }
    const reported = new Map<string, VectorCell>();
    for (const { vectors = [] } of reports)
      for (const each of vectors) reported.set(`${String(each.hour).padStart(6, '0')} ${each.name}`, each);
    const inOrder = [...reported.keys()].sort().map((key) => reported.get(key)!);
    const byHour = (a: VectorCell, b: VectorCell) => a.hour - b.hour || (a.name < b.name ? -1 : 1);
    expect(inOrder).toEqual(observeVectors(events).sort(byHour));
  });
});

describe('a delivery whose named sums break the protocol is refused whole', () => {
  const many = Object.fromEntries(Array.from({ length: MAX_EVENT_NAMES + 1 }, (_, i) => [`name-${i}`, [1]]));
  const cases: readonly (readonly [string, NonNullable<StatisticsEvent['sums']>])[] = [
    ['a fraction', { x: [0.5] }],
    ['a value that is no number', { x: [Number.NaN] }],
    ['a hole', { x: new Array<number>(2) }],
    ['no element', { x: [] }],
    ['more elements than a vector has', { x: new Array<number>(MAX_SUMS_LENGTH + 1).fill(0) }],
    ['more elements than an event has', { x: new Array(MAX_SUMS_LENGTH).fill(0), y: new Array(600).fill(0) }],
    ['more names than an event has', many],
    ['a name that is too long', { ['x'.repeat(129)]: [1] }],
    ['an empty name', { '': [1] }],
  ];

  test.each(cases)('%s', async (_title, sums) => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [event(1)])));
    const broken = delivery(address, 'ann', [event(2), summed(3, sums)]);
    await run((shard) => expect(() => shard.apply(broken)).toThrow(RangeError));
    expect((await run((shard) => shard.nextReport()))?.cells).toEqual(observe([event(1)]));
  });
});

describe('a root', () => {
  const address = newAddress();
  const report = (seq: number, sums: readonly number[], shard = 0): ShardReport => ({
    ...address,
    shard,
    seq,
    cells: [],
    vectors: [{ leaf: 'rest', arm: 'a', hour: 500_000, name: 'x', sums }],
  });
  const total = (root: ReturnType<typeof newRoot>) => root((_r, { sql }) => readSums(sql).get('rest')?.get('a')?.x);

  test('takes the later word of a shard, ignores repeats and older ones, and adds shards exactly', async () => {
    const root = newRoot();
    for (const each of [report(1, [2, 1]), report(3, [7, 0]), report(3, [7, 0]), report(2, [5, 5])])
      await root((r) => r.merge(each));
    expect(await total(root)).toEqual([7, 0]);
    await root((r) => r.merge(report(1, [1, 1], 1)));
    expect(await total(root)).toEqual([8, 1]);
  });

  test('wants an allocation when only a named sum changed, and not for a repeat', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(1, [2])));
    const wanted = await root((r) => r.wantedSeq());
    await root((r) => r.merge(report(2, [2])));
    expect(await root((r) => r.wantedSeq())).toBe(wanted);
    await root((r) => r.merge(report(3, [3])));
    expect(await root((r) => r.wantedSeq())).toBe(wanted + 1);
  });

  test('refuses a vector that is none and stores nothing of the report', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(1, [4])));
    for (const sums of [[0.5], [], new Array<number>(MAX_SUMS_LENGTH + 1).fill(1)])
      await root((r) => expect(() => r.merge(report(2, sums))).toThrow(RangeError));
    expect(await total(root)).toEqual([4]);
  });
});

describe('objects that were born before there were named sums', () => {
  /** Puts the tables of an earlier version into an object's storage. */
  function rebirth(storage: DurableObjectStorage, schema: readonly string[]): void {
    for (const { name } of storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*_*'")
      .toArray())
      storage.sql.exec(`DROP TABLE ${name}`);
    storage.sql.exec('DROP TABLE IF EXISTS schema_version');
    storage.sql.exec('DROP TABLE IF EXISTS vector_totals');
    migrate(storage, schema.slice(0, 1));
  }

  test('take them, and keep what they had', async () => {
    const { run } = newShard();
    const root = newRoot();
    const [at, old] = [newAddress(), event(1, { trials: 3 })];
    await run((_shard, storage) => {
      rebirth(storage, SHARD_SCHEMA);
      storage.sql.exec(
        'INSERT INTO shard (id, workspace_id, campaign_id, shard) VALUES (1, ?, ?, 0)',
        ...Object.values(at),
      );
      storage.sql.exec(`INSERT INTO cells VALUES ('rest', 'a', 500000, 1, 0, 3, 0, 0, 0, 0, 0)`);
      storage.sql.exec('UPDATE shard SET seq = 1');
      migrate(storage, SHARD_SCHEMA);
    });
    await root((_r, storage) => {
      rebirth(storage, ROOT_SCHEMA);
      migrate(storage, ROOT_SCHEMA);
    });
    const fresh = [summed(1, { x: [1] }), event(2)];
    await run((shard) => shard.apply(delivery(at, 'ann', fresh)));
    for (const report of await drain(run)) await root((r) => r.merge(report));
    const trials = await root((_r, { sql }) => readTotals(sql).get('rest')?.get('a')?.trials);
    expect(trials).toBe((old.change.trials ?? 0) + 1);
    expect(await root((_r, { sql }) => readSums(sql).get('rest')?.get('a'))).toEqual({ x: [1] });
  });
});
