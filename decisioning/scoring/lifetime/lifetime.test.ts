import { describe, expect, it } from 'vitest';
import {
  aliveProbability,
  type BgNbd,
  bgNbdLogLikelihood,
  expectedOrders,
  expectedOrdersNext,
  withHistory,
} from './bg-nbd.ts';
import { expectedOrderValue, type GammaGamma, totalValueCdf } from './gamma-gamma.ts';
import { hypergeometric } from './hypergeometric.ts';
import { expectedValueNext, MAX_NEXT_ORDERS, nextValueCdf, nextValueQuantile } from './next-value.ts';
import { nextOrderCounts, orderCounts } from './order-counts.ts';

/** Published for the CDNOW sample: Fader, Hardie and Lee 2005, and Fader and Hardie's note on Gamma-Gamma. */
const ORDERS: BgNbd = { r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259 };
const VALUES: GammaGamma = { p: 6.25, q: 3.74, v: 15.44 };
/** The customer of the paper's worked example. */
const WORKED = { repeats: 2, lastAt: 30.43, age: 38.86 };

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
const meanOf = (counts: Float64Array) => counts.reduce((total, share, n) => total + share * n, 0);

describe('hypergeometric function', () => {
  it('equals elementary functions where it is one (Abramowitz and Stegun 15.1)', () => {
    expect(hypergeometric(1, 1, 2, 0.5)).toBeCloseTo(2 * Math.LN2, 14);
    expect(hypergeometric(0.5, 0.5, 1.5, 0.64)).toBeCloseTo(Math.asin(0.8) / 0.8, 14);
    expect(hypergeometric(1.7, 2.2, 2.2, 0.3) / 0.7 ** -1.7).toBeCloseTo(1, 13);
    expect(hypergeometric(5, -3, 2.5, 0)).toBe(1);
  });

  it('equals mpmath, by both ways, near 1 and for many orders', () => {
    const known: readonly (readonly [number, number, number, number, number])[] = [
      [2.3, 3.1, 4.7, 0.9, 19.03660932326753],
      [0.2426, 2.4258, 2.2187, 0.8984, 1.935870794614578],
      [30.24, 28.4, 27.2, 0.57, 359_642_412_523.5372],
      [0.24, 2.4, 2.2, 0.999, 10.54369346404009],
    ];
    for (const [a, b, c, z, value] of known) expect(hypergeometric(a, b, c, z) / value).toBeCloseTo(1, 11);
  });

  it('is not a number outside what it is for', () => {
    for (const z of [-0.1, 1, 2, Number.NaN]) expect(hypergeometric(1, 1, 2, z)).toBeNaN();
    expect(hypergeometric(1, 1, 0, 0.5)).toBeNaN();
  });
});

describe('BG/NBD', () => {
  it('forecasts what the authors’ worksheet does', () => {
    expect(expectedOrdersNext(ORDERS, WORKED, 39)).toBeCloseTo(1.226, 3);
    const weeks = [0.1429, 1, 3, 31.8571, 32, 78];
    const published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576];
    for (const [i, value] of published.entries())
      expect(Math.abs(expectedOrders(ORDERS, weeks[i]!) - value)).toBeLessThan(5e-4);
  });

  it('takes everybody without repeats for alive, and the silent ones less and less', () => {
    expect(aliveProbability(ORDERS, { repeats: 0, lastAt: 0, age: 100 })).toBe(1);
    const after = [0, 4, 13, 52, 520].map((weeks) =>
      aliveProbability(ORDERS, { ...WORKED, age: WORKED.lastAt + weeks }),
    );
    expect(after).toEqual(after.toSorted((a, b) => b - a));
    expect(after[0]).toBeCloseTo((ORDERS.b + 1) / (ORDERS.a + ORDERS.b + 1), 12);
    expect(after.at(-1)).toBeLessThan(0.02);
  });

  it('tells the past of customers apart without overflow, even after a thousand orders', () => {
    expect(bgNbdLogLikelihood(ORDERS, { repeats: 1_000, lastAt: 99, age: 100 })).toBeGreaterThan(0);
    expect(aliveProbability(ORDERS, { repeats: 1_000, lastAt: 99, age: 100 })).toBeGreaterThan(0);
  });

  it('has densities that sum to 1: of no order, and of the moment of the only one', () => {
    const noOrder = Math.exp(bgNbdLogLikelihood(ORDERS, { repeats: 0, lastAt: 0, age: 10 }));
    expect(noOrder).toBeCloseTo(orderCounts(ORDERS, 10, 0)[0]!, 12);
    const steps = 4_000;
    let one = 0;
    for (let i = 0; i < steps; i++) {
      const lastAt = ((i + 0.5) / steps) * 10;
      one += (Math.exp(bgNbdLogLikelihood(ORDERS, { repeats: 1, lastAt, age: 10 })) * 10) / steps;
    }
    expect(one).toBeCloseTo(orderCounts(ORDERS, 10, 1)[1]!, 6);
  });
});

