/** Watches a campaign's feedback: what arrives is written down by the hour, judged, told, and where the campaign says so held back from learning. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { type Anomaly, findAnomalies, LOOKS_PER_HOUR } from '../../decisioning/evaluation/anomalies.ts';
import { type Baseline, baselineOf, MIN_BAND_HOURS } from '../../decisioning/evaluation/anomalies-baseline.ts';
import type { ArrivedByPart } from '../../decisioning/evaluation/anomalies-counts.ts';
import type { WatchRules } from '../../decisioning/learning/rules.ts';
import type { Alert } from '../publisher/protocol.ts';
import {
  arrivedInOpenHour,
  closeHour,
  countedByPart,
  isAlive,
  type OpenHour,
  openHour,
  openNext,
  readHours,
} from './arrivals.ts';
import { beginHold, readHold } from './hold.ts';
import type { LearningView } from './learning-view.ts';
import { isLeftOut, readLeftOut } from './left-out.ts';

const HOUR_MS = 3_600_000;
const DAY_LENGTH = 10;
/** Between two looks at an open hour: as many looks as the level of the tests is shared among. */
const LOOK_EVERY_MS = HOUR_MS / LOOKS_PER_HOUR;
/** After the hour, for what the shards report of its last second. */
const CLOSE_AFTER_MS = 5_000;
/** Alerts of one look, those least likely first: what is behind them has the same cause. */
const MAX_ALERTS_PER_LOOK = 8;
/** Alerts that wait to be told: ten looks' worth while the publisher is down. The same thing odd again on the same day is the same alert. */
const MAX_WAITING_ALERTS = 80;

/** What one hour is judged by, remembered while the hour lasts; not stored. */
export class BaselineMemory {
  #known: { readonly hour: number; readonly baseline: Baseline | null } | undefined;

