import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectedOrdersNext } from '../../../decisioning/scoring/lifetime/bg-nbd.ts';
import { nextValueCdf } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { nextOrderCounts } from '../../../decisioning/scoring/lifetime/order-counts.ts';
import { randomFor } from '../random.ts';
import { dataFolder } from '../spec/data-file.ts';
import { fitBgNbd, fitGammaGamma } from './fit.ts';
import { customersOn, dayNumber, ordersAfter, readOrders } from './orders.ts';
import { countTransform, distanceFromUniform, valueTransform } from './pit.ts';

const folder = join(dataFolder(), 'cdnow');
const textOf = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString();

/** The published fits' last day; what came after it is the hold-out period of 39 weeks. */
const CUT = dayNumber('1997-09-30');
const WEEKS = 39;

describe.skipIf(!existsSync(folder))('the sample of CDNOW’s customers', () => {
  const book = existsSync(folder)
    ? readOrders(textOf('CDNOW_sample.txt.gz'), { customer: 1, date: 2, value: 4 })
    : new Map();
  const customers = customersOn(book, CUT);
  const { model, logLikelihood } = existsSync(folder)
    ? fitBgNbd(customers.map(({ history }) => history))
    : { model: { r: 1, alpha: 1, a: 1, b: 1 }, logLikelihood: 0 };
  const values = () =>
    fitGammaGamma(
      customers.map(({ history, meanRepeatValue }) => ({ orders: history.repeats, meanValue: meanRepeatValue })),
    ).model;

  it('has the histories that the authors’ summary has', () => {
    const summary = textOf('cdnow_customers_summary.csv.gz').trim().split('\n').slice(1);
    expect(customers.length).toBe(summary.length);
    for (const [i, line] of summary.entries()) {
      const [, repeats, lastAt, age] = line.split(',').map(Number);
      const { history } = customers[i]!;
      expect(history.repeats).toBe(repeats);
      expect(Math.abs(history.lastAt - lastAt!)).toBeLessThan(0.006);
      expect(Math.abs(history.age - age!)).toBeLessThan(0.006);
    }
  });

  it('is fitted as it was published: r .2426, α 4.4135, a .7929, b 2.4258, log-likelihood −9,582.43', () => {
    const published = { r: 0.2426, alpha: 4.4135, a: 0.7929, b: 2.4258 };
    for (const name of ['r', 'alpha', 'a', 'b'] as const) expect(model[name] / published[name]).toBeCloseTo(1, 3);
    expect(logLikelihood).toBeCloseTo(-9582.43, 2);
  });

  it('has order values as published, from the summary’s cents: p 6.249, q 3.745, v 15.448', () => {
    const lines = textOf('cdnow_customers_summary_with_transactions.csv.gz').trim().split('\n').slice(1);
    const summary = lines.map((line) => line.split(',').map(Number));
    const fitted = fitGammaGamma(summary.map((row) => ({ orders: row[1]!, meanValue: row[4]! }))).model;
    expect(fitted.p).toBeCloseTo(6.249, 2);
    expect(fitted.q).toBeCloseTo(3.745, 3);
    expect(fitted.v).toBeCloseTo(15.448, 2);
  });

  it('orders 1,653 times in 39 weeks by the forecast, 1,882 times in truth: within 13 %', () => {
    const forecast = customers.reduce((sum, { history }) => sum + expectedOrdersNext(model, history, WEEKS), 0);
    const actual = customers.reduce((sum, { id }) => sum + ordersAfter(book, id, CUT, WEEKS * 7).orders, 0);
    expect([Math.round(forecast), actual]).toEqual([1653, 1882]);
    expect(Math.abs(forecast / actual - 1)).toBeLessThan(0.13);
  });

  it('comes as forecast, customer by customer: transforms of orders and of values lie at most .05 from uniform', () => {
    const random = randomFor(1, 'transforms');
    const both = { orders: model, values: values() };
    const transforms = customers.map(({ id, history, meanRepeatValue }) => {
      const came = ordersAfter(book, id, CUT, WEEKS * 7);
      const seen = { orders: history.repeats, meanValue: meanRepeatValue };
      return {
        orders: countTransform(nextOrderCounts(model, history, WEEKS, came.orders), came.orders, random),
        value: valueTransform(nextValueCdf(both, { history, values: seen }, WEEKS), came.value, random),
      };
    });
    expect(distanceFromUniform(transforms.map(({ orders }) => orders))).toBeLessThan(0.05);
    expect(distanceFromUniform(transforms.map(({ value }) => value))).toBeLessThan(0.05);
  });
});

describe('a fit', () => {
  it('finds the parameters that made the customers', () => {
    const random = randomFor(3, 'customers');
    const exponential = (rate: number) => -Math.log(1 - random.next()) / rate;
    // Gamma(2) and Beta(1, 3): sums of exponentials and the smallest of three uniforms.
    const histories = Array.from({ length: 4_000 }, () => {
      const rate = (exponential(1) + exponential(1)) / 5;
      const stops = Math.min(random.next(), random.next(), random.next());
      let [at, repeats, lastAt] = [exponential(rate), 0, 0];
      while (at <= 40) {
        [repeats, lastAt] = [repeats + 1, at];
        at += random.next() < stops ? Number.POSITIVE_INFINITY : exponential(rate);
      }
      return { repeats, lastAt, age: 40 };
    });
    const { model } = fitBgNbd(histories);
    expect(model.r / 2).toBeCloseTo(1, 0);
    expect(model.r / model.alpha).toBeCloseTo(0.4, 1);
    expect(model.a / (model.a + model.b)).toBeCloseTo(0.25, 1);
  });

  it('refuses customers that tell nothing', () => {
    expect(() => fitBgNbd([{ repeats: 0, lastAt: 0, age: 3 }])).toThrow('ordered again');
    expect(() => fitGammaGamma([{ orders: 0, meanValue: 0 }])).toThrow('order of value');
  });

  it('refuses lines that are no orders, naming them', () => {
    const columns = { customer: 0, date: 1, value: 2 };
    expect(() => readOrders('1 19970101 5\n2 19970101 x', columns)).toThrow('line 2');
    expect(() => readOrders('1 1997 5', columns)).toThrow('"1997" is no date');
  });
});