describe('numbers of orders', () => {
  it('sum to 1 and have the mean of the forecast, for everybody and for one', () => {
    const counts = orderCounts(ORDERS, 39, MAX_NEXT_ORDERS);
    expect(sum(counts)).toBeCloseTo(1, 12);
    expect(meanOf(counts)).toBeCloseTo(expectedOrders(ORDERS, 39), 10);
    const next = nextOrderCounts(ORDERS, WORKED, 39, MAX_NEXT_ORDERS);
    expect(sum(next)).toBeCloseTo(1, 12);
    expect(meanOf(next)).toBeCloseTo(expectedOrdersNext(ORDERS, WORKED, 39), 10);
  });

  it('update as likelihoods do: the same customers seen in two ways', () => {
    // Nobody has ordered until week 10: the orders of the next 29 weeks follow from the histories that week 39 will show.
    const silent = { repeats: 0, lastAt: 0, age: 10 };
    const both = orderCounts(ORDERS, 39, 0)[0]! / orderCounts(ORDERS, 10, 0)[0]!;
    expect(nextOrderCounts(ORDERS, silent, 29, 0)[0]).toBeCloseTo(both, 12);
    expect(withHistory(ORDERS, silent)).toEqual({ ...ORDERS, alpha: ORDERS.alpha + 10 });
  });
});

describe('Gamma-Gamma', () => {
  it('lies between a customer’s own mean and everybody’s, nearer to theirs with every order', () => {
    const everybody = expectedOrderValue(VALUES, { orders: 0, meanValue: 0 });
    expect(everybody).toBeCloseTo((VALUES.p * VALUES.v) / (VALUES.q - 1), 12);
    const estimates = [1, 2, 10, 1_000].map((orders) => expectedOrderValue(VALUES, { orders, meanValue: 100 }));
    expect([everybody, ...estimates, 100]).toEqual([everybody, ...estimates, 100].toSorted((a, b) => a - b));
    expect(estimates.at(-1)).toBeCloseTo(100, 0);
  });

  it('gives totals a distribution whose mean is the estimate times the orders', () => {
    const seen = { orders: 3, meanValue: 40 };
    let mean = 0;
    const width = 0.5;
    for (let at = 0; at < 6_000; at += width) mean += (1 - totalValueCdf(VALUES, seen, 2, at + width / 2)) * width;
    expect(mean).toBeCloseTo(2 * expectedOrderValue(VALUES, seen), 1);
  });
});

describe('value of a customer in a time to come', () => {
  const model = { orders: ORDERS, values: VALUES };
  const customer = { history: WORKED, values: { orders: 2, meanValue: 40 } };

  it('jumps at 0 by the chance of no order, and has the mean of the forecast', () => {
    const cdf = nextValueCdf(model, customer, 39);
    expect(cdf(0)).toBeCloseTo(nextOrderCounts(ORDERS, WORKED, 39, 0)[0]!, 12);
    expect(cdf(-1)).toBe(0);
    let mean = 0;
    for (let at = 0; at < 4_000; at += 4) mean += (1 - cdf(at + 2)) * 4;
    expect(mean / expectedValueNext(model, customer, 39)).toBeCloseTo(1, 2);
  });

  it('has quantiles that its distribution gives back, and 0 below the jump', () => {
    const cdf = nextValueCdf(model, customer, 39);
    for (const share of [0.6, 0.9, 0.99]) expect(cdf(nextValueQuantile(cdf, share))).toBeCloseTo(share, 9);
    expect(nextValueQuantile(cdf, cdf(0) / 2)).toBe(0);
  });
});
