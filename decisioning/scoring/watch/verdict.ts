/** Whether a version that serves may go on: judged by what came of its scores, with room for chance. */
import { type ScoreMetrics, scoreMetrics } from './metrics.ts';
import type { WatchRules } from './rules.ts';
import type { ScoreTotals } from './score-sums.ts';

/** Standard errors that a figure must be beyond its bound by in a version's first hour: one look at a sound one goes wrong 3 times in 100,000. */
export const BREACH_ERRORS = 4;
/** Hours after which no more is asked: the longest that trials are looked back for. */
const MOST_HOURS = 2_160;

/**
 * Standard errors asked of a version in its n-th hour. A window is looked at again and again, and each hour brings another, so chance has one try more an
 * hour. In its n-th hour a version may go wrong 2 / (n · (n + 1)) times as often as in its first: all hours together, however many, come to twice the
 * first hour's chance (the spending of a bound over looks: Lan and DeMets, Biometrika 1983; exp(−z²/2) bounds the tail).
 *
 * @param hours since the version was put where it stands, from 1
 */
export function errorsAsked(hours: number): number {
  const n = Math.min(MOST_HOURS, Math.max(1, hours));
  return Math.sqrt(BREACH_ERRORS ** 2 + 2 * Math.log((n * (n + 1)) / 2));
}

/** What a version is judged by. */
export interface Judged {
  /** The latest trials of the window, whatever they are judged by: rates of broken, late and missing are theirs. */
  readonly totals: ScoreTotals;
  /** Those among them whose campaign's goal is what the model predicts; absent or empty: only rates are judged. */
  readonly outcomes?: readonly JudgedOutcomes[];
  /** Hours since the version was put where it stands, from 1: see {@link errorsAsked}; its first when absent. */
  readonly hours?: number;
}

/** Trials that outcomes judge, all in the same bins. */
export interface JudgedOutcomes {
  /** `order`: scores are values, or those of another site's scale, so that only who scores above whom says anything. */
  readonly by: 'calibration' | 'order';
  /** The latest trials of the window; outcomes that have not come yet are among those that did not happen. */
  readonly latest: ScoreTotals;
  /** Those whose outcomes had time to come; calibration is judged by these alone. Nobody knows whose late they are: order needs no such care. */
  readonly settled: ScoreTotals;
  /** Of the live version over the same time, where another is judged that has the same customers. */
  readonly live?: ScoreTotals | undefined;
}

export type BreachKind = 'auc' | 'auc_below_live' | 'calibration' | 'broken' | 'late' | 'missing';

/** A bound that was broken. */
export interface Breach {
  readonly kind: BreachKind;
  readonly observed: number;
  readonly bound: number;
  readonly trials: number;
  /** For people: "AUC .21 ± .04 of 412 outcomes, at least .50 is asked". */
  readonly words: string;
}

/**
 * The first bound that is broken beyond chance, the gravest first; undefined while all hold, or too little is known. What comes late is told of last: a
 * version that does nothing worse may stay for it.
 */
export function breachOf(judged: Judged, rules: WatchRules): Breach | undefined {
  const errors = errorsAsked(judged.hours ?? 1);
  const rates = rateBreaches(judged.totals, rules, errors);
  return (
    rates.find(({ kind }) => kind !== 'late') ??
    outcomeBreach(judged.outcomes ?? [], rules, errors) ??
    rates.find(({ kind }) => kind === 'late')
  );
}

function outcomeBreach(outcomes: readonly JudgedOutcomes[], rules: WatchRules, errors: number): Breach | undefined {
  for (const { by, latest, settled, live } of outcomes) {
    const metrics = scoreMetrics(latest);
    if (metrics.trials < rules.minTrials) continue;
    const breach =
      aucBreach(metrics, rules, errors) ??
      (live && liveBreach(metrics, scoreMetrics(live), rules, errors)) ??
      (by === 'order' ? undefined : calibrationBreach(scoreMetrics(settled), rules, errors));
    if (breach) return breach;
  }
  return undefined;
}

