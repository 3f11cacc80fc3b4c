/** The simulated platform itself: what it keeps, what it takes away, and that it repeats itself. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { whole } from './arguments.ts';
import { Cluster } from './cluster.ts';
import { Host } from './host.ts';
import { DECIDE_DEADLINE_MS, Isolate } from './isolate.ts';
import { missingOf } from './long-run.ts';
import { Livelock, Loop } from './loop.ts';
import { SimulatedObject } from './object.ts';
import { planOf } from './operations.ts';
import { Oracle } from './oracle.ts';
import { run } from './run.ts';
import { WEATHERS, type Weather } from './weather.ts';
import { DurableObject } from './workers-double.ts';
import type { World } from './world.ts';

const clusters: Cluster[] = [];
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.close();
});

/** Writes rows, some of them behind an await. */
class Notebook extends DurableObject {
  readonly ctxStorage: DurableObjectStorage;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.ctxStorage = ctx.storage;
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS notes (note TEXT)');
  }

  async write(note: string): Promise<number> {
    this.ctxStorage.sql.exec('INSERT INTO notes VALUES (?)', note);
    await this.ctxStorage.setAlarm(Date.now() + 1_000);
    this.ctxStorage.sql.exec('INSERT INTO notes VALUES (?)', `${note} again`);
    return this.read().length;
  }

  fail(note: string): void {
    this.ctxStorage.transactionSync(() => {
      this.ctxStorage.sql.exec('INSERT INTO notes VALUES (?)', note);
      throw new Error('no');
    });
  }

  read(): string[] {
    return this.ctxStorage.sql
      .exec<{ note: string }>('SELECT note FROM notes')
      .toArray()
      .map(({ note }) => note);
  }

  alarm(): void {
    this.ctxStorage.sql.exec("INSERT INTO notes VALUES ('alarm')");
  }
}

function scene(weather: Partial<Weather> = {}) {
  const cluster = new Cluster({ seed: 1 });
  clusters.push(cluster);
  cluster.change({ ...WEATHERS.calm, ...weather }, 1);
  const object = new SimulatedObject('customer', 'notebook', Notebook as never, cluster as World);
  cluster.objects.set('customer notebook', object);
  const answers: unknown[] = [];
  const call = (method: string, ...args: unknown[]) =>
    object.serve(
      method,
      args,
      (result) => answers.push(result),
      (error) => answers.push(String(error)),
      () => answers.push('broken'),
    );
  const notes = () =>
    object.database
      .exec('SELECT note FROM notes', [])
      .toArray()
      .map(({ note }) => note);
  return { cluster, object, call, notes, answers };
}

describe('an object', () => {
  test('keeps what it wrote and rings its alarm once it is due', async () => {
    const { cluster, call, notes, answers } = scene();
    call('write', 'a');
    await cluster.loop.until(cluster.loop.nowMs + 900);
    expect(answers).toEqual([2]);
    expect(notes()).toEqual(['a', 'a again']);
    await cluster.loop.until(cluster.loop.nowMs + 200);
    expect(notes()).toEqual(['a', 'a again', 'alarm']);
  });

  test('a transaction that throws leaves nothing', async () => {
    const { cluster, call, notes, answers } = scene();
    call('fail', 'a');
    await cluster.loop.until(cluster.loop.nowMs + 10);
    expect(answers).toEqual(['Error: no']);
    expect(notes()).toEqual([]);
  });

  test('that dies at an await has written all of the step before it or none, its caller hears of a broken call, and its code never goes on', async () => {
    for (const unwritten of [0, 1]) {
      const { cluster, call, notes, answers } = scene({ crash: 1, unwritten });
      call('write', 'a');
      await cluster.loop.until(cluster.loop.nowMs + 100);
      cluster.change(WEATHERS.calm, 1);
      call('read');
      await cluster.loop.until(cluster.loop.nowMs + 100);
      expect(answers).toEqual(['broken', unwritten === 1 ? [] : ['a']]);
      expect(notes()).toEqual(unwritten === 1 ? [] : ['a']);
    }
  });

  test('an alarm whose handler dies rings again', async () => {
    const { cluster, object, call, notes } = scene();
    call('write', 'a');
    await cluster.loop.until(cluster.loop.nowMs + 100);
    cluster.change({ ...WEATHERS.calm, crash: 1, unwritten: 1 }, 1);
    object.ring();
    await cluster.loop.until(cluster.loop.nowMs);
    cluster.change(WEATHERS.calm, 1);
    await cluster.loop.until(cluster.loop.nowMs + 100);
    expect(notes().filter((note) => note === 'alarm')).toHaveLength(1);
  });
});

