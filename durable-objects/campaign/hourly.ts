/** Evidence by the hour, all shards merged: for policies that weigh it by its age. */
import { areMoments } from '../../decisioning/bandits/linear/moments.ts';
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { EvidenceCell } from '../../decisioning/learning/weigh-evidence.ts';
import { type StatisticsRow, SUMMED, statisticsOf } from './columns.ts';
import { notLeftOut, readLeftOut, touchesLeftOut } from './left-out.ts';
import { amongNames, plainLengths } from './root-vectors.ts';
import { addSaturating, nameOf, parseVector } from './vectors.ts';

/** The last week is read by the hour, whatever the width of older buckets. */
const FINE_HOURS = 168;
/** Elements of vectors held at once: 32 MB of an isolate's 128. Where there are more, buckets get wider. */
const MAX_HELD_ELEMENTS = 4_000_000;
/** What is not enough four times over will do after this many steps: 4^6 hours are half a year. */
const MAX_WIDENINGS = 6;

/** What is read. */
export interface HourlyAsk {
  /** Older hours are left out. */
  readonly fromHour: number;
  readonly nowHour: number;
  /** Width of the buckets that hours before the last week are merged into, at least 1. */
  readonly widthHours: number;
  /** Width of the buckets that moments are counted in, at least 1. */
  readonly momentsHours: number;
  /** Named sums that are wanted. */
  readonly names: ReadonlySet<string>;
}

/** Cells, each with the middle hour of its bucket, cells of moments with their span, and how many rows and elements were read for them. */
export interface HourlyEvidence {
  readonly cells: readonly EvidenceCell[];
  readonly effort: number;
}

type Held = { leaf: string; arm: string; hour: number; hours: number; sums: Record<string, readonly number[]> };

/** Reads evidence by the hour. Buckets are wider than asked for where the vectors would not fit into memory. */
export function readHourly(sql: SqlStorage, ask: HourlyAsk, maxHeld = MAX_HELD_ELEMENTS): HourlyEvidence {
  let effort = 0;
  for (let widening = 0; ; widening += 1) {
    const widthHours = ask.widthHours * 4 ** widening;
    const read = readVectors(
      sql,
      { ...ask, widthHours },
      widening < MAX_WIDENINGS ? maxHeld : Number.POSITIVE_INFINITY,
    );
    effort += read.effort;
    if (!read.held) continue;
    const counted = readCounts(sql, { ...ask, widthHours });
    const cells = counted.cells.map((cell): EvidenceCell => {
      const key = keyOf(cell.leaf, cell.arm, cell.hour);
      const sums: SumsByName | undefined = read.held?.get(key)?.sums;
      read.held?.delete(key);
      return sums ? { ...cell, sums } : cell;
    });
    // Moments have cells of their own; so have sums of hours whose counts are not among these.
    const others = [...read.held.values()].map((own): EvidenceCell => ({ ...own, statistics: emptyStatistics }));
    return { cells: [...cells, ...others], effort: effort + counted.effort };
  }
}

function keyOf(leaf: string, arm: string, hour: number, hours = 1): string {
  return JSON.stringify([leaf, arm, hour, hours]);
}

/** Tables are read leaf by leaf and arm by arm, so that hours that are left out are passed over by their key. */
const KEYS = '(SELECT leaf AS l, arm AS a FROM totals) k';

/** The middle of the bucket that an hour belongs to; hours of the last week are buckets of their own. */
function bucketOf(hour: number, { fromHour, nowHour, widthHours }: HourlyAsk): number {
  if (hour > nowHour - FINE_HOURS) return hour;
  // Not before what is read: a bucket that is cut in two is its later part alone.
  return Math.max(fromHour, hour - (hour % widthHours) + Math.floor(widthHours / 2));
}

/** Moments are counted in buckets to begin with: they keep their span, so that whoever weighs them knows it. */
function spanOf(hour: number, { nowHour, widthHours, momentsHours }: HourlyAsk): Pick<Held, 'hour' | 'hours'> {
  const hours = hour > nowHour - FINE_HOURS ? momentsHours : Math.max(momentsHours, widthHours);
  return { hour: hour - (hour % hours), hours };
}

function readCounts(sql: SqlStorage, ask: HourlyAsk): HourlyEvidence {
  type Row = StatisticsRow & { leaf: string; arm: string; bucket: number };
  const fineFrom = ask.nowHour - FINE_HOURS;
  const cursor = sql.exec<Row>(
    `SELECT leaf, arm, CASE WHEN hour > ?1 THEN hour ELSE max(?4, hour - hour % ?2 + ?3) END AS bucket, ${SUMMED}
       FROM ${KEYS} CROSS JOIN cells ON leaf = k.l AND arm = k.a AND hour >= ?4
       WHERE ${notLeftOut('cells')} GROUP BY leaf, arm, bucket`,
    fineFrom,
    ask.widthHours,
    Math.floor(ask.widthHours / 2),
    ask.fromHour,
  );
  const cells = [...cursor].map((row) => ({
    leaf: row.leaf,
    arm: row.arm,
    hour: row.bucket,
    statistics: statisticsOf(row),
  }));
  return { cells, effort: cursor.rowsRead };
}

/** Vectors by cell; `held` is missing when they are more than `maxHeld` elements. */
function readVectors(
  sql: SqlStorage,
  ask: HourlyAsk,
  maxHeld: number,
): { readonly held?: Map<string, Held>; readonly effort: number } {
  const held = new Map<string, Held>();
  if (ask.names.size === 0) return { held, effort: 0 };
  type Row = { leaf: string; arm: string; hour: number; name: string; length: number; sums: string };
  const plain = plainLengths(sql);
  const leftOut = readLeftOut(sql);
  let [elements, effort] = [0, 0];
  const { where, bound } = amongNames(ask.names);
  const query = `SELECT leaf, arm, hour, name, length, sums
    FROM ${KEYS} CROSS JOIN vectors ON leaf = k.l AND arm = k.a AND hour >= ? WHERE ${where}`;
  // The bucket of moments in which the first hour lies began before it.
  for (const row of sql.exec<Row>(query, Math.max(0, ask.fromHour - ask.momentsHours + 1), ...bound)) {
    const moments = areMoments(row.name);
    if (!moments && row.hour < ask.fromHour) continue;
    // A bucket of moments goes whole: what of it came in hours that count cannot be told apart.
    if (touchesLeftOut(leftOut, row.hour, moments ? ask.momentsHours : 1)) continue;
    const { hour, hours } = moments ? spanOf(row.hour, ask) : { hour: bucketOf(row.hour, ask), hours: 1 };
    const key = keyOf(row.leaf, row.arm, hour, hours);
    const cell = held.get(key) ?? { leaf: row.leaf, arm: row.arm, hour, hours, sums: {} };
    held.set(key, cell);
    const name = nameOf(row, plain);
    const vector = parseVector(row.sums);
    const before = Object.hasOwn(cell.sums, name) ? cell.sums[name] : undefined;
    cell.sums[name] = before ? addSaturating(before, vector) : vector;
    effort += vector.length;
    elements += before ? 0 : vector.length;
    if (elements > maxHeld) return { effort };
  }
  return { held, effort };
}
