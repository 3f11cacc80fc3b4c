/** The latest trials of each version that scored a campaign's customers, as its root has heard of them. */
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import {
  type NamedVersion,
  readSumsName,
  SCORE_SUMS_LENGTH,
  SUM_KINDS,
  type SumKind,
  sumsName,
} from '../../decisioning/scoring/watch/score-sums.ts';
import { isOfDevices } from '../../decisioning/strategies/strata.ts';
import type { ShardReport } from './protocol.ts';
import { parseVector } from './vectors.ts';

/** How far back trials are looked for, in hours: a day, else a week, else the longest window of a goal. What is older says little of today. */
const LOOK_BACK_HOURS = [24, 168, 2_160] as const;
/** Versions that a campaign remembers: some models, each with the versions of a year; more are not watched. */
export const MAX_WATCHED_VERSIONS = 200;

/** A version that scored here, and the first hour that it is judged by. */
export interface WatchedVersion extends NamedVersion {
  readonly sinceHour: number;
}

/** Remembers the versions that a report speaks of. Runs inside the caller's transaction. */
export function noteModels(sql: SqlStorage, report: ShardReport): void {
  const names = new Set((report.vectors ?? []).map(({ name }) => name));
  for (const name of names) {
    const named = readSumsName(name);
    if (!named || named.kind === 'inputs') continue;
    sql.exec(
      `INSERT OR IGNORE INTO watched_models (model, version)
       SELECT ?, ? WHERE (SELECT count(*) FROM watched_models) < ?`,
      named.model,
      named.version,
      MAX_WATCHED_VERSIONS,
    );
  }
}

/** All versions that scored here, in the order of their names. */
export function watchedVersions(sql: SqlStorage): readonly WatchedVersion[] {
  return sql
    .exec<{ model: string; version: number; sinceHour: number }>(
      'SELECT model, version, since_hour AS sinceHour FROM watched_models ORDER BY model, version',
    )
    .toArray();
}

/** A version was called back: should it serve again, the trials of this hour and before are not held against it. */
export function forgiveUntil(sql: SqlStorage, { model, version }: NamedVersion, hour: number): void {
  sql.exec('UPDATE watched_models SET since_hour = ? WHERE model = ? AND version = ?', hour, model, version);
}

/** What a version's scores and inputs came to in one leaf. */
export interface VersionSums extends NamedVersion {
  readonly leaf: string;
  /** Vectors by kind; of unequal lengths under one name the one that is read first. */
  readonly sums: Readonly<Partial<Record<SumKind, readonly number[]>>>;
}

/** What every version of a model came to here since an hour, leaf by leaf; what devices reported is not among it. */
export function modelSums(sql: SqlStorage, model: string, fromHour: number): readonly VersionSums[] {
  const cells = new Map<
    string,
    { leaf: string; model: string; version: number; sums: Record<string, readonly number[]> }
  >();
  for (const named of watchedVersions(sql)) {
    if (named.model !== model) continue;
    for (const kind of SUM_KINDS) {
      const rows = sql.exec<{ leaf: string; sums: string }>(
        `SELECT v.leaf, v.sums FROM (SELECT DISTINCT leaf, arm FROM vector_totals WHERE name = ?1) k
           CROSS JOIN vectors v ON v.leaf = k.leaf AND v.arm = k.arm AND v.hour >= ?2 WHERE v.name = ?1`,
        sumsName(kind, named),
        fromHour,
      );
      for (const { leaf, sums: text } of rows) {
        if (isOfDevices(leaf)) continue;
        const { version } = named;
        const cell = cells.get(`${version} ${leaf}`) ?? { leaf, model, version, sums: {} };
        cells.set(`${version} ${leaf}`, cell);
        const [before, sums] = [cell.sums[kind], parseVector(text)];
        if (before && before.length !== sums.length) continue;
        cell.sums[kind] = before ? addVectors(before, sums) : sums;
      }
    }
  }
  return [...cells.values()];
}

/** Score sums by hour, the latest first, of every leaf. */
export interface HourSums {
  readonly hour: number;
  readonly byLeaf: ReadonlyMap<string, readonly number[]>;
}

/** What is asked of a version's hours. */
export interface WindowAsk {
  /** The last hour that is looked at. */
  readonly nowHour: number;
  /** Hours from here on; older ones are left out. */
  readonly sinceHour: number;
  /** As many trials as are wanted: hours behind them are left out. */
  readonly trials: number;
}

/** The latest whole hours of a version that hold so many trials, or all there are; what devices reported is not among them. */
export function watchedHours(
  sql: SqlStorage,
  name: string,
  { nowHour, sinceHour, trials }: WindowAsk,
): readonly HourSums[] {
  for (const back of LOOK_BACK_HOURS) {
    const fromHour = Math.max(0, sinceHour, nowHour - back + 1);
    const hours = readHours(sql, name, fromHour, nowHour);
    let [found, used] = [0, 0];
    for (const { byLeaf } of hours) {
      if (found >= trials) break;
      used += 1;
      for (const sums of byLeaf.values()) found += sums[0]!;
    }
    if (found >= trials || fromHour === sinceHour || back === LOOK_BACK_HOURS.at(-1)) return hours.slice(0, used);
  }
  return [];
}

function readHours(sql: SqlStorage, name: string, fromHour: number, untilHour: number): readonly HourSums[] {
  const hours = new Map<number, Map<string, readonly number[]>>();
  // Arm by arm, so that older hours are passed over by the key.
  const rows = sql.exec<{ leaf: string; hour: number; sums: string }>(
    `SELECT v.leaf, v.hour, v.sums FROM (SELECT leaf, arm FROM vector_totals WHERE name = ?1 AND length = ?2) k
       CROSS JOIN vectors v ON v.leaf = k.leaf AND v.arm = k.arm AND v.hour >= ?3
     WHERE v.name = ?1 AND v.length = ?2 AND v.hour <= ?4 ORDER BY v.hour DESC`,
    name,
    SCORE_SUMS_LENGTH,
    fromHour,
    untilHour,
  );
  for (const { leaf, hour, sums } of rows) {
    if (isOfDevices(leaf)) continue;
    const byLeaf = hours.get(hour) ?? new Map<string, readonly number[]>();
    hours.set(hour, byLeaf);
    const before = byLeaf.get(leaf);
    byLeaf.set(leaf, before ? addVectors(before, parseVector(sums)) : parseVector(sums));
  }
  return [...hours].map(([hour, byLeaf]) => ({ hour, byLeaf }));
}

const NOTHING: readonly number[] = new Array<number>(SCORE_SUMS_LENGTH).fill(0);

/** All leaves and hours together. */
export function sumOfHours(hours: readonly HourSums[]): readonly number[] {
  return hours.flatMap(({ byLeaf }) => [...byLeaf.values()]).reduce(addVectors, NOTHING);
}

/** Each leaf's own sums over the hours. */
export function sumsByLeaf(hours: readonly HourSums[]): ReadonlyMap<string, readonly number[]> {
  const leaves = new Map<string, readonly number[]>();
  for (const { byLeaf } of hours)
    for (const [leaf, sums] of byLeaf) leaves.set(leaf, addVectors(leaves.get(leaf) ?? NOTHING, sums));
  return leaves;
}

/** The name under which a version's scores are judged by outcomes, and the one under which they are not. */
export function scoreNames(named: NamedVersion): readonly [judged: string, unjudged: string] {
  return [sumsName('model', named), sumsName('scores', named)];
}
