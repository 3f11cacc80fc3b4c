import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import {
  aliveProbability,
  expectedOrdersNext,
  type OrderHistory,
} from '../../../decisioning/scoring/lifetime/bg-nbd.ts';
import { expectedOrderValue } from '../../../decisioning/scoring/lifetime/gamma-gamma.ts';
import type { LifetimeModel } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { nextOrderCounts } from '../../../decisioning/scoring/lifetime/order-counts.ts';
import { openModel } from '../../../decisioning/scoring/onnx/index.ts';
import { writeModel } from '../onnx/writer.ts';
import { predictorOf } from '../predictor.ts';
import { COLUMNS, type LifetimeHeads, lifetimeGraph, OUTPUTS } from './graph.ts';

/** As published for CDNOW. */
const MODEL: LifetimeModel = {
  orders: { r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259 },
  values: { p: 6.25, q: 3.74, v: 15.44 },
};
const SHAPE = { horizonDays: 365, extrapolatedDays: 1_095, youngestDays: 28 };

const always = (value: number) =>
  predictorOf({
    link: 'identity',
    width: COLUMNS.length,
    raw: () => value,
    addTo: (graph) => graph.floats([1, 1], [value]),
  });
const HEADS: LifetimeHeads = {
  correction: always(Math.log(1.25)),
  low: always(-1),
  high: always(3),
  returns: { slope: 1, shift: 0 },
};

/** Orders, days since the first and the last, mean value. */
const ROWS = [
  [1, 28, 28, 20],
  [1, 700, 700, 35],
  [2, 28, 0, 12],
  [3, 273, 60, 40],
  [3, 273, 3, 40],
  [9, 200, 150, 80],
  [40, 250, 1, 15],
  [200, 730, 2, 5],
  [200, 730, 400, 5],
] as const;
const ENTRIES = Float32Array.from(ROWS.flat());

function historyOf([orders, first, last]: readonly [number, number, number, number]): OrderHistory {
  return { repeats: orders - 1, lastAt: (first - last) / 7, age: first / 7 };
}

describe('the graph of lifetime value', () => {
  const bytes = writeModel(lifetimeGraph(MODEL, HEADS, SHAPE));
  let ours: Readonly<Record<string, Float32Array>>;
  let theirs: Readonly<Record<string, Float32Array>>;
  beforeAll(async () => {
    ours = (openModel(bytes) as OpenedModel).run(ENTRIES, ROWS.length);
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(bytes);
    const outputs = await session.run({ row: new ort.Tensor('float32', ENTRIES, [ROWS.length, COLUMNS.length]) });
    theirs = Object.fromEntries(OUTPUTS.map((name) => [name, outputs[name]!.data as Float32Array]));
  });

  const expectClose = (name: string, wanted: (row: (typeof ROWS)[number]) => number) => {
    for (const [i, row] of ROWS.entries()) {
      for (const found of [ours, theirs]) {
        const lacking = Math.abs(found[name]![i]! - wanted(row)) / Math.max(0.05, Math.abs(wanted(row)));
        expect(lacking, `${name} of ${row}`).toBeLessThan(1e-4);
      }
    }
  };

  it('forecasts orders of a year as BG/NBD does, to 1e-4, in both engines', () => {
    expectClose('orders', (row) => expectedOrdersNext(MODEL.orders, historyOf(row), 365 / 7));
  });

  it('tells who is alive, and who returns, as BG/NBD does', () => {
    expectClose('alive', (row) => aliveProbability(MODEL.orders, historyOf(row)));
    expectClose('returns', (row) => 1 - nextOrderCounts(MODEL.orders, historyOf(row), 365 / 7, 0)[0]!);
  });

  it('multiplies orders, their values and what was learned', () => {
    const plain = (row: (typeof ROWS)[number], days: number) =>
      expectedOrdersNext(MODEL.orders, historyOf(row), days / 7) *
      expectedOrderValue(MODEL.values, { orders: row[0], meanValue: row[3] });
    expectClose('value', (row) => 1.25 * plain(row, 365));
    expectClose('value_high', (row) => 3 * plain(row, 365));
    expectClose('value_low', () => 0);
    expectClose('value_3y_extrapolated', (row) => 1.25 * plain(row, 365) + plain(row, 1_095) - plain(row, 365));
  });

  it('keeps the interval around the value, whatever its ends were learned to be', () => {
    const turned = { ...HEADS, low: always(9), high: always(0.1) };
    const { value, value_low, value_high } = (
      openModel(writeModel(lifetimeGraph(MODEL, turned, SHAPE))) as OpenedModel
    ).run(ENTRIES, ROWS.length);
    expect(value_low).toEqual(value);
    expect(value_high).toEqual(value);
  });

  it('refuses parameters for which the formula has no value', () => {
    const orders = { ...MODEL.orders, a: 1 };
    expect(() => lifetimeGraph({ ...MODEL, orders }, HEADS, SHAPE)).toThrow('a is 1');
    const tiny = { ...MODEL.orders, alpha: 0.01 };
    expect(() => lifetimeGraph({ ...MODEL, orders: tiny }, HEADS, { ...SHAPE, youngestDays: 0 })).toThrow('terms');
  });
});
