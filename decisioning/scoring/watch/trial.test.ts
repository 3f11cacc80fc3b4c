import { describe, expect, test } from 'vitest';
import type { KeptUse, KeptUses } from '../kept-use.ts';
import { readScoreSums, readSumsName } from './score-sums.ts';
import { modelSumsOfConversion, modelSumsOfTrial } from './trial.ts';

const kept = (goal?: string, scoresArms?: true): Readonly<Record<string, KeptUses>> => ({
  churn: {
    used: { version: 1, stage: 'live', missing: 0, score: 0.5, ...(goal !== undefined && { goal }) },
    ...(scoresArms && { scoresArms }),
  },
});
const namesOf = (models: Readonly<Record<string, KeptUses>>) =>
  modelSumsOfTrial({ models, goal: 'purchase' }).flatMap((sums) => Object.keys(sums));

describe('what a trial judges', () => {
  test.each([
    ['the goal that the manifest names', kept('purchase'), 'model:churn@1', 1],
    ['another goal, which judges nothing', kept('cancel'), 'scores:churn@1', 0],
    ['another goal, though it scores the arms', kept('cancel', true), 'scores:churn@1', 0],
    ['whatever its arms are scored for, where the manifest names none', kept(undefined, true), 'model:churn@1', 1],
    ['no goal at all', kept(), 'scores:churn@1', 0],
  ])('is %s', (_name, models, name, conversions) => {
    expect(namesOf(models)).toEqual([name]);
    expect(modelSumsOfConversion({ models, goal: 'purchase' })).toHaveLength(conversions);
  });
});

describe('the name that a trial counts under', () => {
  const use = { version: 1, stage: 'live', missing: 0, score: 0.012, bin: 3, goal: 'purchase' } as const;
  const trial = (extra: Partial<KeptUse>, anonymous = false) => {
    const watched = { models: { churn: { used: { ...use, ...extra } } }, goal: 'purchase', anonymous };
    const [sums = {}] = modelSumsOfTrial(watched);
    const [conversion = {}] = modelSumsOfConversion(watched);
    expect(Object.keys(conversion)).toEqual(Object.keys(sums));
    return sums;
  };

  test('says by what it is judged, and in which bins', () => {
    expect(Object.keys(trial({ as: 'judged' }))).toEqual(['judged:churn@1']);
    expect(Object.keys(trial({ as: 'ranked' }))).toEqual(['ranked:churn@1']);
    expect(Object.keys(trial({}))).toEqual(['model:churn@1']);
    expect(readScoreSums(trial({ as: 'judged' })['judged:churn@1']!).bins[3]!.trials).toBe(1);
  });

  test('says that nobody knows who the customer is, of its conversion too', () => {
    const [name] = Object.keys(trial({ as: 'judged' }, true));
    expect(readSumsName(name!)).toEqual({ kind: 'judged', model: 'churn', version: 1, anonymous: true });
  });

  test('has the choice among arms beside it', () => {
    expect(trial({ as: 'judged', versus: -2 })['arms:churn@1']).toEqual([1, 0, -2_000, 4_000, 0, 0]);
  });
});
