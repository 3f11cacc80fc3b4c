/** Files and scores that would take long to explain: either less is compared, or nothing is said. */
import { describe, expect, it } from 'vitest';
import type { OpenedModel } from '../engine.ts';
import { openModel } from '../onnx/index.ts';
import { readModel } from '../onnx/proto.ts';
import { cutModel } from './cut.ts';
import { type Explain, explainer } from './explain.ts';
import { structureOf } from './structure.ts';
import { BACKGROUND, explained, fileOf, manifestOf, type Nodes, number } from './testing/files.ts';

const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes: Nodes[number]['attributes'] = {},
): Nodes[number] => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});
const ROW = [0.5, 1, 0, 2];

/** A file whose links lead from the first column, `n0`, to `score`. */
function chain(count: number, link: (from: string, to: string, i: number) => Nodes): Uint8Array {
  const nodes = Array.from({ length: count }, (_, i) => link(`n${i}`, i === count - 1 ? 'score' : `n${i + 1}`, i));
  return fileOf([node('MatMul', ['row', 'first'], 'n0'), ...nodes.flat()], {
    first: [
      [4, 1],
      [1, 0, 0, 0],
    ],
    half: [[1], [0.5]],
  });
}

describe('a file that grows as it is read is estimated as a whole', () => {
  it('where sums are of themselves, forty times', () => {
    const doubled = chain(40, (from, to, i) => [
      node('Add', [from, from], `d${i}`),
      node('Mul', [`d${i}`, 'half'], to),
    ]);
    expect(explained(doubled, ROW).contributions[0]!.contribution).toBeCloseTo(0.5 + 1 / 3, 6);
  });

  it('where functions of a column are of themselves, forty times', () => {
    const nested = chain(40, (from, to, i) => [
      node('Tanh', [from], `t${i}`),
      node('Sigmoid', [from], `s${i}`),
      node('Add', [`t${i}`, `s${i}`], to),
    ]);
    expect(explained(nested, ROW).method).toBe('exact');
  });

  it('where more than 16 tensors are no sums of parts', () => {
    const square = (count: number) =>
      chain(count, (from, to, i) => [node('Mul', [from, from], `m${i}`), node('Tanh', [`m${i}`], to)]);
    expect(structureOf(square(16))?.additive('score', 0)?.sum.terms[0]?.part.kind).toBe('opaque');
    expect(structureOf(square(17))).toBeUndefined();
    expect(explained(square(17), ROW).method).toBe('exact');
  });
});

it('a part of a file has the constants that it needs alone', () => {
  const big = Array.from({ length: 10_000 }, (_, i) => i);
  const file = fileOf(
    [node('Mul', ['row', 'row'], 'm'), node('Add', ['m', 'two'], 't'), node('Add', ['t', 'big'], 'score')],
    { two: [[1], [2]], big: [[10_000, 1], big] },
  );
  const cut = cutModel(file, readModel(file), 't');
  expect(cut.length).toBeLessThan(500);
  const opened = openModel(cut) as OpenedModel;
  expect([...opened.run(Float32Array.of(1, 2, 3, 4), 1).t!]).toEqual([3, 6, 11, 18]);
});

describe('a score that costs much', () => {
  const inputs = Array.from({ length: 20 }, (_, i) => number(`i${i}`));
  const background = Array.from({ length: 64 }, (_, row) => inputs.map((__, i) => Math.sin(row * 20 + i)));
  const row = Float32Array.from(inputs, (_, i) => i / 10);
  function counted(steps: number): { explain: Explain; runs: () => number } {
    let runs = 0;
    const run: OpenedModel['run'] = (rows) => {
      runs++;
      return { score: Float32Array.of(Math.tanh(rows[0]! * rows[1]! + rows[19]!)) };
    };
    const opened = { inputs: [{ name: 'row', width: 20 }], outputs: [{ name: 'score', width: 1 }], steps, run };
    return { explain: explainer({ manifest: manifestOf({ inputs, background }), opened }), runs: () => runs };
  }

  it('is compared with fewer rows, evenly among all, and its sum holds', () => {
    const all = counted(1_000);
    const whole = all.explain({ row });
    expect(all.runs()).toBeGreaterThan(64 * 2 * 2 * 20);
    const steps = 200_000;
    const { explain, runs } = counted(steps);
    const found = explain({ row });
    if ('unexplained' in found || 'unexplained' in whole) throw new Error('unexplained');
    expect(runs() * steps).toBeLessThan(536_870_912);
    expect(runs()).toBeGreaterThan(500);
    const sum = found.contributions.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum).toBeCloseTo(found.raw - found.baseline, 9);
    expect(Math.abs(found.typical - whole.typical)).toBeLessThan(0.3);
  });

  it('has no explanation where four rows are too many', () => {
    const { explain, runs } = counted(8_388_608);
    expect(explain({ row })).toEqual({ unexplained: 'too_costly' });
    expect(runs()).toBe(1);
    expect(counted(1_000).explain({ row, steps: 100_000 })).toEqual({ unexplained: 'too_costly' });
  });
});

it('a background of few rows is compared with as ever', () => {
  const file = fileOf(
    [
      node('Mul', ['row', 'row'], 'm'),
      node('Gather', ['m', 'z'], 'score', { axis: { int: 1 } }),
      node('Cast', ['o'], 'z', { to: { int: 7 } }),
    ],
    { o: [[1], [0]] },
  );
  const typical = BACKGROUND.reduce((sum, [a]) => sum + a! * a!, 0) / BACKGROUND.length;
  expect(explained(file, ROW).typical).toBeCloseTo(typical, 6);
});