describe('the network', () => {
  /** Publishes once, through an isolate. */
  async function refreshed(weather: Partial<Weather>) {
    const { cluster } = scene();
    cluster.change({ ...WEATHERS.calm, ...weather }, 3);
    const isolate = new Isolate('isolate 1', cluster);
    let asked = 0;
    const publisher = cluster.object.bind(cluster);
    cluster.object = (kind, name) => {
      if (kind === 'publisher') asked += 1;
      return publisher(kind, name);
    };
    void isolate.run(() => isolate.catalogs.refresh());
    await cluster.loop.until(cluster.loop.nowMs + 10 * 60_000);
    return asked;
  }

  test('carries a call once when all is well, twice when it is repeated, never when it is lost', async () => {
    expect(await refreshed({})).toBe(1);
    expect(await refreshed({ repeat: 1 })).toBe(2);
    expect(await refreshed({ lose: 1 })).toBe(0);
    // Three attempts, each of which is told that it failed and arrives.
    expect(await refreshed({ stray: 1 })).toBe(3);
  });
});

describe('a history', () => {
  test('is the same to the bit when its seed is the same, and another when it is not', async () => {
    const [one, again, other] = [await run(planOf(7, 120)), await run(planOf(7, 120)), await run(planOf(8, 120))];
    expect(again).toEqual(one);
    expect(other!.history).not.toBe(one!.history);
    expect(one!.events).toBeGreaterThan(500);
  });
});

describe('what goes round without an end', () => {
  test('is stopped, within a minute and over a whole history', async () => {
    for (const [limits, everyMs] of [
      [{ steps: 1_000, stepsPerMinute: 50 }, 1],
      [{ steps: 100, stepsPerMinute: 50 }, 2_000],
    ] as const) {
      const loop = new Loop(limits);
      const again = () => loop.after(everyMs, again);
      again();
      await expect(loop.until(loop.nowMs + 86_400_000)).rejects.toThrow(Livelock);
    }
  });
});

describe('a request', () => {
  test('that is never answered is told by its isolate, unless that died', () => {
    const oracle = new Oracle();
    const host = new Host('isolate 1', 1, () => 0);
    oracle.asked(host, 0)();
    expect(oracle.wrongWithAnswers(60_000)).toBeNull();
    oracle.asked(host, 0);
    expect(oracle.wrongWithAnswers(60_000)).toBe('answer: none came to a request of isolate 1 at 0');
    host.alive = false;
    expect(oracle.wrongWithAnswers(60_000)).toBeNull();
  });

  test('waits for as long as the worker lets it', () => {
    const worker = readFileSync('worker/http/deadline.ts', 'utf8');
    expect(worker).toContain(`export const DECIDE_DEADLINE_MS = ${DECIDE_DEADLINE_MS};`);
  });
});

describe('commands', () => {
  test.each(['0', '', 'abc', '-1', '1.5', '1e3', ' 1'])(
    'take no %j for a number of seeds, and name the option',
    (text) => {
      expect(() => whole('seeds', text)).toThrow(/^--seeds: /);
      expect(whole('seeds', '12')).toBe(12);
    },
  );

  test('tell what many histories never came to', () => {
    const { counts } = new Oracle();
    expect(missingOf([{ counts }], 100)).toEqual([]);
    expect(missingOf([{ counts }], 50_000)).toHaveLength(7);
    const some = { ...counts, grants: 1, answers: 1, claims: 1, contacts: 1, accepted: 1, leases: 1, visits: 1 };
    expect(missingOf([{ counts }, { counts: some }], 50_000)).toEqual([]);
  });
});
