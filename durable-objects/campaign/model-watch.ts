/** Watches the versions of models that score a campaign's customers: one that breaks a bound is called back at once, everywhere. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { PublishedModel, PublishedVersion } from '../../decisioning/scoring/published.ts';
import { type WatchRules, watchRules } from '../../decisioning/scoring/watch/rules.ts';
import {
  type NamedVersion,
  readScoreSums,
  SCORE_KINDS,
  type ScoreTotals,
} from '../../decisioning/scoring/watch/score-sums.ts';
import { type Breach, breachOf, type JudgedOutcomes } from '../../decisioning/scoring/watch/verdict.ts';
import type { CallBack, ModelBooks } from '../publisher/models.ts';
import type { Alert } from '../publisher/protocol.ts';
import { enqueue } from './anomalies.ts';
import { makeRoom } from './model-room.ts';
import {
  forgiveUntil,
  type HourSums,
  lastSettledHour,
  scoreNames,
  sumOfHours,
  type WatchedVersion,
  type WindowAsk,
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

/** The campaign whose customers are scored. */
export interface WatchedCampaign {
  readonly id: string;
  /** As its policy has it; absent where that was published by the last release. */
  readonly models?: CampaignPolicy['models'];
}

/** A version that broke a bound. */
interface Found {
  readonly watched: WatchedVersion;
  readonly stage: PublishedVersion['stage'];
  readonly breach: Breach;
  /** So say the trials of visitors alone, of whom nobody knows who they are: those of known customers break nothing, or come late at most. */
  readonly ofNobody: boolean;
}

/** Everything that a version is judged from. */
interface Bench {
  readonly sql: SqlStorage;
  readonly watched: WatchedVersion;
  readonly served: PublishedVersion;
  readonly model: PublishedModel;
  readonly rules: WatchRules;
  readonly campaign: WatchedCampaign;
  readonly nowMs: number;
}

/**
 * Judges every version that scored here and serves; a canary or a live one that breaks a bound is called back, and nobody takes its place: where no other
 * version serves, the bandit decides alone. A shadow that does is told of, and stays what it is, as does a live one that comes late, and a live one of
 * which visitors alone say so: a page's key is all that it takes to be thousands of these. Judging again changes nothing.
 *
 * @throws what the publisher's calls throw; the next look finds the same breach then
 */
export async function watchModels(
  storage: DurableObjectStorage,
  campaign: WatchedCampaign,
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
    const bench = { sql, watched, served, model, campaign, nowMs, rules: watchRules(served.watch) };
    const breach = judge(bench);
    if (!breach) continue;
    const ofNobody = staysLive(judge(bench, true));
    await act(storage, campaign.id, publisher, { watched, stage: served.stage, breach, ofNobody }, nowMs);
  }
}

/** A live version that comes late stays, since without it there would be no score in time either. What is worse is told of before it. */
const staysLive = (breach: Breach | undefined): boolean => breach === undefined || breach.kind === 'late';

const totalsOf = (hours: readonly HourSums[]): ScoreTotals => readScoreSums(sumOfHours(hours));

function judge(bench: Bench, knownOnly = false): Breach | undefined {
  const { sql, watched, served, rules, nowMs } = bench;
  const nowHour = Math.floor(nowMs / HOUR_MS);
  const sinceHour = Math.max(watched.sinceHour, Math.floor((served.stagedAtMs ?? 0) / HOUR_MS));
  const ask = { nowHour, sinceHour, trials: rules.minTrials };
  const totals = totalsOf(watchedHours(sql, scoreNames(watched, SCORE_KINDS, knownOnly), ask));
  return breachOf({ totals, outcomes: outcomesOf(bench, ask, knownOnly), hours: nowHour - sinceHour + 1 }, rules);
}

/**
 * What outcomes say, apart by the bins that they are counted in. Where the model chooses the campaign's customers nothing of a shadow's: those are whom
 * another version picked, and the best of shadows looks astray among them. A version that picked its own is judged by these, and compared with none.
 */
