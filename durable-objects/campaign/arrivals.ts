/** What arrives of a campaign's feedback hour by hour, written down where the campaign is watched. */
import { SOURCE_NAMES } from '../../decisioning/bandits/source-sums.ts';
import { BAND_HOURS } from '../../decisioning/evaluation/anomalies-baseline.ts';
import {
  ALL_PART,
  type Arrived,
  type ArrivedByPart,
  type ArrivedHour,
  addArrived,
  arrivedOf,
} from '../../decisioning/evaluation/anomalies-counts.ts';
import { parseVector } from './vectors.ts';

/** Parts that are written down for an hour, those of the most trials: 64 kB an hour at most, 20 MB in all. */
const MAX_KEPT_PARTS = 600;

/** The hour that is open. */
export interface OpenHour {
  readonly hour: number;
  readonly lookedAtMs: number;
}

/** The open hour; undefined before the first. */
export function openHour(sql: SqlStorage): OpenHour | undefined {
  // Asked with every report: what was counted before stays on disk.
  return sql
    .exec<{ hour: number; lookedAtMs: number }>('SELECT hour, looked_at_ms AS lookedAtMs FROM watch')
    .toArray()[0];
}

/** What has arrived in the hour that is open. */
export function arrivedInOpenHour(sql: SqlStorage, counted: ArrivedByPart): ArrivedByPart {
  const { before } = sql.exec<{ before: string }>('SELECT before FROM watch').one();
  return arrivedSince(JSON.parse(before) as ArrivedByPart, counted);
}

/** Opens an hour: what arrives from now on belongs to it. */
export function openNext(sql: SqlStorage, hour: number, counted: ArrivedByPart): void {
  sql.exec(
    `INSERT INTO watch (id, hour, before) VALUES (1, ?1, ?2)
     ON CONFLICT (id) DO UPDATE SET hour = ?1, before = ?2, looked_at_ms = 0`,
    hour,
    JSON.stringify(counted),
  );
}

/** All that was ever counted, by part: the arms of a policy, their leaves and sources. */
export function countedByPart(sql: SqlStorage, armIds: readonly string[]): ArrivedByPart {
  const known = new Set(armIds);
  const parts = new Map<string, Arrived>();
  const note = (part: string, own: Arrived) => {
    const before = parts.get(part);
    parts.set(part, before ? addArrived(before, own) : own);
  };
  type Row = { leaf: string; arm: string } & Record<keyof Arrived, number>;
  for (const { leaf, arm, ...own } of sql.exec<Row>(
    'SELECT leaf, arm, exposures, trials, conversions, revenue_minor AS revenueMinor FROM totals',
  )) {
    if (!known.has(arm)) continue;
    for (const part of [ALL_PART, `arm:${arm}`, `leaf:${leaf}`]) note(part, own);
  }
  for (const { arm, name, sums } of sql.exec<{ arm: string; name: string; sums: string }>(
    'SELECT arm, name, sums FROM vector_totals WHERE name >= ? AND name < ? AND length = 3',
    SOURCE_NAMES.from,
    SOURCE_NAMES.until,
  )) {
    const [trials = 0, conversions = 0, revenueMinor = 0] = parseVector(sums);
    if (known.has(arm)) note(name, { exposures: trials, trials, conversions, revenueMinor });
  }
  const kept = [...parts].sort(([, a], [, b]) => b.trials - a.trials).slice(0, MAX_KEPT_PARTS);
  return Object.fromEntries(kept);
}

/** What came since; parts of which nothing did are left out. A part whose arm is gone has nothing. */
function arrivedSince(before: ArrivedByPart, counted: ArrivedByPart): ArrivedByPart {
  const parts: Record<string, Arrived> = {};
  const isFull = Object.keys(before).length >= MAX_KEPT_PARTS;
  for (const [part, now] of Object.entries(counted)) {
    // It was passed over when the hour began: how much of it came since is not known.
    if (isFull && !Object.hasOwn(before, part)) continue;
    const then = arrivedOf(before, part);
    const gain: Arrived = {
      exposures: now.exposures - then.exposures,
      trials: now.trials - then.trials,
      conversions: now.conversions - then.conversions,
      revenueMinor: now.revenueMinor - then.revenueMinor,
    };
    if (Object.values(gain).some((value) => value !== 0)) parts[part] = gain;
  }
  return parts;
}

/** Writes an hour down that is over, and the empty ones behind it up to `nextHour`; what no band remembers goes. */
export function closeHour(sql: SqlStorage, { hour, parts, odd }: ArrivedHour, nextHour: number): void {
  const write = (own: number, text: string, isOdd: boolean) =>
    sql.exec('INSERT OR REPLACE INTO watched_hours (hour, odd, parts) VALUES (?, ?, ?)', own, isOdd ? 1 : 0, text);
  write(hour, JSON.stringify(parts), odd === true);
  // Longer ago than the bands remember would be forgotten at once.
  for (let empty = Math.max(hour + 1, nextHour - BAND_HOURS); empty < nextHour; empty += 1)
    write(empty, '{}', odd === true);
  sql.exec('DELETE FROM watched_hours WHERE hour < ?', nextHour - BAND_HOURS);
}

/** Whether anything is to be expected: something arrived in the hours that are known, or fewer are than bands remember. */
export function isAlive(sql: SqlStorage): boolean {
  const { hours, full } = sql
    .exec<{ hours: number; full: number }>("SELECT count(*) AS hours, total(parts <> '{}') AS full FROM watched_hours")
    .one();
  return full > 0 || hours < BAND_HOURS;
}

/** Hours that are over, the earliest first. */
export function readHours(sql: SqlStorage): readonly ArrivedHour[] {
  return sql
    .exec<{ hour: number; odd: number; parts: string }>('SELECT hour, odd, parts FROM watched_hours ORDER BY hour')
    .toArray()
    .map(({ hour, odd, parts }) => ({
      hour,
      parts: JSON.parse(parts) as ArrivedByPart,
      ...(odd === 1 && { odd: true as const }),
    }));
}
