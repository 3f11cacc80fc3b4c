import { expect, test } from 'vitest';
import { addVectors, MAX_SUMS_LENGTH } from '../../bandits/named-sums.ts';
import type { ModelReference } from '../manifest.ts';
import { inputDrift, inputLayout, inputSums } from './input-sums.ts';

const reference: ModelReference = {
  score: { edges: [0.5], shares: [0.5, 0.5] },
  inputs: {
    tenure: { edges: [10, 20], shares: [0.25, 0.25, 0.5], missing: 0 },
    plan: { edges: [0.5], shares: [0.5, 0.5], missing: 0.5 },
  },
};

test('histograms of many trials are compared bin by bin with those of training', () => {
  const { length } = inputLayout(reference);
  expect(length).toBe(3 + 4 + 3);
  const trials = [
    [1, 4, 8],
    [2, 5, 8],
    [1, 6, 7, 9],
    [2, 6, 9],
  ].map((at) => inputSums(length, at));
  const drift = inputDrift(reference, trials.reduce(addVectors));
  expect(drift).toEqual([
    { psi: 0, missingRate: 0, referenceMissingRate: 0 },
    { input: 'tenure', psi: 0, missingRate: 0, referenceMissingRate: 0 },
    { input: 'plan', psi: 0, missingRate: 0.25, referenceMissingRate: 0.5 },
  ]);
  const moved = inputDrift(reference, trials.slice(2).reduce(addVectors));
  expect(moved[1]!.psi).toBeGreaterThan(1);
});

test('inputs beyond the longest vector are not watched; sums of another manifest say nothing', () => {
  const shares = new Array<number>(64).fill(1 / 64);
  const wide = { edges: shares.map((_, i) => i).slice(1), shares, missing: 0 };
  const inputs = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`i${i}`, wide]));
  const { places, length } = inputLayout({ ...reference, inputs });
  expect(length).toBeLessThanOrEqual(MAX_SUMS_LENGTH);
  expect(places).toHaveLength(1 + Math.floor((MAX_SUMS_LENGTH - 3) / 65));
  expect(inputDrift(reference, [1, 2])).toEqual([]);
});