function outcomesOf(
  { sql, watched, served, model, rules, campaign, nowMs }: Bench,
  ask: WindowAsk,
  knownOnly: boolean,
): readonly JudgedOutcomes[] {
  const { goalWindowMs = 0, selects = [] } = campaign.models ?? {};
  const isSelected = selects.includes(model.id);
  if (isSelected && served.stage === 'shadow') return [];
  const settledHour = lastSettledHour(nowMs, Math.max(rules.settleHours * HOUR_MS, goalWindowMs));
  return (['judged', 'model', 'ranked'] as const).map((kind): JudgedOutcomes => {
    const names = scoreNames(watched, [kind], knownOnly);
    const latest = watchedHours(sql, names, ask);
    const first = latest.at(-1)?.hour;
    const live = model.versions.find(({ stage }) => stage === 'live');
    const isCompared = !isSelected && live && live.version !== served.version && first !== undefined;
    const always = { nowHour: ask.nowHour, sinceHour: first ?? 0, trials: Number.POSITIVE_INFINITY };
    return {
      by: kind === 'ranked' ? 'order' : 'calibration',
      latest: totalsOf(latest),
      settled: totalsOf(watchedHours(sql, names, { ...ask, nowHour: settledHour })),
      ...(isCompared && { live: liveTotals(sql, { model: model.id, version: live.version }, kind, always, knownOnly) }),
    };
  });
}

/**
 * What the live version came to meanwhile. One of the two may have the bins of its training and the other none, so that they are counted under different
 * kinds: order is compared whatever the bins, by the kind under which most were scored.
 */
function liveTotals(
  sql: SqlStorage,
  live: NamedVersion,
  kind: 'judged' | 'model' | 'ranked',
  ask: WindowAsk,
  knownOnly: boolean,
): ScoreTotals {
  const kinds = kind === 'ranked' ? ([kind] as const) : (['judged', 'model'] as const);
  return kinds
    .map((one) => totalsOf(watchedHours(sql, scoreNames(live, [one], knownOnly), ask)))
    .reduce((most, one) => (scoredOf(one) > scoredOf(most) ? one : most));
}

/** What came late has no bins, and says nothing of those that did not. */
const scoredOf = ({ trials, broken, late }: ScoreTotals): number => trials - broken - late;

async function act(
  storage: DurableObjectStorage,
  campaignId: string,
  publisher: ModelsPort,
  found: Found,
  nowMs: number,
): Promise<void> {
  const { sql } = storage;
  const { watched, breach } = found;
  const { model, version } = watched;
  enqueue(sql, alertOf(campaignId, found, nowMs));
  if (isCalledBack(found)) {
    const reason = `${breach.words}, in campaign "${campaignId}"`;
    await publisher.callBack({ modelId: model, version, atMs: nowMs, reason });
  }
  // Once it is done: until then the next look finds the same. A shadow is told of once an hour's evidence, not at every look.
  forgiveUntil(sql, watched, Math.floor(nowMs / HOUR_MS) + 1);
}

/**
 * Not a shadow, which nobody hears; nor a live version that comes late, since without it there would be no score in time either; nor one that only visitors
 * speak against: it serves everybody, and they may be one script. A canary's customers have the live version to go back to.
 */
function isCalledBack({ stage, breach, ofNobody }: Pick<Found, 'stage' | 'breach' | 'ofNobody'>): boolean {
  return stage === 'canary' || (stage === 'live' && !staysLive(breach) && !ofNobody);
}

function doneOf(found: Found): string {
  if (isCalledBack(found)) return 'called back';
  const byNobody = found.stage === 'live' && !staysLive(found.breach);
  return byNobody ? 'it stays what it is: trials of known customers do not say so' : 'it stays what it is';
}

function alertOf(campaignId: string, found: Found, nowMs: number): Alert {
  const { watched, stage, breach } = found;
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
      done: doneOf(found),
    },
  };
}
