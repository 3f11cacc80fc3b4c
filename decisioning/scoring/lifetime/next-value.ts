/** What a customer brings in a time to come: orders times what they are worth, as a mean and as a distribution. */
import { type BgNbd, expectedOrdersNext, type OrderHistory } from './bg-nbd.ts';
import { expectedOrderValue, type GammaGamma, type OrderValues, totalValueCdf } from './gamma-gamma.ts';
import { nextOrderCounts } from './order-counts.ts';

/** Both models of a shop's customers; they take orders and their values to be independent. */
export interface LifetimeModel {
  readonly orders: BgNbd;
  readonly values: GammaGamma;
}

export interface Customer {
  readonly history: OrderHistory;
  readonly values: OrderValues;
}

/** Orders in the future beyond this many are counted as this many: one customer in a million of the shops it was tried on. */
export const MAX_NEXT_ORDERS = 400;
/** Halvings of the bracket around a quantile: to 1e-12 of it. */
const MAX_HALVINGS = 60;

/** E[value of the orders within the next `time`], in the unit of the order values. */
export function expectedValueNext({ orders, values }: LifetimeModel, customer: Customer, time: number): number {
  return expectedOrdersNext(orders, customer.history, time) * expectedOrderValue(values, customer.values);
}

/**
 * P(value of the orders within the next `time` ≤ total), as a function of the total; the jump at 0 is P(no order).
 *
 * @returns a function of totals ≥ 0; those below are impossible and give 0.
 */
export function nextValueCdf(model: LifetimeModel, customer: Customer, time: number): (total: number) => number {
  const counts = nextOrderCounts(model.orders, customer.history, time, MAX_NEXT_ORDERS);
  return (total) => {
    if (!(total >= 0)) return 0;
    let sum = counts[0]!;
    if (total === 0) return sum;
    for (let n = 1; n < counts.length; n++) {
      // What is as good as impossible is not worth its incomplete beta function.
      if (counts[n]! > 1e-12) sum += counts[n]! * totalValueCdf(model.values, customer.values, n, total);
    }
    return Math.min(1, sum);
  };
}

/** The smallest total with P(value ≤ total) ≥ `share`, share in (0, 1): 0 where P(no order) alone reaches it. */
export function nextValueQuantile(cdf: (total: number) => number, share: number): number {
  if (cdf(0) >= share) return 0;
  let high = 1;
  while (cdf(high) < share && high < Number.MAX_SAFE_INTEGER) high *= 2;
  let low = 0;
  for (let i = 0; i < MAX_HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < share) low = middle;
    else high = middle;
  }
  return high;
}