function rateBreaches(
  { trials, broken, late, missing }: ScoreTotals,
  rules: WatchRules,
  errors: number,
): readonly Breach[] {
  // −ln of the normal tail beyond so many errors.
  const least = errors ** 2 / 2 + Math.log(errors * Math.sqrt(2 * Math.PI));
  if (trials < rules.minTrials) return [];
  const rates = [
    ['broken', broken, rules.maxBrokenRate, 'scores broke'],
    ['late', late, rules.maxLateRate, 'scores came too late'],
    ['missing', missing, rules.maxMissingRate, 'customers lacked an input'],
  ] as const;
  return rates.flatMap(([kind, count, bound, what]) => {
    const observed = count / trials;
    // A bound of 0 would leave chance no room: one in the window is what it stands for then.
    if (trials * divergence(observed, Math.max(bound, 1 / trials)) <= least) return [];
    const words = `${percent(observed)} of ${trials} ${what}, at most ${percent(bound)} may`;
    return [{ kind, observed, bound, trials, words }];
  });
}

/**
 * What a rate costs that is above what it may be: exp(−n · this) bounds the chance of it (Chernoff, 1952). At rates of one in a hundred the normal
 * distribution would call a dozen of 400 impossible, which chance brings once in 1,200 looks.
 */
function divergence(observed: number, bound: number): number {
  if (observed <= bound) return 0;
  const rest = observed < 1 ? (1 - observed) * Math.log((1 - observed) / (1 - bound)) : 0;
  return observed * Math.log(observed / bound) + rest;
}

/** The larger of the error at the AUC that was seen and at that of a coin: of a handful of conversions the first one says far too little. */
function aucErrorOf({ auc, aucError, conversions, others }: ScoreMetrics): number | undefined {
  if (auc === null || aucError === null) return undefined;
  return Math.max(aucError, Math.sqrt((conversions + others + 1) / (12 * conversions * others)));
}

function aucBreach(metrics: ScoreMetrics, { minAuc }: WatchRules, errors: number): Breach | undefined {
  const { auc, trials } = metrics;
  const error = aucErrorOf(metrics);
  if (auc === null || error === undefined || auc + errors * error >= minAuc) return undefined;
  const words = `AUC ${figure(auc)} ± ${figure(error)} of ${trials} trials, at least ${figure(minAuc)} is asked`;
  return { kind: 'auc', observed: auc, bound: minAuc, trials, words };
}

function liveBreach(
  own: ScoreMetrics,
  live: ScoreMetrics,
  { minTrials, maxAucDrop }: WatchRules,
  errors: number,
): Breach | undefined {
  const [ownError, liveError] = [aucErrorOf(own), aucErrorOf(live)];
  if (own.auc === null || ownError === undefined || live.auc === null || liveError === undefined) return undefined;
  if (live.trials < minTrials) return undefined;
  const bound = live.auc - maxAucDrop;
  if (own.auc + errors * Math.hypot(ownError, liveError) >= bound) return undefined;
  const words = `AUC ${figure(own.auc)} ± ${figure(ownError)} of ${own.trials} trials, the live version’s is ${figure(live.auc)} ± ${figure(liveError)} of ${live.trials}`;
  return { kind: 'auc_below_live', observed: own.auc, bound, trials: own.trials, words };
}

function calibrationBreach(
  { ece, eceByChance, bias, trials }: ScoreMetrics,
  { minTrials, maxEce }: WatchRules,
  errors: number,
): Breach | undefined {
  if (ece === null || eceByChance === null || trials < minTrials) return undefined;
  const { mean, deviation } = eceByChance;
  if (ece - mean - errors * deviation <= maxEce) return undefined;
  const way = (bias ?? 0) > 0 ? 'promises too much' : 'promises too little';
  const words = `calibration error ${figure(ece)} of ${trials} trials (${figure(mean)} by chance), at most ${figure(maxEce)} is asked: it ${way}`;
  return { kind: 'calibration', observed: ece, bound: maxEce, trials, words };
}

const figure = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
