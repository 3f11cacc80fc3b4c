/** What trials add for the versions that scored them, whatever the order and however often things are told. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { readScoreSums, trialScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import { modelSumsOfConversion } from '../../decisioning/scoring/watch/trial.ts';
import type { StoredDecision } from './protocol.ts';
import { customerOf, HOUR_MS, objectOf, START_MS, settle } from './testing/fixtures.ts';
import { changeDecisions } from './testing/rows.ts';
import { scene } from './testing/trial-scene.ts';

const used = { version: 1, stage: 'live' as const, score: 0.83, missing: 0, goal: 'purchase' };
const models: NonNullable<StoredDecision['models']> = {
  churn: { used: { ...used, inputs: { length: 5, at: [1, 4] } }, shadow: { version: 2, stage: 'shadow', missing: 1 } },
  value: { used: { version: 7, stage: 'live', score: 0.4, missing: 0, goal: 'other' } },
};

/** Keeps a customer's one decision as if models had scored it. */
async function keepScores(customer: Parameters<typeof objectOf>[0], kept = models) {
  await runInDurableObject(objectOf(customer), (_, { storage }) => {
    changeDecisions(storage.sql, (row) => ({ ...row, models: kept }));
  });
  await evictDurableObject(objectOf(customer));
}

/** Ann's decision, as if models had scored it. */
async function scored(kept = models) {
  const { ann, decided, sums } = scene();
  const record = await decided('1');
  await keepScores(ann, kept);
  return { ann, record, sums };
}

it.each([
  ['exposure first', ['see', 'reach', 'see', 'reach']],
  ['goal first', ['reach', 'see', 'reach', 'see']],
])('counts once with the %s, told twice, for versions in service and shadows alike', async (_name, steps) => {
  const { ann, record, sums } = await scored();
  for (const step of steps) await (step === 'see' ? ann.see(record, START_MS) : ann.reach(record, START_MS + HOUR_MS));
  const { 'model:churn@1': churn, 'scores:churn@2': shadow, 'scores:value@7': value, ...others } = await sums();
  const totals = readScoreSums(churn!);
  expect(totals).toMatchObject({ trials: 1, broken: 0, missing: 0, brier: expect.closeTo(0.17 ** 2, 6) });
  expect(totals.bins[16]).toEqual({ trials: 1, conversions: 1, mean: 0.83 });
  expect(shadow).toEqual(trialScoreSums({ missing: true }));
  // A model of another goal is counted, and not judged by this one.
  expect(value).toEqual(trialScoreSums({ score: 0.4, missing: false }));
  expect(others).toEqual({ 'inputs:churn@1': [0, 1, 0, 0, 1] });
});

it('a model that scores the arms and names no goal is judged by the campaign’s; one that names another is not', () => {
  const { used } = models.value!;
  const { goal: _, ...unnamed } = used!;
  const conversions = (use: typeof used & object, scoresArms: boolean) =>
    modelSumsOfConversion({ goal: 'purchase', models: { value: { used: use, ...(scoresArms && { scoresArms }) } } });
  expect(conversions(unnamed, true)).toHaveLength(1);
  expect(conversions(unnamed, false)).toEqual([]);
  expect(conversions({ ...unnamed, goal: 'cancel' }, true)).toEqual([]);
});

it('what the draw told of bandit and model counts with its outcome', async () => {
  const { ann, record, sums } = await scored({ churn: { used: { ...used, versus: -2 }, scoresArms: true } });
  await ann.see(record, START_MS);
  await ann.reach(record, START_MS + HOUR_MS);
  expect((await sums())['arms:churn@1']).toEqual([1, 1, -2_000, 4_000, -2_000, 4_000]);
});

it('a visitor’s trial is a visitor’s, and so is what comes of it once it is known who they are', async () => {
  const { world, sums, ann } = scene();
  const visitor = customerOf(world, 'visitor', true);
  const record = (await visitor.decide('1', START_MS))!;
  await keepScores(visitor);
  await visitor.see(record, START_MS);
  const moved = await visitor.stub().forward(visitor.facts(START_MS), ann.name);
  await ann.stub().takeLegacy(ann.facts(START_MS), moved.legacy!);
  await visitor.stub().legacyTaken(visitor.facts(START_MS));
  await ann.reach(record, START_MS + HOUR_MS);
  await settle(visitor);
  const { 'model:churn@1~': told, ...others } = await sums();
  expect(readScoreSums(told!)).toMatchObject({ trials: 1 });
  expect(readScoreSums(told!).bins[16]).toEqual({ trials: 1, conversions: 1, mean: 0.83 });
  expect(Object.keys(others).toSorted()).toEqual(['inputs:churn@1', 'scores:churn@2~', 'scores:value@7~']);
});
