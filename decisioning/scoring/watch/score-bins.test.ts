import { expect, test } from 'vitest';
import type { ModelManifest } from '../manifest.ts';
import { binEdges } from './score-bins.ts';

const outputs = [
  { name: 'probability', tensor: 'p', column: 0, range: [0, 1], kind: 'probability' },
  { name: 'lift', tensor: 'l', column: 0, range: [0.5, 2], kind: 'value' },
] as const;
const manifest = (edges: readonly number[]) =>
  ({ outputs, reference: { score: { edges, shares: [] }, inputs: {} } }) as unknown as ModelManifest;

test('are those of training for the first output, and equal parts of the range without them', () => {
  expect(binEdges(manifest([0.01, 0.02, 0.03]), outputs[0])).toEqual([0.01, 0.02, 0.03]);
  expect(binEdges(manifest([0.01, 0.02, 0.03]), outputs[1])).toBeUndefined();
  expect(binEdges(manifest([0.01, 0.02]), outputs[0])).toBeUndefined();
  expect(binEdges({ outputs } as unknown as ModelManifest, outputs[0])).toBeUndefined();
});

test('are at most twenty, spread evenly among those of training', () => {
  const edges = binEdges(manifest(Array.from({ length: 57 }, (_, i) => i)), outputs[0])!;
  expect(edges).toHaveLength(19);
  expect(edges).toEqual(Array.from({ length: 19 }, (_, i) => i * 3));
});
