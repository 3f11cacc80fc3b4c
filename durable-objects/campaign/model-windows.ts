/** The latest trials of each version that scored a campaign's customers, as its root has heard of them. */
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import { ARM_SUMS_LENGTH } from '../../decisioning/scoring/watch/arm-sums.ts';
import {
  type NamedVersion,
  readSumsName,
  SCORE_KINDS,
  SCORE_SUMS_LENGTH,
  SUM_KINDS,
  type SumKind,
  sumsName,
} from '../../decisioning/scoring/watch/score-sums.ts';
import { isOfDevices } from '../../decisioning/strategies/strata.ts';
import type { ShardReport } from './protocol.ts';
import { parseVector } from './vectors.ts';

const HOUR_MS = 3_600_000;
/** How far back trials are looked for, in hours: a day, else a week, else the longest window of a goal. What is older says little of today. */
export const LOOK_BACK_HOURS = [24, 168, 2_160] as const;
/** Versions that a campaign remembers: some models, each with the versions of a year; more are not watched. */
export const MAX_WATCHED_VERSIONS = 200;

/** A version that scored here, and the first hour that it is judged by. */
export interface WatchedVersion extends NamedVersion {
  readonly sinceHour: number;
}

const isScoreKind = (kind: SumKind): boolean => (SCORE_KINDS as readonly SumKind[]).includes(kind);

