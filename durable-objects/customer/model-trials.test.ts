/** What trials add for the versions that scored them, whatever the order and however often things are told. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { readScoreSums, trialScoreSums } from '../../decisioning/scoring/watch/score-sums.ts';
import { modelSumsOfConversion } from '../../decisioning/scoring/watch/trial.ts';
import type { StoredDecision } from './protocol.ts';
import { HOUR_MS, objectOf, START_MS } from './testing/fixtures.ts';
import { scene } from './testing/trial-scene.ts';

const used = { version: 1, stage: 'live' as const, score: 0.83, missing: 0, goal: 'purchase' };
const models: NonNullable<StoredDecision['models']> = {
  churn: { used: { ...used, inputs: { length: 5, at: [1, 4] } }, shadow: { version: 2, stage: 'shadow', missing: 1 } },
  value: { used: { version: 7, stage: 'live', score: 0.4, missing: 0, goal: 'other' } },
};

/** Ann's decision, as if models had scored it. */
async function scored() {
  const { ann, decided, sums } = scene();
  const record = await decided('1');
  await runInDurableObject(objectOf(ann), (_, { storage }) => {
    const row = storage.sql.exec<{ decision: string }>('SELECT decision FROM decisions').one();
    storage.sql.exec('UPDATE decisions SET decision = ?', JSON.stringify({ ...JSON.parse(row.decision), models }));
  });
  await evictDurableObject(objectOf(ann));
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
