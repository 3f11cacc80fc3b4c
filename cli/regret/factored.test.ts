import { expect, test } from 'vitest';
import { FACTORED_DESIGN, FACTORED_WORLDS, factoredRun } from './factored.ts';
import { factoredCells, factoredRows } from './factored-report.ts';

/** A machine that does ten things at a time. */
const PATIENCE_MS = 120_000;
const LEARNERS = ['arms', 'effects'] as const;

/** Seeds from 1 on; figures of 100 seeds stand in docs/reference/policies.md. Several seconds each on an idle machine. */
test.each([
  { ...FACTORED_WORLDS[0]!, runs: 20, choices: 20_000 },
  { ...FACTORED_WORLDS[1]!, runs: 20, choices: 20_000 },
  { ...FACTORED_WORLDS[2]!, runs: 6, choices: 10_000 },
])(
  'of 5 × 5 × 5 arms, $runs seeds, learning by effects loses at most 6 tenths of what learning by arms does: $name',
  ({ runs, choices, ...world }) => {
    const [arms, effects] = factoredRows(runs, choices, undefined, LEARNERS, [world]);
    expect(effects!.regret.mean).toBeLessThan(0.6 * arms!.regret.mean);
    expect(effects!.earned).toBeGreaterThan(1.2 * arms!.earned);
    expect(effects!.saved.mean).toBeGreaterThan(4 * effects!.saved.standardError);
  },
  PATIENCE_MS,
);

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
  expect(factoredCells(rows)).toHaveLength(7);
  expect(factoredCells(rows).flat().join()).not.toContain('NaN');
});
