import { expect, test } from 'vitest';
import { runBudget } from './budget-run.ts';

test('a budget is spent to 1 % and never over, by 8 isolates, with a crash at every step of the way of a unit', {
  timeout: 300_000,
}, async () => {
  const result = await runBudget({ seed: 1, decisions: 2_000, totalMinor: 400, isolates: 8 });
  expect(result.violation).toBeNull();
  expect(result.missed).toEqual([]);
  expect(result.spent).toBeLessThanOrEqual(400);
  expect(result.undelivered).toBeLessThanOrEqual(0.01);
});
