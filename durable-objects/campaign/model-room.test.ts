/** A campaign that has seen as many versions as it watches. */
import { expect, test } from 'vitest';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { conversionScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import type { ModelsPort } from './model-watch.ts';
import { watchModels } from './model-watch.ts';
import { MAX_WATCHED_VERSIONS, watchedVersions } from './model-windows.ts';
import { newRoot } from './testing/evidence-root.ts';

const trial = conversionScoreSums({ score: 0.5, missing: false })!;

test('forgets those that served long ago, never one that serves, and takes the next in', async () => {
  const { run, learn } = newRoot();
  await run((_root, sql) => {
    for (let version = 2; version <= MAX_WATCHED_VERSIONS; version += 1)
      sql.exec('INSERT INTO watched_models (model, version) VALUES (?, ?)', 'churn', version);
    sql.exec('INSERT INTO watched_models (model, version) VALUES (?, ?)', 'lifetime', 1);
  });
  const cell = { leaf: 'rest', arm: 'a', hour: 1, statistics: { ...emptyStatistics, trials: 1 } };
  const arrives = (seq: number) => learn([{ ...cell, sums: { 'model:churn@500': trial } }], seq);
  const known = () => run((_root, sql) => watchedVersions(sql).map(({ model, version }) => `${model}@${version}`));
  await arrives(1);
  expect(await known()).not.toContain('churn@500');

  const live = { version: 3, stage: 'live' as const, manifest: 'm' };
  const publisher: ModelsPort = {
    books: async () => ({ models: [{ revision: 1, model: { id: 'churn', versions: [live] } }], calledBack: [] }),
    callBack: async () => false,
  };
  await run((_root, _sql, storage) => watchModels(storage, { id: 'stay' } as never, publisher, 3_600_000));
  const left = await known();
  expect(left.length).toBeLessThan(MAX_WATCHED_VERSIONS);
  expect(left).toEqual(expect.arrayContaining(['churn@3', 'lifetime@1', `churn@${MAX_WATCHED_VERSIONS}`]));
  expect(left).not.toContain('churn@2');
  expect(left).not.toContain('churn@4');
  await arrives(2);
  expect(await known()).toContain('churn@500');
});
