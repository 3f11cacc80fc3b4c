/** Statistics as columns of a table: one integer column per sum, in the order of `STATISTIC_FIELDS`. */
import { type ArmStatistics, STATISTIC_FIELDS } from '../../decisioning/bandits/statistics.ts';

type Field = (typeof STATISTIC_FIELDS)[number];

const COLUMN_OF: Readonly<Record<Field, string>> = {
  exposures: 'exposures',
  trials: 'trials',
  conversions: 'conversions',
  revenueMinor: 'revenue_minor',
  customers: 'customers',
  convertedCustomers: 'converted_customers',
  customerRevenueMinor: 'customer_revenue_minor',
};
const columns = STATISTIC_FIELDS.map((field) => COLUMN_OF[field]);

/** `exposures, trials, …`: for INSERT. */
export const COLUMNS = columns.join(', ');
/** `?, ?, …`: one placeholder per column. */
export const PLACEHOLDERS = columns.map(() => '?').join(', ');
/** `exposures AS exposures, revenue_minor AS revenueMinor, …`: for SELECT. */
export const SELECTED = STATISTIC_FIELDS.map((field) => `${COLUMN_OF[field]} AS ${field}`).join(', ');
/**
 * Held at ±(2^53 − 1), as `saturated` does: the tables refuse what is more. Two such integers do not overflow SQLite's 64 bits; `SUM` of a thousand
 * would, and throws, so that groups are added with `TOTAL`, which is exact up to there.
 */
const held = (sum: string) => `max(min(${sum}, ${Number.MAX_SAFE_INTEGER}), ${Number.MIN_SAFE_INTEGER})`;
/** `max(min(TOTAL(exposures), …), …) AS exposures, …`: for SELECT over groups. */
export const SUMMED = STATISTIC_FIELDS.map((field) => `${held(`TOTAL(${COLUMN_OF[field]})`)} AS ${field}`).join(', ');
/** `exposures = max(min(exposures + excluded.exposures, …), …), …`: for the UPDATE half of an upsert that adds. */
export const ADDED = columns.map((column) => `${column} = ${held(`${column} + excluded.${column}`)}`).join(', ');
/** `exposures = excluded.exposures, …`: for the UPDATE half of an upsert that replaces. */
export const REPLACED = columns.map((column) => `${column} = excluded.${column}`).join(', ');

/** A row of {@link SELECTED} or {@link SUMMED} columns: each sum under its own name. */
export type StatisticsRow = Record<Field, number>;

/** The sums of a row, without whatever else it holds. */
export function statisticsOf(row: StatisticsRow): ArmStatistics {
  return Object.fromEntries(STATISTIC_FIELDS.map((field) => [field, row[field]])) as unknown as ArmStatistics;
}

/** The sums as bound values, in the order of {@link COLUMNS}. */
export function valuesOf(statistics: ArmStatistics): number[] {
  return STATISTIC_FIELDS.map((field) => statistics[field]);
}

/** The sums of a list in the order of {@link COLUMNS}. */
export function statisticsFrom(values: readonly number[]): ArmStatistics {
  return Object.fromEntries(STATISTIC_FIELDS.map((field, i) => [field, values[i]])) as unknown as ArmStatistics;
}

/** Whether every sum is what was added up, and none is held at its bound. */
export function isExact(statistics: ArmStatistics): boolean {
  return valuesOf(statistics).every((value) => Math.abs(value) < Number.MAX_SAFE_INTEGER);
}

/** `a − b`, sum by sum. */
export function differenceOf(a: ArmStatistics, b: ArmStatistics): ArmStatistics {
  const difference = STATISTIC_FIELDS.map((field) => [field, a[field] - b[field]]);
  return Object.fromEntries(difference) as unknown as ArmStatistics;
}
