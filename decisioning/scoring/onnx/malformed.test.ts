/** Files that are no models: each is refused with a reason, or scores, and none throws or hangs. */
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import type { ModelRefusal } from '../engine.ts';
import { refusalWords } from '../refusal-words.ts';
import { openModel } from './index.ts';
import { CORE_MODELS } from './testing/core-models.ts';
import { byPlace, CRAFTED, tree } from './testing/crafted.ts';
import { forestFrom, randomFrom } from './testing/forests.ts';
import { ML_MODELS } from './testing/ml-models.ts';
import { model, node } from './testing/models.ts';

/** What an error of our own code would say. */
const SLIP = /is not (a|iterable)|Cannot|call stack/;

/** Opens a file and, where it opens, scores two rows of it; returns what came of it. */
function outcome(bytes: Uint8Array): string {
  const opened = openModel(bytes);
  if ('refused' in opened) {
    if (SLIP.test(opened.detail)) throw new Error(`a slip, not a refusal: ${opened.detail}`);
    return opened.refused;
  }
  const width = opened.inputs[0]!.width;
  for (const output of Object.values(
    opened.run(
      Float32Array.from({ length: 2 * width }, (_, i) => i / 3 - 1),
      2,
    ),
  )) {
    if (!(output instanceof Float32Array)) throw new Error('an output that is no numbers');
  }
  return 'scored';
}

describe('a file is refused that holds', () => {
  test.each(CRAFTED)('%s', (_, file, problem) => {
    const refusal = openModel(file instanceof Uint8Array ? file : writeModel(file));
    expect(refusal).toMatchObject({ refused: problem });
    const { detail } = refusal as ModelRefusal;
    expect(detail).not.toMatch(SLIP);
    expect(refusalWords(refusal as ModelRefusal).split(' ').length, `${problem} ${detail} in words`).toBeGreaterThan(1);
  });

  test('a tree too deep, and more nodes than there is room for', () => {
    const chain = (length: number): ModelGraph => {
      const inner = Array.from({ length }, (_, i) => i);
      const all = Array.from({ length: 2 * length + 1 }, (_, i) => i);
      const isLeaf = (i: number): boolean => i >= length;
      return tree({
        nodes_treeids: { ints: all.map(() => 0) },
        nodes_nodeids: { ints: all },
        nodes_featureids: { ints: all.map(() => 0) },
        nodes_modes: { strings: all.map((i) => (isLeaf(i) ? 'LEAF' : 'BRANCH_LEQ')) },
        nodes_values: { floats: all.map((i) => i) },
        nodes_truenodeids: { ints: all.map((i) => (isLeaf(i) ? 0 : length + i)) },
        nodes_falsenodeids: { ints: all.map((i) => (isLeaf(i) ? 0 : i === inner.at(-1) ? 2 * length : i + 1)) },
      });
    };
    expect(outcome(writeModel(chain(500)))).toBe('scored');
    expect(outcome(writeModel(chain(600)))).toBe('too_large');
    expect(outcome(writeModel(chain(70_000)))).toBe('too_large');
  });
});

test('a refusal names the node and the engine that would take the file', () => {
  const named = model(2, [node('Neg', 'x', 'n'), { ...node('Conv', 'n', 'y'), name: 'convolve' }]);
  expect(openModel(writeModel(named))).toEqual({
    refused: 'unsupported',
    node: 'convolve',
    detail: 'operator  Conv',
    takenBy: 'onnxruntime-web',
  });
  const unnamed = openModel(writeModel(model(2, [node('Neg', 'x', 'n'), node('Conv', 'n', 'y')])));
  expect(unnamed).toMatchObject({ node: 'Conv #2' });
  expect(openModel(writeModel(tree({ nodes_nodeids: { ints: [0] } })))).toMatchObject({ takenBy: null });
});

const FILES = [CORE_MODELS['logistic regression']!, tree(), byPlace(), ML_MODELS['imputed, scaled, classified']!].map(
  writeModel,
);

test('a file that is cut short is refused, wherever it is cut', () => {
  const found = new Map<string, number>();
  for (const bytes of FILES) {
    for (let end = 0; end < bytes.length; end++) {
      const result = outcome(bytes.slice(0, end));
      found.set(result, (found.get(result) ?? 0) + 1);
    }
  }
  // What comes last is the version of the operator set, which a file can do without.
  expect([...found.keys()].toSorted()).toEqual(['malformed', 'scored']);
  expect(found.get('scored')).toBeLessThanOrEqual(4 * FILES.length);
  expect(found.get('malformed')).toBeGreaterThan(200);
});

test('bytes that are changed at random are refused or score, and nothing throws', { timeout: 60_000 }, () => {
  const random = randomFrom(7);
  const files = [...FILES, ...Array.from({ length: 12 }, (_, seed) => writeModel(forestFrom(seed).graph))];
  const found = new Map<string, number>();
  for (let turn = 0; turn < 4_000; turn++) {
    const bytes = files[turn % files.length]!.slice();
    for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const result = outcome(bytes);
    found.set(result, (found.get(result) ?? 0) + 1);
  }
  expect(found.get('malformed')).toBeGreaterThan(500);
  expect(found.get('scored')).toBeGreaterThan(200);
});
