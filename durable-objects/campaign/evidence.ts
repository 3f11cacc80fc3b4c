/** What a root knows: the latest word of each shard about each cell, and the sums over all of them. */
import type { CampaignStatistics } from '../../decisioning/bandits/allocation.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import {
  COLUMNS,
  differenceOf,
  isExact,
  PLACEHOLDERS,
  REPLACED,
  SELECTED,
  type StatisticsRow,
  SUMMED,
  statisticsOf,
  valuesOf,
} from './columns.ts';
import { notLeftOut, readLeftOut } from './left-out.ts';
import { HOURLY_DAYS, type ShardReport, type StatisticsCell } from './protocol.ts';

/** Most cells in a view: about 12 MB, well under what a call between objects carries. */
export const MAX_VIEW_CELLS = 50_000;
const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;
/** Widths of a view's old buckets and of its recent ones, tried in turn until the view is small enough; in hours. */
const VIEW_WIDTHS: readonly (readonly [oldHours: number, recentHours: number])[] = [
  [HOURS_PER_DAY, 1],
  [HOURS_PER_DAY, HOURS_PER_DAY],
  [30 * HOURS_PER_DAY, 30 * HOURS_PER_DAY],
  // The last takes everything together: one cell per leaf and arm.
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
];

/**
 * Takes over every cell that the report knows better, and keeps the totals in step. Runs inside the caller's transaction.
 *
 * Hour buckets are kept for ever: a cell is some 150 bytes, so ten arms in two leaves take about 26 MB a year and shard.
 *
 * @returns whether any sum changed
 */
export function mergeReport(sql: SqlStorage, report: ShardReport): boolean {
  const gains = new Map<string, { leaf: string; arm: string; gain: ArmStatistics; exact: boolean }>();
  for (const cell of report.cells) {
    const { leaf, arm, hour, statistics } = cell;
    const known = knownCell(sql, cell, report.shard);
    if (known && known.seq >= report.seq) continue;
    // Also when the sums are what they were: the row must remember the seq, or a report from in between would be taken for newer.
    sql.exec(
      `INSERT INTO cells (leaf, arm, hour, shard, seq, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ${PLACEHOLDERS})
       ON CONFLICT (leaf, arm, hour, shard) DO UPDATE SET seq = excluded.seq, ${REPLACED}`,
      leaf,
      arm,
      hour,
      report.shard,
      report.seq,
      ...valuesOf(statistics),
    );
    const key = JSON.stringify([leaf, arm]);
    const before = gains.get(key) ?? { gain: emptyStatistics, exact: true };
    const gain = addStatistics(before.gain, differenceOf(statistics, known ? statisticsOf(known) : emptyStatistics));
    gains.set(key, { leaf, arm, gain, exact: before.exact && isExact(gain) });
  }
  const changed = [...gains.values()].filter(
    ({ gain, exact }) => !exact || valuesOf(gain).some((value) => value !== 0),
  );
  for (const { leaf, arm, gain, exact } of changed) gainTotal(sql, leaf, arm, exact ? gain : undefined);
  return changed.length > 0;
}

/**
 * Adds to a total, or adds its cells up anew where the gain is unknown. A total that is held at its bound has lost what lay beyond, so that it is
 * always added up anew: whatever the order of reports, a total is the sum of its cells, held at the bound.
 */
function gainTotal(sql: SqlStorage, leaf: string, arm: string, gain: ArmStatistics | undefined): void {
  const before = sql
    .exec<StatisticsRow>(`SELECT ${SELECTED} FROM totals WHERE leaf = ? AND arm = ?`, leaf, arm)
    .toArray()[0];
  const known = before ? statisticsOf(before) : emptyStatistics;
  const added = gain && isExact(known) ? addStatistics(known, gain) : undefined;
  const total =
    added && isExact(added)
      ? added
      : statisticsOf(
          sql.exec<StatisticsRow>(`SELECT ${SUMMED} FROM cells WHERE leaf = ? AND arm = ?`, leaf, arm).one(),
        );
  sql.exec(
    `INSERT INTO totals (leaf, arm, ${COLUMNS}) VALUES (?, ?, ${PLACEHOLDERS})
     ON CONFLICT (leaf, arm) DO UPDATE SET ${REPLACED}`,
    leaf,
    arm,
    ...valuesOf(total),
  );
}

function knownCell(
  sql: SqlStorage,
  cell: StatisticsCell,
  shard: number,
): (StatisticsRow & { seq: number }) | undefined {
  return sql
    .exec<StatisticsRow & { seq: number }>(
      `SELECT seq, ${SELECTED} FROM cells WHERE leaf = ? AND arm = ? AND hour = ? AND shard = ?`,
      cell.leaf,
      cell.arm,
      cell.hour,
      shard,
    )
    .toArray()[0];
}

/** All evidence of a campaign: sums per leaf and arm over all shards and hours, or the hours that were not over by `sinceMs`; those left out are not among them. */
export function readTotals(sql: SqlStorage, sinceMs?: number): CampaignStatistics {
  const totals = new Map<string, Map<string, ArmStatistics>>();
  type Row = StatisticsRow & { leaf: string; arm: string };
  const rows =
    sinceMs === undefined && readLeftOut(sql).length === 0
      ? sql.exec<Row>(`SELECT leaf, arm, ${SELECTED} FROM totals`)
      : sql.exec<Row>(
          `SELECT leaf, arm, ${SUMMED} FROM cells WHERE hour >= ? AND ${notLeftOut('cells')} GROUP BY leaf, arm`,
          Math.floor((sinceMs ?? 0) / HOUR_MS),
        );
  for (const row of rows) {
    const arms = totals.get(row.leaf) ?? new Map<string, ArmStatistics>();
    totals.set(row.leaf, arms.set(row.arm, statisticsOf(row)));
  }
  return totals;
}

/**
 * The course over time, all shards merged, ordered by leaf, arm and hour. Hours before the last {@link HOURLY_DAYS} days are merged
 * into UTC days; when that is still more than `maxCells`, into wider buckets. No sum is lost: only the grain of time is.
 */
export function readCells(sql: SqlStorage, nowMs: number, maxCells = MAX_VIEW_CELLS): readonly StatisticsCell[] {
  // The boundary falls between two days, so that no day is half hours and half a bucket.
  const nowDay = Math.floor(nowMs / 86_400_000);
  const recentFromHour = (nowDay - HOURLY_DAYS) * HOURS_PER_DAY;
  let rows: (StatisticsRow & { leaf: string; arm: string; bucket: number })[] = [];
  for (const [index, [oldHours, recentHours]] of VIEW_WIDTHS.entries()) {
    // The widest view is taken whole: it holds no more cells than the campaign ever had arms in leaves.
    const limit = index === VIEW_WIDTHS.length - 1 ? -1 : maxCells + 1;
    rows = sql
      .exec<(typeof rows)[number]>(
        `SELECT leaf, arm, hour - hour % CASE WHEN hour < ? THEN ? ELSE ? END AS bucket, ${SUMMED} FROM cells
         GROUP BY leaf, arm, bucket ORDER BY leaf, arm, bucket LIMIT ?`,
        recentFromHour,
        oldHours,
        recentHours,
        limit,
      )
      .toArray();
    if (rows.length <= maxCells) break;
  }
  return rows.map((row) => ({ leaf: row.leaf, arm: row.arm, hour: row.bucket, statistics: statisticsOf(row) }));
}
