import { expect, test } from 'vitest';
import { configurationOf, learnerOf, problemsOf } from '../testing/configuration.ts';
import { MAX_LEARNED_VALUES } from './check-effects.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { armsOf, type ParameterConfiguration } from './parameters.ts';

/** A parameter with so many values, whose first alone makes arms with the others. */
function parameterOf(id: string, values: number): ParameterConfiguration {
  const list = Array.from({ length: values }, (_, i) => ({ id: `${id}${i}`, costMinor: 0 }));
  return { id, kind: 'content', values: list };
}

function problemsWith(parameters: readonly ParameterConfiguration[] | undefined, by: 'arms' | 'effects' = 'effects') {
  const change: Partial<CampaignConfiguration> = { learning: { by } };
  if (!parameters) return problemsOf(configurationOf([learnerOf('spring', change)]));
  // Only combinations with a first value: as many arms as values, so that their number is not what is refused.
  const rest = parameters.map(({ id, values }) => [id, values.slice(1).map((value) => value.id)] as const);
  const pairs = rest.flatMap((one, i) => rest.slice(i + 1).map((other) => Object.fromEntries([one, other])));
  const made = armsOf({ parameters, exclude: pairs });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return problemsOf(configurationOf([learnerOf('spring', { ...change, parameters, arms: made.arms })]));
}

test('learning by effects needs parameters, and says so at its field', () => {
  expect(problemsWith(undefined)).toEqual([
    { path: '/campaigns/spring/learning/by', detail: expect.stringContaining('parameters') },
  ]);
  expect(problemsWith(undefined, 'arms')).toEqual([]);
});

test('one parameter has nothing to share, two have', () => {
  expect(problemsWith([parameterOf('offer', 4)]).map(({ path }) => path)).toEqual(['/campaigns/spring/learning/by']);
  expect(problemsWith([parameterOf('offer', 4), parameterOf('tone', 3)])).toEqual([]);
});

test('128 values are learned, 129 refused', () => {
  const most = [32, 32, 32, 32].map((values, i) => parameterOf(`p${i}-`, values));
  expect(most.reduce((sum, { values }) => sum + values.length, 0)).toBe(MAX_LEARNED_VALUES);
  expect(problemsWith(most)).toEqual([]);
  expect(problemsWith([...most, parameterOf('q', 1)]).map(({ path }) => path)).toEqual([
    '/campaigns/spring/learning/by',
  ]);
  expect(problemsWith([...most, parameterOf('q', 1)], 'arms')).toEqual([]);
});
