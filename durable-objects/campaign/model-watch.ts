/** Watches the versions of models that score a campaign's customers: one that breaks a bound is called back at once, everywhere. */
import type { PublishedModel, PublishedVersion } from '../../decisioning/scoring/published.ts';
import { watchRules } from '../../decisioning/scoring/watch/rules.ts';
import { readScoreSums, type ScoreTotals } from '../../decisioning/scoring/watch/score-sums.ts';
import { type Breach, breachOf } from '../../decisioning/scoring/watch/verdict.ts';
import type { CallBack, ModelBooks } from '../publisher/models.ts';
import type { Alert } from '../publisher/protocol.ts';
import { enqueue } from './anomalies.ts';
import { makeRoom } from './model-room.ts';
import {
  forgiveUntil,
  type HourSums,
  scoreNames,
  sumOfHours,
  type WatchedVersion,
  watchedHours,
  watchedVersions,
} from './model-windows.ts';

const HOUR_MS = 3_600_000;

/** What the watch needs of the publisher. */
export interface ModelsPort {
  books(): Promise<ModelBooks>;
  /** Whether the version served until now. */
  callBack(back: CallBack): Promise<boolean>;
}

/** A version that broke a bound. */
interface Found {
  readonly watched: WatchedVersion;
  readonly stage: PublishedVersion['stage'];
  readonly breach: Breach;
}

/**
 * Judges every version that scored here and serves; a canary or a live one that breaks a bound is called back, and nobody takes its place: where no other
 * version serves, the bandit decides alone. A shadow that does is told of, and stays what it is, as does a live one that comes late. Judging again changes nothing.
 *
 * @throws what the publisher's calls throw; the next look finds the same breach then
 */
export async function watchModels(
  storage: DurableObjectStorage,
  campaignId: string,
  publisher: ModelsPort,
  nowMs: number,
): Promise<void> {
  const sql = storage.sql;
  const versions = watchedVersions(sql);
  if (versions.length === 0) return;
  const { models, calledBack } = await publisher.books();
  makeRoom(sql, versions, (one) =>
    models.some(({ model: { id, versions: own } }) => id === one.model && own.some((v) => v.version === one.version)),
  );
  const isBack = ({ model, version }: WatchedVersion) =>
    calledBack.some((back) => back.modelId === model && back.version === version);
  for (const watched of versions) {
    const model = models.find(({ model: { id } }) => id === watched.model)?.model;
    const served = model?.versions.find(({ version }) => version === watched.version);
    if (!model || !served || isBack(watched)) continue;
    const breach = judge(sql, watched, served, model, nowMs);
    if (breach) await act(storage, campaignId, publisher, { watched, stage: served.stage, breach }, nowMs);
  }
}

function judge(
  sql: SqlStorage,
  watched: WatchedVersion,
  served: PublishedVersion,
  model: PublishedModel,
  nowMs: number,
): Breach | undefined {
  const rules = watchRules(served.watch);
  const nowHour = Math.floor(nowMs / HOUR_MS);
  const sinceHour = Math.max(watched.sinceHour, Math.floor((served.stagedAtMs ?? 0) / HOUR_MS));
  const ask = { nowHour, sinceHour, trials: rules.minTrials };
  const [judged, unjudged] = scoreNames(watched);
  const latest = watchedHours(sql, judged, ask);
  const settledHour = Math.floor((nowMs - rules.settleHours * HOUR_MS) / HOUR_MS);
  const settled = watchedHours(sql, judged, { ...ask, nowHour: settledHour });
  const totals = totalsOf(latest);
  return (
    breachOf(
      { totals, settled: totalsOf(settled), byOutcomes: true, live: liveTotals(sql, model, served, latest, ask) },
      rules,
    ) ?? breachOf({ totals: totalsOf(watchedHours(sql, unjudged, ask)), settled: totals, byOutcomes: false }, rules)
  );
}

const totalsOf = (hours: readonly HourSums[]): ScoreTotals => readScoreSums(sumOfHours(hours));

/** The live version's trials of the same hours, where another is judged. */
function liveTotals(
  sql: SqlStorage,
  { id, versions }: PublishedModel,
  judged: PublishedVersion,
  hours: readonly HourSums[],
  { nowHour }: { readonly nowHour: number },
): ScoreTotals | undefined {
  const live = versions.find(({ stage }) => stage === 'live');
  const first = hours.at(-1)?.hour;
  if (!live || live.version === judged.version || first === undefined) return undefined;
  const [name] = scoreNames({ model: id, version: live.version });
  return totalsOf(watchedHours(sql, name, { nowHour, sinceHour: first, trials: Number.POSITIVE_INFINITY }));
}

async function act(
  storage: DurableObjectStorage,
  campaignId: string,
  publisher: ModelsPort,
  { watched, stage, breach }: Found,
  nowMs: number,
): Promise<void> {
  const { sql } = storage;
  const { model, version } = watched;
  enqueue(sql, alertOf(campaignId, { watched, stage, breach }, nowMs));
  if (isCalledBack({ stage, breach })) {
    const reason = `${breach.words}, in campaign "${campaignId}"`;
    await publisher.callBack({ modelId: model, version, atMs: nowMs, reason });
  }
  // Once it is done: until then the next look finds the same. A shadow is told of once an hour's evidence, not at every look.
  forgiveUntil(sql, watched, Math.floor(nowMs / HOUR_MS) + 1);
}

/** Not a shadow, which nobody hears; nor a live version that comes late, since without it there would be no score in time either. */
function isCalledBack({ stage, breach }: Pick<Found, 'stage' | 'breach'>): boolean {
  return stage === 'canary' || (stage === 'live' && breach.kind !== 'late');
}

function alertOf(campaignId: string, { watched, stage, breach }: Found, nowMs: number): Alert {
  const { model, version } = watched;
  const { kind, observed, bound, trials, words } = breach;
  return {
    id: `model ${model}@${version} ${kind} ${campaignId} ${new Date(nowMs).toISOString().slice(0, 10)}`,
    kind: 'model_breach',
    subject: `model:${model}`,
    raisedAtMs: nowMs,
    figuresAtMs: nowMs,
    detail: {
      what: kind,
      version,
      stage,
      campaign: campaignId,
      observed: Number(observed.toPrecision(4)),
      bound,
      trials,
      words,
      done: isCalledBack({ stage, breach }) ? 'called back' : 'it stays what it is',
    },
  };
}
