/** Small files that would cost much: what they cost is counted before it is spent. */
import { expect, test } from 'vitest';
import type { Attribute, GraphNode, ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import type { OpenedModel } from '../engine.ts';
import { refusalWords } from '../refusal-words.ts';
import { openModel } from './index.ts';
import { byPlace } from './testing/crafted.ts';
import { floats, ints, ml, model, node, wave } from './testing/models.ts';

/** What it is refused for, as `problem detail`; a sentence is there for all of them. */
function refused(file: ModelGraph | Uint8Array): string {
  const found = openModel(file instanceof Uint8Array ? file : writeModel(file));
  if (!('refused' in found)) return `opened, ${found.steps} steps`;
  expect(refusalWords(found).split(' ').length).toBeGreaterThan(1);
  return `${found.refused} ${found.detail}`;
}

function opened(graph: ModelGraph): OpenedModel {
  const found = openModel(writeModel(graph));
  if ('refused' in found) throw new Error(found.detail);
  return found;
}

/** `roots` trees of no comparison (nodes of two trees in turn begin one each), all but the first thin, and a leaf of `weights` weights. */
function fatLeaf(roots: number, weights: number): ModelGraph {
  const all = Array.from({ length: 2 * roots + 1 }, (_, i) => i);
  const inner = all.map((i) => i > 0 && i % 2 === 0);
  const zeros = (count: number): number[] => new Array<number>(count).fill(0);
  return model(1, [
    ml('TreeEnsembleRegressor', 'x', 'y', {
      nodes_treeids: { ints: all.map((i) => i % 2) },
      nodes_nodeids: { ints: all },
      nodes_featureids: { ints: zeros(all.length) },
      nodes_modes: { strings: inner.map((is) => (is ? 'BRANCH_LEQ' : 'LEAF')) },
      nodes_values: { floats: zeros(all.length) },
      nodes_truenodeids: { ints: zeros(all.length) },
      nodes_falsenodeids: { ints: zeros(all.length) },
      target_treeids: { ints: zeros(weights) },
      target_nodeids: { ints: zeros(weights) },
      target_ids: { ints: zeros(weights) },
      target_weights: { floats: new Array<number>(weights).fill(1e-9) },
    }),
  ]);
}

test('weights of a leaf that every tree comes to count for every tree', () => {
  expect(refused(fatLeaf(1_500, 20_000))).toBe('too_large steps');
  const thin = opened(fatLeaf(500, 1)).steps!;
  expect(opened(fatLeaf(500, 101)).steps! - thin).toBeGreaterThanOrEqual(100 * 1_000);
});

test('a set counts as deep as the comparisons that it becomes', () => {
  const set = (count: number): ModelGraph => {
    const values = [...Array.from({ length: count }, (_, i) => 2 * i), Number.NaN];
    return byPlace({ membership_values: { tensor: { name: '', type: 'float', dims: [count + 1], values } } });
  };
  const within = opened(set(255));
  expect([...within.run(Float32Array.of(508, 0, 509, 0), 2).y!]).toEqual([1, 2]);
  expect(refused(set(256))).toBe('too_large depth');
});

test('fifty thousand sets are read in one go', () => {
  const count = 50_000;
  const values = Array.from({ length: 2 * count }, (_, i) => (i % 2 ? Number.NaN : i));
  const all = Array.from({ length: count }, (_, i) => i);
  const uint8 = { name: '', type: 'uint8' as const, dims: [count], values: all.map(() => 6) };
  const sets = byPlace({
    nodes_featureids: { ints: all.map(() => 0) },
    nodes_modes: { tensor: uint8 },
    nodes_splits: {
      tensor: floats(
        '',
        [count],
        all.map(() => 0),
      ),
    },
    nodes_truenodeids: { ints: all.map(() => 0) },
    nodes_falsenodeids: { ints: all.map(() => 1) },
    nodes_trueleafs: { ints: all.map(() => 1) },
    nodes_falseleafs: { ints: all.map(() => 1) },
    membership_values: { tensor: floats('', [2 * count], values) },
    tree_roots: { ints: all },
  });
  const file = writeModel(sets);
  const begun = performance.now();
  // Each is a tree, and that is too many; read set by set from the front it took 40 s.
  expect(refused(file)).toBe('too_large steps');
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('lines of one number, as many as a tensor may have, cost no array each', () => {
  const lines = (rows: number, columns: number): ModelGraph =>
    model(
      1,
      [
        node('Add', 'x c', 'a'),
        node('Add', 'a d', 'b'),
        node('Reshape', 'b s', 'r'),
        node('Softmax', 'r', 't', { axis: { int: -1 } }),
        node('Gather', 't z', 'y', { axis: { int: 0 } }),
      ],
      [
        floats('c', [rows, 1], wave(rows)),
        floats('d', [1, columns], wave(columns)),
        ints('s', [rows * columns, 1]),
        ints('z', [7]),
      ],
    );
  expect(refused(lines(2_048, 2_046))).toBe('too_large shape');
  expect(refused(lines(600, 600))).toBe('too_large memory');
  const before = process.memoryUsage();
  const kept = opened(lines(400, 400));
  const after = process.memoryUsage();
  expect(kept.run(Float32Array.of(1), 1).y?.[0]).toBe(1);
  // 160,000 lines as arrays of their own are 50 MB.
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32e6);
});

test('results, and the places of inputs that stretch, are within the memory of a model', () => {
  const stretch = (side: number, times: number): ModelGraph => {
    const again = Array.from({ length: times }, (_, i) => node('Where', `l ${i ? `b${i - 1}` : 'd'} d`, `b${i}`));
    const nodes = [node('Cast', 'x', 'xd', { to: { int: 11 } }), node('Less', 'xd c', 'l'), ...again];
    const numbers = { type: 'double' as const, values: wave(side) };
    return model(1, nodes, [
      { name: 'c', dims: [side, 1], ...numbers },
      { name: 'd', dims: [1, side], ...numbers },
    ]);
  };
  expect(refused(stretch(2_040, 2))).toBe('too_large shape');
  expect(refused(stretch(200, 50))).toBe('too_large memory');
  expect(refused(stretch(200, 5))).toMatch('opened');
});

test.each([
  ['nodes', 0x0a],
  ['tensors', 0x2a],
  ['inputs', 0x5a],
  ['pieces that nobody reads', 0x7a],
])('half a million empty %s in a megabyte are refused while they are read', (_, tag) => {
  const graph = Uint8Array.from({ length: 2 ** 20 }, (__, i) => (i % 2 ? 0 : tag));
  const length = [0x80, 0x80, 0x40];
  expect(refused(Uint8Array.from([0x3a, ...length, ...graph]))).toBe('too_large messages');
});

test('nodes in any order are worked out, and their inputs have an end', () => {
  const backwards = (length: number, first: GraphNode): ModelGraph =>
    model(
      1,
      [first, ...Array.from({ length }, (_, i) => node('Identity', i === length - 1 ? 'x' : `n${i + 1}`, `n${i}`))],
      [],
      [['y', 'float', 'rows', 1]],
    );
  expect(opened(backwards(1_999, node('Neg', 'n0', 'y'))).run(Float32Array.of(3), 1).y?.[0]).toBe(-3);
  const wide = node('Sum', `${'x '.repeat(10_000)}n0`, 'y');
  expect(refused(backwards(1_900, wide))).toBe('too_large nodes');
});

test('a tensor of nothing is refused: work over its rows would be nobody’s', () => {
  const empty = floats('e', [1_000, 0], []);
  expect(refused(model(1, [node('Concat', 'e e e', 'c', { axis: { int: 1 } }), node('Neg', 'x', 'y')], [empty]))).toBe(
    'malformed shape',
  );
});

test('looking for the largest of many numbers costs what it looks at, however few come out', () => {
  const searches = (count: number): Record<string, Attribute>[] =>
    Array.from({ length: count }, () => ({ axis: { int: -1 } }));
  const graph = (count: number): ModelGraph =>
    model(
      1,
      [node('Add', 'x c', 'a'), ...searches(count).map((attributes, i) => node('ArgMax', 'a', `y${i}`, attributes))],
      [floats('c', [1, 100_000], wave(100_000))],
    );
  expect(opened(graph(2)).steps! - opened(graph(1)).steps!).toBeGreaterThan(100_000);
  expect(refused(graph(200))).toBe('too_large steps');
});
