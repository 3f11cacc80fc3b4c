/** The evaluator against onnxruntime-web: a model or more for every operator, and forests at random. */
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import { OPERATORS } from './operators/all.ts';
import { CORE_MODELS } from './testing/core-models.ts';
import { forestFrom } from './testing/forests.ts';
import { ML_MODELS } from './testing/ml-models.ts';
import { distance, farthest, oracleScores, ownScores } from './testing/oracle.ts';

/** Absolute or relative. */
const TOLERANCE = 1e-6;
/** Some 9 seconds; fewer while something else is worked at. */
const FORESTS = Number(process.env.FORESTS ?? 2_000);

const MODELS = Object.entries({ ...CORE_MODELS, ...ML_MODELS });
const HARD = [0, -0, Number.NaN, Infinity, -Infinity, 1, 2, -1, 1e30, -1e30, 1e-40, 0.5, -0.5, 3.7];

/**
 * Where the standard says nothing (the largest of numbers among which is NaN, infinity as a whole number, or without a limit on its side) or a
 * square leaves single precision on its way, engines differ: these are compared on ordinary rows alone.
 */
const ORDINARY_ONLY = /^(Normalizer (L2|MAX)|ArgMax|Cast to whole|Clip from)/;

async function difference(graph: ModelGraph, rows: Float32Array, count: number) {
  const bytes = writeModel(graph);
  return farthest(ownScores(bytes, rows, count), await oracleScores(bytes, rows, count));
}

test('the distance of two numbers is the smaller of absolute and relative, and NaN is near NaN alone', () => {
  expect(distance(1e30, 1.001e30)).toBeCloseTo(0.001, 5);
  expect(distance(1e-9, 3e-9)).toBeLessThan(1e-8);
  expect(distance(Number.NaN, Number.NaN)).toBe(0);
  expect(distance(Number.NaN, 1)).toBe(Infinity);
  expect(distance(Infinity, 1)).toBe(Infinity);
  expect(farthest({ y: [1, 2] }, { y: [1] }).distance).toBe(Infinity);
});

test('there are at least 60 models, and every operator of the subset is in one', () => {
  expect(MODELS.length).toBeGreaterThanOrEqual(60);
  const forests = Array.from({ length: 50 }, (_, seed) => forestFrom(seed).graph);
  const used = new Set(
    [...MODELS.map(([, graph]) => graph), ...forests].flatMap(({ nodes }) => nodes.map(({ op }) => op)),
  );
  // The other engine's JavaScript hands out no maps: open.test.ts has these.
  const known = [...OPERATORS.keys()].filter((op) => op !== 'ZipMap');
  expect(known.filter((op) => !used.has(op))).toEqual([]);
});

describe.each(MODELS)('%s', (name, graph) => {
  const width = graph.inputs[0]!.dims[1] as number;

  test('agrees with onnxruntime-web on a batch', async () => {
    const rows = Float32Array.from({ length: 16 * width }, (_, i) => 2 * Math.sin(i * 7.77));
    expect((await difference(graph, rows, 16)).distance).toBeLessThanOrEqual(TOLERANCE);
  });

  test.skipIf(ORDINARY_ONLY.test(name))('and on NaN, infinities and other hard numbers', async () => {
    const rows = Float32Array.from({ length: 14 * width }, (_, i) => HARD[(i * 5 + Math.floor(i / width) * 3) % 14]!);
    expect((await difference(graph, rows, 14)).distance).toBeLessThanOrEqual(TOLERANCE);
  });
});

test(`${FORESTS} forests at random agree with onnxruntime-web`, { timeout: 300_000 }, async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < FORESTS; seed++) {
    const { graph, rows, count } = forestFrom(seed);
    const { distance: far, where } = await difference(graph, rows, count);
    if (far > TOLERANCE) wrong.push(`seed ${seed}: ${where}`);
  }
  expect(wrong).toEqual([]);
});
