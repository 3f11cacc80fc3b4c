/** Customers as rows, through the encoder that serves, beside what came of them. */
import { expectedOrdersNext, type OrderHistory } from '../../../decisioning/scoring/lifetime/bg-nbd.ts';
import type { Customer, LifetimeModel } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { expectedValueNext } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { nextOrderCounts } from '../../../decisioning/scoring/lifetime/order-counts.ts';
import type { ModelInput } from '../../../decisioning/scoring/manifest.ts';
import { encodeInto } from '../../../decisioning/scoring/vector.ts';
import { logOdds } from '../predictor.ts';
import type { Rows } from '../rows.ts';
import { fitBgNbd, fitGammaGamma } from './fit.ts';
import { COLUMNS } from './graph.ts';
import { customersOn, DAYS_PER_WEEK, type OrderBook, ordersAfter } from './orders.ts';

export interface Samples {
  readonly ids: readonly string[];
  readonly rows: Rows;
  /** As the models see them, read back from the row. */
  readonly customers: readonly Customer[];
  /** By attribute path, as a shop would have them. */
  readonly attributes: readonly ReadonlyMap<string, unknown>[];
  /** What the horizon brought: orders and their value. */
  readonly orders: Float64Array;
  readonly values: Float64Array;
}

/** Both models of the customers who had ordered by that day; order values from all orders, the first included, since all of them are known. */
export function fitModels(book: OrderBook, day: number): LifetimeModel {
  const customers = customersOn(book, day);
  const seen = customers.map(({ history, meanValue }) => ({ orders: history.repeats + 1, meanValue }));
  return { orders: fitBgNbd(customers.map(({ history }) => history)).model, values: fitGammaGamma(seen).model };
}

/** Everybody who had ordered by that day, and what the days after it brought. */
export function samplesOn(inputs: readonly ModelInput[], book: OrderBook, day: number, days: number): Samples {
  const found = customersOn(book, day);
  const values = new Float64Array(found.length * COLUMNS.length);
  const attributes = found.map(({ history, meanValue }) => {
    const age = Math.round(history.age * DAYS_PER_WEEK);
    const numbers = [history.repeats + 1, age, age - Math.round(history.lastAt * DAYS_PER_WEEK), meanValue];
    return new Map<string, unknown>(inputs.map(({ attribute }, i) => [attribute, numbers[i]]));
  });
  for (const [i, known] of attributes.entries()) {
    encodeInto(values, i * COLUMNS.length, inputs, (path) => known.get(path));
  }
  const came = found.map(({ id }) => ordersAfter(book, id, day, days));
  return {
    ids: found.map(({ id }) => id),
    rows: { values, width: COLUMNS.length },
    customers: found.map((_, i) => customerOf(values.subarray(i * COLUMNS.length, (i + 1) * COLUMNS.length))),
    attributes,
    orders: Float64Array.from(came, ({ orders }) => orders),
    values: Float64Array.from(came, ({ value }) => value),
  };
}

/** One after the other. */
export function joinSamples(parts: readonly Samples[]): Samples {
  const joined = (of: (part: Samples) => Float64Array) => Float64Array.from(parts.flatMap((part) => [...of(part)]));
  return {
    ids: parts.flatMap(({ ids }) => ids),
    rows: { values: joined(({ rows }) => rows.values), width: COLUMNS.length },
    customers: parts.flatMap(({ customers }) => customers),
    attributes: parts.flatMap(({ attributes }) => attributes),
    orders: joined(({ orders }) => orders),
    values: joined(({ values }) => values),
  };
}

function customerOf([orders, firstDaysAgo, lastDaysAgo, meanValue]: Float64Array): Customer {
  const history: OrderHistory = {
    repeats: Math.max(0, orders! - 1),
    lastAt: Math.max(0, firstDaysAgo! - lastDaysAgo!) / DAYS_PER_WEEK,
    age: firstDaysAgo! / DAYS_PER_WEEK,
  };
  return { history, values: { orders: orders!, meanValue: meanValue! } };
}

/** What the parameters alone foretell of each. */
export interface Foretold {
  readonly orders: Float64Array;
  readonly values: Float64Array;
  /** Log-odds of an order at least. */
  readonly returns: Float64Array;
}

export function foretell(model: LifetimeModel, { customers }: Samples, days: number): Foretold {
  const weeks = days / DAYS_PER_WEEK;
  return {
    orders: Float64Array.from(customers, ({ history }) => expectedOrdersNext(model.orders, history, weeks)),
    values: Float64Array.from(customers, (customer) => expectedValueNext(model, customer, weeks)),
    returns: Float64Array.from(customers, ({ history }) =>
      logOdds(1 - nextOrderCounts(model.orders, history, weeks, 0)[0]!),
    ),
  };
}
