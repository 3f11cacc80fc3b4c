import { expect, test } from 'vitest';
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { conversionScoreSums, trialScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const nowHour = 480_000;

/** `n` trials, the half with a high score converting. */
const sums = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const kept = { score: i % 2 === 0 ? 0.95 : 0.05, missing: false };
    return i % 2 === 0 ? addVectors(trialScoreSums(kept), conversionScoreSums(kept)!) : trialScoreSums(kept);
  }).reduce(addVectors);

test('an allocation says how far a version may be trusted, leaf by leaf, where the strategy asks', async () => {
  const { run, learn, policy } = newRoot();
  const cell = (leaf: string, n: number) => ({
    leaf,
    arm: 'a',
    hour: nowHour - 1,
    statistics: { ...emptyStatistics, trials: n, conversions: n / 2 },
    sums: { 'model:churn@3': sums(n) },
  });
  await learn([cell('rest', 400), cell('mobile', 50)]);
  const told = (strategy: object) =>
    run((root) => root.compute(policy({ strategy: strategy as never }), nowHour * HOUR_MS));
  const { leaves } = await told({ policy: 'thompson', modelWeight: 0, topArms: 1, hybrid: true });
  expect(leaves.rest!.modelConfidence).toEqual({ 'churn@3': expect.closeTo(1, 1) });
  expect(leaves.mobile!.modelConfidence).toBeUndefined();
  expect((await told({ policy: 'thompson' })).leaves.rest!.modelConfidence).toBeUndefined();
});
