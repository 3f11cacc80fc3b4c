import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRules } from '../catalog/read.ts';
import { describeConformance } from '../testing/conformance.ts';
import type { ConformanceVectors } from './case.ts';

const text = readFileSync(new URL('./vectors.json', import.meta.url), 'utf8');
const vectors: ConformanceVectors = JSON.parse(text);

describeConformance('Node', vectors);

test('the vectors’ slices are such as a reader takes', () => {
  for (const [placement, slice] of Object.entries(vectors.slices))
    expect(readRules(JSON.stringify(slice)), placement).toMatchObject({ ok: true });
});