/** Remembers the versions that a report speaks of. Runs inside the caller's transaction. */
export function noteModels(sql: SqlStorage, report: ShardReport): void {
  const names = new Set((report.vectors ?? []).map(({ name }) => name));
  for (const name of names) {
    const named = readSumsName(name);
    if (!named || !isScoreKind(named.kind)) continue;
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
  /** The same of those hours alone whose outcomes had time to come; absent where that was not asked for, or there are none. */
  readonly settled?: VersionSums['sums'];
  /** The model chooses the campaign's customers: its versions have each their own, and are not to be compared. */
  readonly selected?: true;
}

/** The last hour whose outcomes had time to come: an hour counts once its last trial had. */
export function lastSettledHour(nowMs: number, settleMs: number): number {
  return Math.floor((nowMs - settleMs) / HOUR_MS) - 1;
}

/**
 * What every version of a model came to here since an hour, leaf by leaf, customers of whom nobody knows who they are among the others; what devices
 * reported is not among it.
 *
 * @param settledHour the last hour of what is told as settled; nothing is when absent
 */
export function modelSums(
  sql: SqlStorage,
  model: string,
  fromHour: number,
  settledHour = Number.NEGATIVE_INFINITY,
): readonly VersionSums[] {
  type Cell = VersionSums & { sums: Record<string, readonly number[]>; settled?: Record<string, readonly number[]> };
  const cells = new Map<string, Cell>();
  for (const named of watchedVersions(sql)) {
    if (named.model !== model) continue;
    for (const [kind, name] of namesOf(named)) {
      const rows = sql.exec<{ leaf: string; hour: number; sums: string }>(
        `SELECT v.leaf, v.hour, v.sums FROM (SELECT DISTINCT leaf, arm FROM vector_totals WHERE name = ?1) k
           CROSS JOIN vectors v ON v.leaf = k.leaf AND v.arm = k.arm AND v.hour >= ?2 WHERE v.name = ?1`,
        name,
        fromHour,
      );
      for (const { leaf, hour, sums: text } of rows) {
        if (isOfDevices(leaf)) continue;
        const { version } = named;
        const cell = cells.get(`${version} ${leaf}`) ?? { leaf, model, version, sums: {} };
        cells.set(`${version} ${leaf}`, cell);
        addUnder(cell.sums, kind, parseVector(text));
        if (hour > settledHour) continue;
        cell.settled ??= {};
        addUnder(cell.settled, kind, parseVector(text));
      }
    }
  }
  return [...cells.values()];
}

/** Of unequal lengths under one kind the one that came first. */
function addUnder(all: Record<string, readonly number[]>, kind: SumKind, sums: readonly number[]): void {
  const before = all[kind];
  if (before && before.length !== sums.length) return;
  all[kind] = before ? addVectors(before, sums) : sums;
}

/** Every name that a version's sums have, by kind. */
function namesOf(named: NamedVersion): readonly (readonly [SumKind, string])[] {
  return SUM_KINDS.flatMap((kind) => [
    [kind, sumsName(kind, named)] as const,
    ...(isScoreKind(kind) ? [[kind, sumsName(kind, named, true)] as const] : []),
  ]);
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

/** The latest whole hours that hold so many trials under these names, or all there are; what devices reported is not among them. */
export function watchedHours(
  sql: SqlStorage,
  names: readonly string[],
  { nowHour, sinceHour, trials }: WindowAsk,
): readonly HourSums[] {
  for (const back of LOOK_BACK_HOURS) {
    const fromHour = Math.max(0, sinceHour, nowHour - back + 1);
    const hours = readHours(sql, names, fromHour, nowHour);
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

function readHours(
  sql: SqlStorage,
  names: readonly string[],
  fromHour: number,
  untilHour: number,
): readonly HourSums[] {
  const hours = new Map<number, Map<string, readonly number[]>>();
  for (const name of names) {
    // Arm by arm, so that older hours are passed over by the key.
    const rows = sql.exec<{ leaf: string; hour: number; sums: string }>(
      `SELECT v.leaf, v.hour, v.sums FROM (SELECT leaf, arm FROM vector_totals WHERE name = ?1 AND length = ?2) k
         CROSS JOIN vectors v ON v.leaf = k.leaf AND v.arm = k.arm AND v.hour >= ?3
       WHERE v.name = ?1 AND v.length = ?2 AND v.hour <= ?4`,
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
  }
  return [...hours].toSorted(([a], [b]) => b - a).map(([hour, byLeaf]) => ({ hour, byLeaf }));
}

const NOTHING: readonly number[] = new Array<number>(SCORE_SUMS_LENGTH).fill(0);

/** All leaves and hours together. */
export function sumOfHours(hours: readonly HourSums[]): readonly number[] {
  return hours.flatMap(({ byLeaf }) => [...byLeaf.values()]).reduce(addVectors, NOTHING);
}

/** The names of a version's scores of these kinds: of all customers, or of those alone of whom it is known who they are. */
export function scoreNames(
  named: NamedVersion,
  kinds: readonly (typeof SCORE_KINDS)[number][],
  knownOnly = false,
): readonly string[] {
  return kinds.flatMap((kind) => [sumsName(kind, named), ...(knownOnly ? [] : [sumsName(kind, named, true)])]);
}

/** What a version's choices among arms came to from one hour to another, leaf by leaf; what devices reported is not among it. */
export function armSumsByLeaf(
  sql: SqlStorage,
  name: string,
  fromHour: number,
  untilHour: number,
): ReadonlyMap<string, readonly number[]> {
  const leaves = new Map<string, readonly number[]>();
  const rows = sql.exec<{ leaf: string; sums: string }>(
    `SELECT v.leaf, v.sums FROM (SELECT leaf, arm FROM vector_totals WHERE name = ?1 AND length = ?2) k
       CROSS JOIN vectors v ON v.leaf = k.leaf AND v.arm = k.arm AND v.hour >= ?3
     WHERE v.name = ?1 AND v.length = ?2 AND v.hour <= ?4`,
    name,
    ARM_SUMS_LENGTH,
    fromHour,
    untilHour,
  );
  for (const { leaf, sums } of rows) {
    if (isOfDevices(leaf)) continue;
    const before = leaves.get(leaf);
    leaves.set(leaf, before ? addVectors(before, parseVector(sums)) : parseVector(sums));
  }
  return leaves;
}
