import { expect, test } from 'vitest';
import { boundLine, heldBounds } from './bounds.ts';

test('a bound holds up to its figure, and is missed beyond it', () => {
  const missed = (decideUs: number, flagdUs: number) =>
    heldBounds({ 'race.decide.1000': decideUs, 'race.flagd.all_1000': flagdUs }).map(({ holds }) => holds);
  expect(missed(15, 375)).toEqual([true, true]);
  expect(missed(15.01, 376)).toEqual([false, true]);
  expect(missed(10, 249)).toEqual([true, false]);
});

test('what was not measured is asked nothing', () => {
  expect(heldBounds({ 'race.flagd.all_1000': 400 })).toEqual([]);
});

test('where everything was measured, what is not there is missed', () => {
  const held = heldBounds({ 'train.logistic': 1 }, true);
  expect(held.filter(({ holds }) => holds).map(({ id }) => id)).toEqual(['train.logistic']);
  expect(held.length).toBeGreaterThan(10);
});

test('a line says what was asked and what it came to', () => {
  const [held] = heldBounds({ 'train.logistic': 1_200_000 });
  expect(boundLine(held!)).toBe('  MISSED  train.logistic: 1.20e+6, at most 1000000 µs\n');
});
