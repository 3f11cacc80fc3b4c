/** Whether a version that serves may go on: judged by what came of its scores, with room for chance. */
import { type ScoreMetrics, scoreMetrics } from './metrics.ts';
import type { WatchRules } from './rules.ts';
import type { ScoreTotals } from './score-sums.ts';

/**
 * Standard errors that a figure must be beyond its bound by: one look at a sound version goes wrong 3 times in 100,000, so that looking every few seconds
 * for a month, at windows that hardly differ from one look to the next, raises no false alarm worth the name.
 */
export const BREACH_ERRORS = 4;

/** What a version is judged by. */
export interface Judged {
  /** The latest trials of the window; outcomes that have not come yet are among those that did not happen. */
  readonly totals: ScoreTotals;
  /** Those of them whose outcomes had time to come; calibration is judged by these alone. Nobody knows whose late they are: order needs no such care. */
  readonly settled: ScoreTotals;
  /** Whether the campaign's goal is what the model predicts: without that only rates of broken, late and missing are judged. */
  readonly byOutcomes: boolean;
  /** Of the live version over the same time, where another is judged. */
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

/** The first bound that is broken beyond chance, the gravest first; undefined while all hold, or too little is known. */
export function breachOf({ totals, settled, byOutcomes, live }: Judged, rules: WatchRules): Breach | undefined {
  const found = rateBreach(totals, rules);
  if (found || !byOutcomes) return found;
  const metrics = scoreMetrics(totals);
  if (metrics.trials < rules.minTrials) return undefined;
  return (
    aucBreach(metrics, rules) ??
    (live && liveBreach(metrics, scoreMetrics(live), rules)) ??
    calibrationBreach(scoreMetrics(settled), rules)
  );
}

function rateBreach({ trials, broken, late, missing }: ScoreTotals, rules: WatchRules): Breach | undefined {
  if (trials < rules.minTrials) return undefined;
  const rates = [
    ['broken', broken, rules.maxBrokenRate, 'scores broke'],
    ['late', late, rules.maxLateRate, 'scores came too late'],
    ['missing', missing, rules.maxMissingRate, 'customers lacked an input'],
  ] as const;
  for (const [kind, count, bound, what] of rates) {
    const observed = count / trials;
    // A bound of 0 would leave chance no room: one in the window is what it stands for then.
    const error = Math.sqrt(Math.max(bound * (1 - bound), 1 / trials) / trials);
    if (observed <= bound + BREACH_ERRORS * error) continue;
    const words = `${percent(observed)} of ${trials} ${what}, at most ${percent(bound)} may`;
    return { kind, observed, bound, trials, words };
  }
  return undefined;
}

/** The larger of the error at the AUC that was seen and at that of a coin: of a handful of conversions the first one says far too little. */
function aucErrorOf({ auc, aucError, conversions, others }: ScoreMetrics): number | undefined {
  if (auc === null || aucError === null) return undefined;
  return Math.max(aucError, Math.sqrt((conversions + others + 1) / (12 * conversions * others)));
}

function aucBreach(metrics: ScoreMetrics, { minAuc }: WatchRules): Breach | undefined {
  const { auc, trials } = metrics;
  const error = aucErrorOf(metrics);
  if (auc === null || error === undefined || auc + BREACH_ERRORS * error >= minAuc) return undefined;
  const words = `AUC ${figure(auc)} ± ${figure(error)} of ${trials} trials, at least ${figure(minAuc)} is asked`;
  return { kind: 'auc', observed: auc, bound: minAuc, trials, words };
}

function liveBreach(own: ScoreMetrics, live: ScoreMetrics, { minTrials, maxAucDrop }: WatchRules): Breach | undefined {
  const [ownError, liveError] = [aucErrorOf(own), aucErrorOf(live)];
  if (own.auc === null || ownError === undefined || live.auc === null || liveError === undefined) return undefined;
  if (live.trials < minTrials) return undefined;
  const bound = live.auc - maxAucDrop;
  if (own.auc + BREACH_ERRORS * Math.hypot(ownError, liveError) >= bound) return undefined;
  const words = `AUC ${figure(own.auc)} ± ${figure(ownError)} of ${own.trials} trials, the live version’s is ${figure(live.auc)} ± ${figure(liveError)} of ${live.trials}`;
  return { kind: 'auc_below_live', observed: own.auc, bound, trials: own.trials, words };
}

function calibrationBreach(
  { ece, eceByChance, bias, trials }: ScoreMetrics,
  { minTrials, maxEce }: WatchRules,
): Breach | undefined {
  if (ece === null || eceByChance === null || trials < minTrials) return undefined;
  const { mean, deviation } = eceByChance;
  if (ece - mean - BREACH_ERRORS * deviation <= maxEce) return undefined;
  const way = (bias ?? 0) > 0 ? 'promises too much' : 'promises too little';
  const words = `calibration error ${figure(ece)} of ${trials} trials (${figure(mean)} by chance), at most ${figure(maxEce)} is asked: it ${way}`;
  return { kind: 'calibration', observed: ece, bound: maxEce, trials, words };
}

const figure = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
