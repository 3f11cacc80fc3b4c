import { describe, expect, test } from 'vitest';
import type { KeptUses } from '../kept-use.ts';
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
