import { beforeAll, describe, expect, test } from 'vitest';
import { FACTORED_DESIGN, FACTORED_WORLDS, factoredRun } from './factored.ts';
import { type FactoredRow, factoredCells, factoredRows } from './factored-report.ts';

const CHOICES = 20_000;
const RUNS = 20;

/** Seeds 1 to 20; the same figures, over 200 seeds, stand in docs/reference/policies.md. */
describe('5 × 5 × 5 arms, 20,000 choices, 20 seeds', { timeout: 60_000 }, () => {
  let rows: readonly FactoredRow[] = [];
  beforeAll(() => {
    rows = factoredRows(RUNS, CHOICES, undefined, ['arms', 'effects']);
  });

  test.each(FACTORED_WORLDS)(
    'learning by effects loses less than half of what learning by arms does: $name',
    ({ name }) => {
      const [arms, effects] = rows.filter(({ world }) => world === name);
      expect(effects!.regret.mean).toBeLessThan(arms!.regret.mean / 2);
      expect(effects!.earned).toBeGreaterThan(arms!.earned + 300);
      expect(effects!.saved.mean).toBeGreaterThan(5 * effects!.saved.standardError);
    },
  );
});

test('every learner meets the same world, and the same seed gives the same run', () => {
  const [world] = FACTORED_WORLDS;
  const runs = (['arms', 'effects', 'effects, drawn jointly', 'uniform'] as const).map((learner) =>
    factoredRun(learner, world!, 750, 3),
  );
  expect(new Set(runs.map(({ best }) => best)).size).toBe(1);
  expect(runs[2]).toEqual(factoredRun('effects, drawn jointly', world!, 750, 3));
  for (const { curve } of runs) expect(curve.toSorted((one, other) => one - other)).toEqual(curve);
  expect(Object.keys(FACTORED_DESIGN.arms)).toHaveLength(125);
});

test('the table compares each learner with learning by arms, run by run', () => {
  const rows = factoredRows(2, 500, undefined, ['arms', 'uniform']);
  const [arms, uniform] = rows;
  expect(arms!.saved).toMatchObject({ mean: 0, standardError: 0 });
  expect(uniform!.saved.mean).toBeCloseTo(arms!.regret.mean - uniform!.regret.mean, 9);
  expect(factoredCells(rows)).toHaveLength(5);
  expect(factoredCells(rows).flat().join()).not.toContain('NaN');
});
