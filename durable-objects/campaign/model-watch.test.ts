/** What the watch does with a version that breaks a bound, by its stage, and when the publisher does not answer. */
import { describe, expect, test } from 'vitest';
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { ServingStage } from '../../decisioning/scoring/published.ts';
import { conversionScoreSums, type KeptScore, trialScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import type { CallBack, ModelBooks } from '../publisher/models.ts';
import { type ModelsPort, watchModels } from './model-watch.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const nowHour = 480_000;
const trialsOf = (n: number, kept: (i: number) => KeptScore, converts: (i: number) => boolean) =>
  Array.from({ length: n }, (_, i) => {
    const conversion = converts(i) ? conversionScoreSums(kept(i)) : undefined;
    return conversion ? addVectors(trialScoreSums(kept(i)), conversion) : trialScoreSums(kept(i));
  }).reduce(addVectors);
const inverted = trialsOf(
  500,
  (i) => ({ score: i % 2 === 0 ? 0.9 : 0.1, missing: false }),
  (i) => i % 2 === 1,
);
const late = trialsOf(
  500,
  () => ({ late: true, missing: false }),
  () => false,
);

interface Scene {
  readonly stagedAtMs?: number;
  readonly down?: boolean;
  /** Names of the sums, of which the version has the same each. */
  readonly names?: readonly string[];
  /** Hours ago that the trials were. */
  readonly hoursAgo?: number;
  readonly models?: { readonly goalWindowMs: number; readonly selects: readonly string[] };
  /** Of a live version beside it, whose sums these are. */
  readonly beside?: readonly number[];
  /** What those are named; `judged:churn@1` when absent. */
  readonly besideName?: string;
  /** Other sums, by name, beside those of `names`. */
  readonly others?: Readonly<Record<string, readonly number[]>>;
}

async function watched(
  stage: ServingStage,
  sums: readonly number[],
  {
    stagedAtMs = 0,
    down = false,
    names = ['judged:churn@2'],
    hoursAgo = 0,
    models,
    beside,
    besideName = 'judged:churn@1',
    others,
  }: Scene = {},
) {
  const { run, learn, address } = newRoot();
  const cell = { leaf: 'rest', arm: 'a', hour: nowHour - hoursAgo, statistics: { ...emptyStatistics, trials: 500 } };
  const named = Object.fromEntries(names.map((name) => [name, sums]));
  await learn([{ ...cell, sums: { ...named, ...others, ...(beside && { [besideName]: beside }) } }]);
  const calledBack: CallBack[] = [];
  const versions = [
    { version: 2, stage, manifest: 'm', stagedAtMs },
    ...(beside ? [{ version: 1, stage: 'live' as const, manifest: 'n', stagedAtMs }] : []),
  ];
  const books = (): ModelBooks => ({ models: [{ revision: 1, model: { id: 'churn', versions } }], calledBack });
  const state = { down };
  const publisher: ModelsPort = {
    books: async () => books(),
    callBack: async (back) => {
      if (state.down) throw new Error('publisher is down');
      calledBack.push(back);
      return true;
    },
  };
  const campaign = { id: address.campaignId, ...(models && { models }) };
  const look = () =>
    run((_root, _sql, storage) => watchModels(storage, campaign, publisher, nowHour * HOUR_MS + 60_000));
  const alerts = () =>
    run((_root, sql) =>
      sql
        .exec<{ body: string }>('SELECT body FROM alerts_out')
        .toArray()
        .map(({ body }) => JSON.parse(body)),
    );
  return { look, alerts, calledBack, mend: () => (state.down = false) };
}

test.each([
  ['canary', 'inverted', inverted, 1, 'called back'],
  ['live', 'inverted', inverted, 1, 'called back'],
  ['shadow', 'inverted', inverted, 0, 'it stays what it is'],
  ['canary', 'late', late, 1, 'called back'],
  ['live', 'late', late, 0, 'it stays what it is'],
] as const)('a %s that is %s: told of once, and done what helps', async (stage, _name, sums, backs, done) => {
  const { look, alerts, calledBack } = await watched(stage, sums);
  await look();
  await look();
  expect(calledBack).toHaveLength(backs);
  expect(await alerts()).toEqual([expect.objectContaining({ detail: expect.objectContaining({ stage, done }) })]);
});

test('trials of before it was put there are not held against it', async () => {
  const { look, alerts, calledBack } = await watched('canary', inverted, {
    stagedAtMs: (nowHour + 1) * HOUR_MS,
  });
  await look();
  expect([calledBack, await alerts()]).toEqual([[], []]);
});

test('a publisher that is down is told later', async () => {
  const { look, calledBack, mend } = await watched('canary', inverted, { down: true });
  await expect(look()).rejects.toThrow('publisher is down');
  mend();
  await look();
  expect(calledBack).toHaveLength(1);
});

describe('a live version', () => {
  const ofNobody = { names: ['judged:churn@2~'] };

  test('stays where visitors alone speak against it, and people are told', async () => {
    const { look, alerts, calledBack } = await watched('live', inverted, ofNobody);
    await look();
    expect(calledBack).toEqual([]);
    const done = 'it stays what it is: trials of known customers do not say so';
    expect(await alerts()).toEqual([
      expect.objectContaining({ detail: expect.objectContaining({ what: 'auc', done }) }),
    ]);
  });

  test('stays, too, where known customers say only that it comes late', async () => {
    const { look, calledBack, alerts } = await watched('live', inverted, {
      ...ofNobody,
      others: { 'judged:churn@2': late },
    });
    await look();
    expect(calledBack).toEqual([]);
    expect(await alerts()).toEqual([expect.objectContaining({ detail: expect.objectContaining({ what: 'auc' }) })]);
  });

  test('goes for what is worse than late, though it is late as well', async () => {
    const { look, calledBack } = await watched('live', addVectors(inverted, late));
    await look();
    expect(calledBack).toEqual([expect.objectContaining({ reason: expect.stringContaining('AUC') })]);
  });

  test('goes where known customers say the same, and a canary goes either way', async () => {
    for (const [stage, scene] of [
      ['live', { names: ['judged:churn@2', 'judged:churn@2~'] }],
      ['canary', ofNobody],
    ] as const) {
      const { look, calledBack } = await watched(stage, inverted, scene);
      await look();
      expect(calledBack).toHaveLength(1);
    }
  });
});

describe('outcomes', () => {
  const unborn = trialsOf(
    500,
    () => ({ score: 0.5, missing: false }),
    () => false,
  );
  const within = (hours: number) => ({ goalWindowMs: hours * HOUR_MS, selects: [] });

  test.each([
    [71, 72, 0],
    [72, 72, 0],
    [73, 72, 1],
  ])('of %i hours ago judge calibration once the window of the goal, %i hours, is over', async (ago, window, backs) => {
    const { look, calledBack } = await watched('canary', unborn, { hoursAgo: ago, models: within(window) });
    await look();
    expect(calledBack).toHaveLength(backs);
  });

  test('are of a window of a day at least, whatever the goal’s', async () => {
    const young = await watched('canary', unborn, { hoursAgo: 24, models: within(1) });
    await young.look();
    expect(young.calledBack).toEqual([]);
  });

  test('judge what is judged by its order alone by nothing else', async () => {
    const eager = await watched('canary', unborn, { hoursAgo: 80, names: ['ranked:churn@2'] });
    await eager.look();
    expect(eager.calledBack).toEqual([]);
    const ranked = await watched('canary', inverted, { names: ['ranked:churn@2'] });
    await ranked.look();
    expect(ranked.calledBack).toEqual([expect.objectContaining({ reason: expect.stringContaining('AUC') })]);
  });
});

describe('where the model chooses the customers', () => {
  const selects = { goalWindowMs: HOUR_MS, selects: ['churn'] };
  const right = trialsOf(
    4_000,
    (i) => ({ score: i % 2 === 0 ? 0.9 : 0.1, missing: false }),
    (i) => i % 2 === 0,
  );
  const coin = trialsOf(
    4_000,
    (i) => ({ score: i % 2 === 0 ? 0.6 : 0.4, missing: false }),
    (i) => i % 4 < 2,
  );

  test('a canary is compared with the live version no more', async () => {
    for (const [models, backs] of [
      [{ ...selects, selects: [] }, 1],
      [selects, 0],
    ] as const) {
      const { look, calledBack } = await watched('canary', coin, { models, beside: right });
      await look();
      expect(calledBack).toHaveLength(backs);
    }
  });

  test('a canary with the bins of its training is compared with a live version that has none', async () => {
    for (const besideName of ['judged:churn@1', 'model:churn@1']) {
      const { look, calledBack } = await watched('canary', coin, { beside: right, besideName });
      await look();
      expect(calledBack).toEqual([expect.objectContaining({ reason: expect.stringContaining('the live version’s') })]);
    }
  });

  test('nothing is said of a shadow’s outcomes, which are of whom another version picked', async () => {
    const { look, alerts } = await watched('shadow', inverted, { models: selects });
    await look();
    expect(await alerts()).toEqual([]);
  });
});

test('what came late, which has no bins, is counted with what did not', async () => {
  const { look, calledBack } = await watched('live', late, { names: ['model:churn@2'] });
  await look();
  expect(calledBack).toEqual([]);
});
