/** From a shop's list of orders to what the customer models need to know of each customer on a day. */
import type { OrderHistory } from '../../../decisioning/scoring/lifetime/bg-nbd.ts';

/** What a customer ordered on one day; orders of the same day are one. */
export interface OrderDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly value: number;
}

/** Days with orders by customer, ascending. */
export type OrderBook = ReadonlyMap<string, readonly OrderDay[]>;

/** One customer on one day. Times are in weeks, as in the published fits. */
export interface CustomerOnDay {
  readonly id: string;
  readonly history: OrderHistory;
  /** Mean value of the days with orders after the first; 0 where there are none. */
  readonly meanRepeatValue: number;
  /** Mean value of all days with orders so far. */
  readonly meanValue: number;
}

const DAY_MS = 86_400_000;
export const DAYS_PER_WEEK = 7;

/** `19970930` or `1997-09-30` as days since 1970-01-01. @throws RangeError if it is no date. */
export function dayNumber(date: string): number {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date) ?? [];
  const ms = year === undefined ? Number.NaN : Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (Number.isNaN(ms)) throw new RangeError(`"${date}" is no date`);
  return ms / DAY_MS;
}

/** Where a line says what: places of its columns, from 0. */
export interface OrderColumns {
  readonly customer: number;
  readonly date: number;
  readonly value: number;
  /** The first line names the columns. */
  readonly header?: boolean;
}

/**
 * Reads lines of columns between spaces.
 *
 * @throws RangeError naming the line that lacks one of them.
 */
export function readOrders(text: string, columns: OrderColumns): OrderBook {
  const book = new Map<string, Map<number, number>>();
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.trim().split(/\s+/);
    if (words.length < 2 || (columns.header && i === 0)) continue;
    const [customer, date, value] = [words[columns.customer], words[columns.date], Number(words[columns.value])];
    if (customer === undefined || date === undefined || Number.isNaN(value)) {
      throw new RangeError(`orders, line ${i + 1}: wants a customer, a date and a value`);
    }
    const days = book.get(customer) ?? new Map<number, number>();
    book.set(customer, days);
    const day = dayNumber(date);
    days.set(day, (days.get(day) ?? 0) + value);
  }
  return new Map(
    [...book].map(([customer, days]) => [
      customer,
      [...days].map(([day, value]) => ({ day, value })).toSorted((a, b) => a.day - b.day),
    ]),
  );
}

/** Everybody who had ordered by the end of that day. */
export function customersOn(book: OrderBook, day: number): CustomerOnDay[] {
  return [...book].flatMap(([id, days]) => {
    const seen = days.filter((order) => order.day <= day);
    const [first, ...repeats] = seen;
    if (!first) return [];
    const history = {
      repeats: repeats.length,
      lastAt: (seen.at(-1)!.day - first.day) / DAYS_PER_WEEK,
      age: (day - first.day) / DAYS_PER_WEEK,
    };
    return [{ id, history, meanRepeatValue: meanOf(repeats), meanValue: meanOf(seen) }];
  });
}

/** What a customer ordered after that day, within as many days. */
export function ordersAfter(book: OrderBook, id: string, day: number, days: number): { orders: number; value: number } {
  const next = (book.get(id) ?? []).filter((order) => order.day > day && order.day <= day + days);
  return { orders: next.length, value: next.reduce((sum, { value }) => sum + value, 0) };
}

function meanOf(days: readonly OrderDay[]): number {
  return days.length === 0 ? 0 : days.reduce((sum, { value }) => sum + value, 0) / days.length;
}
