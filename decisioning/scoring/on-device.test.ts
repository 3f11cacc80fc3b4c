import { expect, test } from 'vitest';
import type { ModelManifest } from './manifest.ts';
import { deviceManifest, scoreBucket } from './on-device.ts';
import { CHURN } from './testing/manifest.ts';

const outputs = (min: number, max: number) =>
  [{ name: 'value', tensor: 't', column: 0, range: [min, max], kind: 'value' }] as ModelManifest['outputs'];

test('a score falls into one of ten buckets of equal width, the ends belonging to the outer ones', () => {
  const of = (score: number) => scoreBucket({ outputs: outputs(0, 1) }, score);
  expect([0, 0.0999, 0.1, 0.55, 0.99, 1].map(of)).toEqual([0, 0, 1, 5, 9, 9]);
  expect(scoreBucket({ outputs: outputs(-50, 150) }, 50)).toBe(5);
});

test('a manifest may name its own edges: a score at an edge is above it', () => {
  const of = (score: number) => scoreBucket({ buckets: [0.2, 0.6], outputs: outputs(0, 1) }, score);
  expect([0.19, 0.2, 0.59, 0.6, 1].map(of)).toEqual([0, 1, 1, 2, 2]);
});

test('a page is told how to score, and nothing of the customers that a model learned from', () => {
  const manifest = { ...CHURN, background: [[1, 2]], drivers: [], baseline: 0.3 } as unknown as ModelManifest;
  const told = deviceManifest(manifest);
  for (const field of ['background', 'drivers', 'reference', 'baseline']) expect(told).not.toHaveProperty(field);
  expect(told.inputs.map(({ name, attribute, encoding }) => ({ name, attribute, encoding }))).toEqual(
    manifest.inputs.map(({ name, attribute, encoding }) => ({ name, attribute, encoding })),
  );
});