  of(sql: SqlStorage, hour: number): Baseline | null {
    if (this.#known?.hour !== hour) this.#known = { hour, baseline: baselineOf(readHours(sql), hour) };
    return this.#known.baseline;
  }

  forget(): void {
    this.#known = undefined;
  }
}

/** Who watches what. */
export interface WatchContext {
  readonly sql: SqlStorage;
  readonly policy: CampaignPolicy;
  readonly memory: BaselineMemory;
  readonly nowMs: number;
}

/**
 * Closes the hours that are over. To be called before anything new is counted, so that nothing counts in an hour in which it did not arrive. Runs inside
 * the caller's transaction.
 */
export function closeHours(context: WatchContext): void {
  const { sql, policy, nowMs, memory } = context;
  const watch = policy.learning?.watch;
  if (!watch) return;
  const hour = Math.floor(nowMs / HOUR_MS);
  const open = openHour(sql);
  if (open && open.hour >= hour) return;
  const counted = countedByPart(sql, policy.armIds);
  if (open) {
    const parts = arrivedInOpenHour(sql, counted);
    const isOdd = readHold(sql) !== null || isLeftOut(sql, open.hour);
    const found = isOdd ? [] : judge(context, open, parts, 1);
    closeHour(sql, { hour: open.hour, parts, ...((isOdd || found.length > 0) && { odd: true }) }, hour);
    act(context, watch, found, open.hour);
    // What was published by now is built on hours in which nothing was odd.
    if (!isOdd && found.length === 0) sql.exec('UPDATE watch SET good = (SELECT allocation FROM root)');
  }
  openNext(sql, hour, counted);
  memory.forget();
}

/** Looks at the hour that is open, unless it did a moment ago. Runs inside the caller's transaction. */
export function look(context: WatchContext): void {
  closeHours(context);
  const { sql, policy, nowMs } = context;
  const watch = policy.learning?.watch;
  const open = openHour(sql);
  if (!watch || !open || nowMs - open.lookedAtMs < LOOK_EVERY_MS || readHold(sql)) return;
  // The rest of an hour in which a hold was released without it says nothing by itself.
  if (isLeftOut(sql, open.hour)) return;
  sql.exec('UPDATE watch SET looked_at_ms = ?', nowMs);
  const parts = arrivedInOpenHour(sql, countedByPart(sql, policy.armIds));
  act(context, watch, judge(context, open, parts, (nowMs % HOUR_MS) / HOUR_MS), open.hour);
}

function judge(
  { sql, policy, memory }: WatchContext,
  open: OpenHour,
  parts: ArrivedByPart,
  elapsed: number,
): readonly Anomaly[] {
  const baseline = memory.of(sql, open.hour);
  const { sensitivity } = policy.learning?.watch ?? { sensitivity: 'normal' as const };
  return baseline ? findAnomalies(baseline, parts, elapsed, sensitivity) : [];
}

/** Tells what was found, and holds learning where the campaign wants it; silence teaches nothing that would have to be held. */
function act(context: WatchContext, watch: WatchRules, found: readonly Anomaly[], hour: number): void {
  const { sql, policy, nowMs } = context;
  const poisons = found.filter(({ kind, direction }) => kind !== 'volume' || direction === 'high');
  const holds = watch.hold && poisons.length > 0;
  for (const anomaly of found.slice(0, MAX_ALERTS_PER_LOOK)) enqueue(sql, alertOf(policy, anomaly, hour, holds, nowMs));
  if (!holds) return;
  const good = sql.exec<{ good: string | null }>('SELECT good FROM watch').toArray()[0]?.good ?? null;
  const anomalies = found.slice(0, MAX_ALERTS_PER_LOOK);
  beginHold(sql, { sinceMs: hour * HOUR_MS, cause: 'anomaly', anomalies }, good);
}

function alertOf({ campaignId }: CampaignPolicy, anomaly: Anomaly, hour: number, held: boolean, nowMs: number): Alert {
  const { kind, part, direction, observed, expected, hours } = anomaly;
  const day = new Date(nowMs).toISOString().slice(0, DAY_LENGTH);
  return {
    id: `feedback ${campaignId} ${kind} ${part} ${day}`,
    kind: 'feedback_anomaly',
    subject: campaignId,
    raisedAtMs: nowMs,
    figuresAtMs: nowMs,
    detail: {
      what: kind,
      part,
      direction,
      observed: rounded(observed),
      expected: rounded(expected),
      hours,
      hour: new Date(hour * HOUR_MS).toISOString(),
      learning: held ? 'held' : 'goes on',
    },
  };
}

/** Four digits: for people. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Queues an alert until the publisher takes it. */
export function enqueue(sql: SqlStorage, alert: Alert): void {
  sql.exec('INSERT OR REPLACE INTO alerts_out (id, body) VALUES (?, ?)', alert.id, JSON.stringify(alert));
  sql.exec('DELETE FROM alerts_out WHERE rowid <= (SELECT max(rowid) FROM alerts_out) - ?', MAX_WAITING_ALERTS);
}

/** Alerts that nobody has taken yet. */
export function waitingAlerts(sql: SqlStorage): readonly Alert[] {
  return sql
    .exec<{ body: string }>('SELECT body FROM alerts_out ORDER BY rowid')
    .toArray()
    .map(({ body }) => JSON.parse(body) as Alert);
}

/** The publisher has taken it; one with other figures, queued meanwhile, stays. */
export function alertTaken(sql: SqlStorage, alert: Alert): void {
  sql.exec('DELETE FROM alerts_out WHERE id = ? AND body = ?', alert.id, JSON.stringify(alert));
}

/** When the open hour is to be closed although nothing arrives, in ms since the epoch; null for campaigns that nothing came of in two weeks. */
export function closeAtMs(sql: SqlStorage, policy: CampaignPolicy): number | null {
  const open = policy.learning?.watch && openHour(sql);
  if (!open) return null;
  return isAlive(sql) ? (open.hour + 1) * HOUR_MS + CLOSE_AFTER_MS : null;
}

/** Where learning stands. */
export function learningView(sql: SqlStorage, policy: CampaignPolicy | null): LearningView {
  const watch = policy?.learning?.watch;
  const knownHours = watch
    ? sql.exec<{ hours: number }>('SELECT count(*) AS hours FROM watched_hours WHERE odd = 0').one().hours
    : 0;
  return {
    hold: readHold(sql),
    watch: watch
      ? { holds: watch.hold, sensitivity: watch.sensitivity, knownHours, judges: knownHours >= MIN_BAND_HOURS }
      : null,
    leftOut: readLeftOut(sql).map(({ fromHour, untilHour }) => ({
      fromMs: fromHour * HOUR_MS,
      untilMs: untilHour * HOUR_MS,
    })),
  };
}
