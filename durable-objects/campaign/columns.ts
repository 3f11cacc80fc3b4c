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
/** `SUM(exposures) AS exposures, …`: for SELECT over groups. */
export const SUMMED = STATISTIC_FIELDS.map((field) => `SUM(${COLUMN_OF[field]}) AS ${field}`).join(', ');
/** `exposures = exposures + excluded.exposures, …`: for the UPDATE half of an upsert that adds. */
export const ADDED = columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
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

/** `a − b`, sum by sum. */
export function differenceOf(a: ArmStatistics, b: ArmStatistics): ArmStatistics {
  const difference = STATISTIC_FIELDS.map((field) => [field, a[field] - b[field]]);
  return Object.fromEntries(difference) as unknown as ArmStatistics;
}
