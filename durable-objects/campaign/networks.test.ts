/** Trials of a network as a shard counts them for every isolate: what is learned from, and what that outlives. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import { NETWORK_NAMES, type TrialMark, WHOLE_DAYS } from '../../decisioning/limits/network-trials.ts';
import type { StatisticsEvent } from './protocol.ts';
import { CampaignShard } from './shard.ts';
import { countedIn } from './testing/counted.ts';
import { delivery, event, newAddress, source } from './testing/fixtures.ts';

const MS_PER_DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / MS_PER_DAY);
const MOST = 2;

const mark = (trial: number, day = TODAY): TrialMark => [day * NETWORK_NAMES + 7, trial, MOST];
/** What a page tells of a trial, and of the goal that it reached. */
const seen = (seq: number, trial: number, day = TODAY): StatisticsEvent =>
  event(
    seq,
    { exposures: 1, trials: 1 },
    { atMs: Date.now(), trial: mark(trial, day), sums: { 'goal:view': [1, 2, 3] } },
  );
const bought = (seq: number, trial: number, day = TODAY): StatisticsEvent =>
  event(
    seq,
    { conversions: 1, revenueMinor: 900 },
    { atMs: Date.now(), trial: mark(trial, day), sums: { reward: [9] } },
  );

let shards = 0;

/** A shard's storage; `begin` makes a shard that has only what is stored, and folds after so many commits. */
function newStorage(maxLoggedCommits = 240) {
  shards += 1;
  const address = newAddress();
  const stub = source.CAMPAIGN_SHARD.getByName(`networks-${shards}`);
  const inStorage = <T>(step: (storage: DurableObjectStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(storage));
  let shard: CampaignShard | undefined;
  const tell = (customer: string, events: readonly StatisticsEvent[]) =>
    inStorage((storage) => {
      shard ??= new CampaignShard(storage, maxLoggedCommits);
      return shard.apply(delivery(address, customer, events));
    });
  const begin = () => {
    shard = undefined;
  };
  const counted = async () => {
    const { cells, vectors } = await inStorage(({ sql }) => countedIn(sql));
    return { ...cells[0]!.statistics, sums: Object.fromEntries(vectors.map(({ name, sums }) => [name, sums])) };
  };
  return { inStorage, tell, begin, counted };
}

describe('a trial behind so many of its network and day', () => {
  test('is something that was seen, whoever tells of it, and so is what comes of it, then and later', async () => {
    const { tell, counted } = newStorage();
    for (const [i, who] of ['ann', 'bob', 'eve', 'joe'].entries()) await tell(who, [seen(1, i), bought(2, i)]);
    for (const [i, who] of ['ann', 'bob', 'eve', 'joe'].entries()) await tell(who, [bought(3, i)]);
    expect(await counted()).toMatchObject({
      ...{ exposures: 4, trials: 2, conversions: 4, revenueMinor: 3_600 },
      sums: { 'goal:view': [2, 4, 6], reward: [36] },
    });
  });

  test('takes no place by being told twice, and none from trials without a network, or of another day', async () => {
    const { tell, counted } = newStorage();
    for (let twice = 0; twice < 2; twice += 1) await tell('ann', [seen(1, 1)]);
    for (const [i, who] of ['bob', 'eve'].entries()) await tell(who, [seen(1, 10 + i)]);
    await tell('joe', [event(1, { exposures: 1, trials: 1 }), seen(2, 20, TODAY - 1)]);
    expect(await counted()).toMatchObject({ exposures: 5, trials: 4 });
  });

  test('is that whichever of its events is heard first: a customer who became known may tell what they bought before what they saw', async () => {
    const { tell, counted } = newStorage();
    for (let i = 0; i < 4; i += 1) await tell(`known-${i}`, [bought(1, i)]);
    for (let i = 0; i < 4; i += 1) await tell(`phone-${i}`, [seen(1, i)]);
    expect(await counted()).toMatchObject({ exposures: 4, trials: 2, conversions: 2 });
  });

  test.each([
    ['its commits', 240],
    ['its rows', 1],
  ])('is known to an object that begins anew from %s', async (_title, maxLoggedCommits) => {
    const { tell, begin, counted } = newStorage(maxLoggedCommits);
    for (const [i, who] of ['ann', 'bob', 'eve'].entries()) {
      await tell(who, [seen(1, i)]);
      begin();
    }
    for (const [i, who] of ['ann', 'bob', 'eve'].entries()) {
      await tell(who, [bought(2, i)]);
      begin();
    }
    expect(await counted()).toMatchObject({ exposures: 3, trials: 2, conversions: 2 });
  });

  test('takes no place where its commit fails, and counts when it comes again', async () => {
    const { inStorage, tell, counted } = newStorage();
    await tell('ann', [seen(1, 1)]);
    const broken = await inStorage((storage) =>
      vi.spyOn(storage, 'transactionSync').mockImplementationOnce(() => {
        throw new Error('disk is full');
      }),
    );
    await expect(tell('bob', [seen(1, 2)])).rejects.toThrow('disk is full');
    broken.mockRestore();
    await tell('eve', [seen(1, 3)]);
    await tell('bob', [seen(1, 2)]);
    expect(await counted()).toMatchObject({ exposures: 3, trials: 2 });
  });

  test('is forgotten with its day where nothing was refused, and else for as long as outcomes come', async () => {
    const { inStorage, tell, begin, counted } = newStorage(1);
    const [old, older] = [TODAY - WHOLE_DAYS, TODAY - WHOLE_DAYS - 1];
    for (const trial of [1, 2, 3]) await tell('ann', [seen(trial, trial, old)]);
    await tell('ann', [seen(4, 4, older), seen(5, 5, TODAY - WHOLE_DAYS + 1)]);
    // The fold after theirs.
    for (const seq of [6, 7]) await tell('ann', [event(seq, { exposures: 1 })]);
    const rows = await inStorage(({ sql }) =>
      sql.exec<{ day: number; trials: ArrayBuffer }>('SELECT day, trials FROM networks ORDER BY day').toArray(),
    );
    expect(rows.map(({ day, trials }) => [day, trials.byteLength / 4])).toEqual([
      [older, 0],
      [old, 3],
      [TODAY - WHOLE_DAYS + 1, 2],
    ]);
    begin();
    await tell('ann', [bought(8, 3, old), bought(9, 2, old), bought(10, 4, older)]);
    expect(await counted()).toMatchObject({ exposures: 7, trials: 4, conversions: 2 });
  });

  test.each<[string, readonly number[]]>([
    ['a day before the epoch', [-1, 1, 2]],
    ['a trial of more than 32 bits', [1, 2 ** 32, 2]],
    ['a bound of none', [1, 1, 0]],
    ['a bound beyond the most', [1, 1, 1_001]],
    ['a fraction', [1, 0.5, 2]],
    ['nothing', []],
  ])('is refused whole when its mark is %s', async (_title, broken) => {
    const { tell, counted } = newStorage();
    await tell('ann', [seen(1, 1)]);
    const trial = broken as unknown as TrialMark;
    await expect(tell('ann', [event(2), event(3, { trials: 1 }, { trial })])).rejects.toThrow(RangeError);
    expect(await counted()).toMatchObject({ trials: 1 });
  });
});
