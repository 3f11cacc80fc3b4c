/** Objects that end as their platform might end them: after the calls in them, between two, or in the midst of one. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import type { Random } from '../../../decisioning/random.ts';
import { pick } from '../../../decisioning/testing/seeds.ts';

/** An object and what it is called in a count. */
export interface Ending {
  readonly kind: string;
  /** A new stub each time: one whose object was aborted tells of that for ever. */
  readonly stub: () => unknown;
}

export interface Mines {
  /** What ended in the midst of a transaction: `kind moment` → how often. */
  readonly count: Record<string, number>;
  /** Those that are left harm nobody any more. */
  areOver: boolean;
}

/** Of the ends between two calls, those by an error; the rest are evictions. */
const ABORTED_SHARE = 0.5;
/** Of all objects, those that a transaction will end, and the latest that it is: a wave of visits has some for each object. */
const MINED_SHARE = 0.7;
const MAX_NTH = 6;
const MOMENTS = ['before', 'within', 'after'] as const;
type Moment = (typeof MOMENTS)[number];
/** Whoever was in the object is told that it was aborted, and there may be none to evict; anything else is a mistake of the test. */
const EXPECTED = /the test ends it|not currently running|active references/;
/** An eviction waits for the calls in its object, and a wave does not wait for it any longer. */
const EVICTION_MS = 1_000;

const unlessExpected = (error: unknown): void => {
  if (!EXPECTED.test(String(error))) throw error;
};

/** The n-th transaction from now takes the object with it. Nothing that comes after an abort is run. */
function mine(state: DurableObjectState, nth: number, moment: Moment, sprung: () => boolean): void {
  const wires = state.storage as unknown as { transactionSync: <T>(act: () => T) => T };
  const real = wires.transactionSync.bind(state.storage);
  let left = nth;
  const end = (): void => state.abort(`the test ends it ${moment} its transaction`);
  wires.transactionSync = (act) => {
    left -= 1;
    if (left !== 0 || !sprung()) return real(act);
    if (moment === 'before') end();
    real(() => {
      const done = act();
      if (moment === 'within') end();
      return done;
    });
    // An abort at once would take what is not written yet with it: it is written, and whoever asked for it is not told.
    void state.storage.sync().then(end);
    throw new Error('the test loses the answer');
  };
}

/**
 * Some of the objects will be aborted in the midst of a transaction: before it begins, before it is committed, or when it is and nobody has
 * been told.
 *
 * @param mines where it is noted when it happens
 */
export async function layMines(objects: readonly Ending[], random: Random, mines: Mines): Promise<void> {
  await Promise.all(
    objects.map(async ({ kind, stub: stubOf }) => {
      const isMined = random.next() < MINED_SHARE;
      const nth = 1 + Math.floor(random.next() * MAX_NTH);
      const moment = pick(random, MOMENTS);
      const sprung = (): boolean => {
        const key = `${kind} ${moment}`;
        if (!mines.areOver) mines.count[key] = (mines.count[key] ?? 0) + 1;
        return !mines.areOver;
      };
      if (!isMined) return;
      const stub = (await stubOf()) as DurableObjectStub;
      await runInDurableObject(stub, (_, state) => mine(state, nth, moment, sprung)).catch(unlessExpected);
    }),
  );
}

/** Evicts or aborts one of the objects between two of its calls, at some time within `withinMs`. */
export async function endOne(objects: readonly Ending[], random: Random, withinMs: number): Promise<void> {
  const afterMs = random.next() * withinMs;
  const { stub: stubOf } = pick(random, objects);
  const isAborted = random.next() < ABORTED_SHARE;
  await scheduler.wait(afterMs);
  const stub = (await stubOf()) as DurableObjectStub;
  const ending = isAborted
    ? runInDurableObject(stub, (_, state) => state.abort('the test ends it'))
    : evictDurableObject(stub);
  await Promise.race([ending.catch(unlessExpected), scheduler.wait(EVICTION_MS)]);
}
