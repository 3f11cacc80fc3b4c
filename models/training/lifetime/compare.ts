/** The published hold-out period: parameters, boosting and both, over customers whose outcomes nobody was trained on. */
import { type LifetimeModel, nextValueCdf } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { nextOrderCounts } from '../../../decisioning/scoring/lifetime/order-counts.ts';
import { fitBoosting } from '../fit/boosting.ts';
import { randomFor } from '../random.ts';
import { type ForecastFigures, figuresOf } from './figures.ts';
import { fitCorrection } from './heads.ts';
import { DAYS_PER_WEEK, dayNumber, type OrderBook } from './orders.ts';
import { countTransform, distanceFromUniform, valueTransform } from './pit.ts';
import { fitModels, foretell, type Samples, samplesOn } from './samples.ts';
import type { LifetimeSpec } from './spec.ts';

export interface Compared {
  readonly name: string;
  readonly figures: ForecastFigures;
}

export interface Comparison {
  readonly customers: number;
  readonly rows: readonly Compared[];
  /** Of the parameters alone: orders foretold and orders that came. */
  readonly orders: { readonly foretold: number; readonly came: number };
  /** Kolmogorov and Smirnov's distance of the transforms from uniform. */
  readonly distances: { readonly orders: number; readonly values: number };
  /** Transforms of the orders, for the picture. */
  readonly transforms: readonly number[];
}

export function compare(spec: LifetimeSpec, trained: OrderBook, heldOut: OrderBook): Comparison {
  const { day, days, earlierDay, earlierDays } = spec.comparison;
  const at = (book: OrderBook, date: string, time: number) => samplesOn(spec.inputs, book, dayNumber(date), time);
  const test = at(heldOut, day, days);
  const train = at(trained, day, days);
  const earlier = at(trained, earlierDay, earlierDays);
  const model = fitModels(trained, dayNumber(day));
  const plain = foretell(model, test, days);
  const trainPlain = foretell(model, train, days);
  // As it would have been on the earlier day: with the parameters of then.
  const earlierPlain = foretell(fitModels(trained, dayNumber(earlierDay)), earlier, earlierDays);
  const times = (factor: { predict: (row: Float64Array, offset: number) => number }) =>
    plain.values.map((value, i) => value * factor.predict(test.rows.values, i * test.rows.width));
  const alone = fitBoosting(train.rows, train.values, { ...spec.correction, loss: 'squared', seed: spec.seed });
  const forecasts: readonly (readonly [string, ArrayLike<number>])[] = [
    ['BG/NBD × Gamma-Gamma', plain.values],
    ['the same × boosting, learned in an earlier period', times(fitCorrection(earlier, earlierPlain, spec))],
    ['the same × boosting, learned from other customers in this period', times(fitCorrection(train, trainPlain, spec))],
    [
      'boosting alone, from other customers in this period',
      test.values.map((_, i) => alone.predict(test.rows.values, i * test.rows.width)),
    ],
  ];
  const transforms = transformsOf(model, test, days, spec.seed);
  return {
    customers: test.ids.length,
    rows: forecasts.map(([name, foretold]) => ({
      name,
      figures: figuresOf({ foretold, came: test.values }, spec.seed),
    })),
    orders: { foretold: sum(plain.orders), came: sum(test.orders) },
    distances: {
      orders: distanceFromUniform(transforms.orders),
      values: distanceFromUniform(transforms.values),
    },
    transforms: transforms.orders,
  };
}

function transformsOf(model: LifetimeModel, samples: Samples, days: number, seed: number) {
  const weeks = days / DAYS_PER_WEEK;
  const random = randomFor(seed, 'transforms');
  const orders = samples.customers.map(({ history }, i) => {
    const came = samples.orders[i]!;
    return countTransform(nextOrderCounts(model.orders, history, weeks, came), came, random);
  });
  const values = samples.customers.map((customer, i) =>
    valueTransform(nextValueCdf(model, customer, weeks), samples.values[i]!, random),
  );
  return { orders, values };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
