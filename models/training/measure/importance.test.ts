import { expect, it } from 'vitest';
import { fitLogistic } from '../fit/logistic.ts';
import { madeUp } from '../testing/made.ts';
import { importances } from './importance.ts';

it('the input that matters most comes first, one that matters nothing last', () => {
  const { rows, answers } = madeUp(2_000, 5);
  const inputs = [
    { name: 'noise', from: 3, width: 2 },
    { name: 'weak', from: 0, width: 1 },
    { name: 'strong', from: 1, width: 2 },
  ];
  const found = importances(fitLogistic(rows, answers), rows, answers, inputs, 1);
  expect(found.map(({ name }) => name)).toEqual(['strong', 'weak', 'noise']);
  expect(Math.abs(found[2]!.loss)).toBeLessThan(0.01);
});
