import { expect, test } from 'vitest';
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { armSumsOfConversion, armSumsOfTrial } from '../../decisioning/scoring/watch/arm-sums.ts';
import { trialScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const nowHour = 480_000;

/** `n` trials in which the model's arm, shown to one in two, converts twice as often. */
const sums = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const weight = i % 2 === 0 ? 2 : -2;
    const converts = i % 2 === 0 ? i % 3 > 0 : i % 3 === 0;
    return converts ? addVectors(armSumsOfTrial(weight), armSumsOfConversion(weight)) : armSumsOfTrial(weight);
  }).reduce(addVectors);
const scored = trialScoreSums({ score: 0.5, missing: false });
const hybrid = { strategy: { policy: 'thompson', modelWeight: 0, topArms: 1, hybrid: true } as never };

/** What the root tells of trials of an hour. */
async function told(hour: number, extra: Parameters<ReturnType<typeof newRoot>['policy']>[0] = hybrid) {
  const { run, learn, policy } = newRoot();
  const cell = (leaf: string, n: number) => ({
    leaf,
    arm: 'a',
    hour,
    statistics: { ...emptyStatistics, trials: n, conversions: n / 2 },
    sums: { 'judged:churn@3': scored, 'arms:churn@3': sums(n) },
  });
  await learn([cell('rest', 400), cell('mobile', 50)]);
  const { leaves } = await run((root) => root.compute(policy(extra), nowHour * HOUR_MS));
  return leaves;
}

test('an allocation says how far a version may be trusted, leaf by leaf, where the strategy asks', async () => {
  const { rest, mobile } = await told(nowHour - 1);
  expect(rest!.modelConfidence).toEqual({ 'churn@3': expect.closeTo(1, 2) });
  expect(mobile!.modelConfidence).toBeUndefined();
  expect(
    (await told(nowHour - 1, { strategy: { policy: 'thompson' } as never })).rest!.modelConfidence,
  ).toBeUndefined();
});

test('and goes by trials alone whose outcomes had time to come', async () => {
  const models = { goalWindowMs: 24 * HOUR_MS, selects: [] };
  expect((await told(nowHour - 24, { ...hybrid, models })).rest!.modelConfidence).toBeUndefined();
  expect((await told(nowHour - 25, { ...hybrid, models })).rest!.modelConfidence).toBeDefined();
});
