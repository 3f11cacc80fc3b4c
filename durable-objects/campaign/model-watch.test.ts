/** What the watch does with a version that breaks a bound, by its stage, and when the publisher does not answer. */
import { expect, test } from 'vitest';
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

async function watched(stage: ServingStage, sums: readonly number[], stagedAtMs = 0, down = false) {
  const { run, learn, address } = newRoot();
  const cell = { leaf: 'rest', arm: 'a', hour: nowHour, statistics: { ...emptyStatistics, trials: 500 } };
  await learn([{ ...cell, sums: { 'model:churn@2': sums } }]);
  const calledBack: CallBack[] = [];
  const versions = [{ version: 2, stage, manifest: 'm', stagedAtMs }];
  const books = (): ModelBooks => ({ models: [{ revision: 1, model: { id: 'churn', versions } }], calledBack });
  const publisher: ModelsPort = {
    books: async () => books(),
    callBack: async (back) => {
      if (down) throw new Error('publisher is down');
      calledBack.push(back);
      return true;
    },
  };
  const look = () =>
    run((_root, _sql, storage) => watchModels(storage, address.campaignId, publisher, nowHour * HOUR_MS + 60_000));
  const alerts = () =>
    run((_root, sql) =>
      sql
        .exec<{ body: string }>('SELECT body FROM alerts_out')
        .toArray()
        .map(({ body }) => JSON.parse(body)),
    );
  return { look, alerts, calledBack, mend: () => (down = false) };
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
  const { look, alerts, calledBack } = await watched('canary', inverted, (nowHour + 1) * HOUR_MS);
  await look();
  expect([calledBack, await alerts()]).toEqual([[], []]);
});

test('a publisher that is down is told later', async () => {
  const { look, calledBack, mend } = await watched('canary', inverted, 0, true);
  await expect(look()).rejects.toThrow('publisher is down');
  mend();
  await look();
  expect(calledBack).toHaveLength(1);
});
