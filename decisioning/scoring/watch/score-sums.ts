/**
 * What a version's scores came to, as a vector of integers under a name like `judged:<id>@<version>` in a campaign's named sums: added element by element, in any
 * order, so that repeats and retries are told apart before it and nothing here can be counted twice.
 */

/** Bins of a vector: of equal width over the output's range (5 points of a probability), or those of training (see `score-bins.ts`), the others empty then. */
export const SCORE_BINS = 20;
/** Scores and losses are kept in millionths: sums over 10⁹ trials stay below 2^53. */
export const MILLIONTHS = 1_000_000;
/** A probability nearer to 0 or 1 than this counts as this far from it: one certain mistake must not drown all other losses. */
const LEAST_PROBABILITY = 1e-6;

/** The place of each number in the vector. */
const TRIALS = 0;
const BROKEN = 1;
const LATE = 2;
const MISSING = 3;
const BRIER = 4;
const LOG_LOSS = 5;
const BINS = 6;
/** Per bin: trials, conversions, Σ score. */
const PER_BIN = 3;

/** Numbers of a vector. */
export const SCORE_SUMS_LENGTH = BINS + PER_BIN * SCORE_BINS;

/** What is kept of a scoring until its outcome is known; a score that broke, or came too late, has no `score`. */
export interface KeptScore {
  /** In [0, 1]: a probability, or a value's place in its range. */
  readonly score?: number;
  /** Its bin, from 0, where bins are those of training; of equal width when absent. */
  readonly bin?: number;
  /** The version was not there when the decision had to be made. */
  readonly late?: boolean;
  /** Whether an input had no value. */
  readonly missing: boolean;
}

/**
 * What sums are of; the version stands behind it.
 *
 * | kind | scores |
 * |---|---|
 * | `judged` | judged by outcomes, in the bins of training |
 * | `model` | judged by outcomes, in bins of equal width: where the manifest has no bins, and all of them before there were others |
 * | `ranked` | judged by their order alone |
 * | `scores` | not judged by outcomes: nothing is known of these, and conversions stay 0 |
 * | `inputs` | none: histograms of what the version was told |
 * | `arms` | none: what its choice among arms was worth (see `arm-sums.ts`) |
 */
export const SUM_KINDS = ['judged', 'model', 'ranked', 'scores', 'inputs', 'arms'] as const;
export type SumKind = (typeof SUM_KINDS)[number];

/** Kinds that hold vectors of scores. */
export const SCORE_KINDS = ['judged', 'model', 'ranked', 'scores'] as const satisfies readonly SumKind[];

/** A version of a model, as sums name it. */
export interface NamedVersion {
  readonly model: string;
  readonly version: number;
}

/** Behind the names of sums of customers of whom nobody knows who they are: whoever has a page's key can be any number of them. */
const ANONYMOUS_MARK = '~';

/** The name that a version's sums have. */
export function sumsName(kind: SumKind, { model, version }: NamedVersion, anonymous = false): string {
  return `${kind}:${model}@${version}${anonymous ? ANONYMOUS_MARK : ''}`;
}

const NAME = /^(judged|model|ranked|scores|inputs|arms):([^@]+)@(\d{1,7})(~?)$/;

/** What a name of sums says; undefined for sums of anything but models. */
export function readSumsName(
  name: string,
): (NamedVersion & { readonly kind: SumKind; readonly anonymous: boolean }) | undefined {
  const [, kind, model, version, mark] = NAME.exec(name) ?? [];
  if (kind === undefined || model === undefined) return undefined;
  return { kind: kind as SumKind, model, version: Number(version), anonymous: mark === ANONYMOUS_MARK };
}

function binOf(score: number): number {
  return Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS));
}

const millionths = (value: number): number => Math.round(value * MILLIONTHS);

function logLoss(probability: number): number {
  return -Math.log(Math.max(LEAST_PROBABILITY, probability));
}

/** What a trial adds, as if nothing came of it. */
export function trialScoreSums({ score, bin, missing, late = false }: KeptScore): readonly number[] {
  const sums = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
  sums[TRIALS] = 1;
  sums[MISSING] = missing ? 1 : 0;
  if (late) sums[LATE] = 1;
  else if (score === undefined) sums[BROKEN] = 1;
  else {
    sums[BRIER] = millionths(score * score);
    sums[LOG_LOSS] = millionths(logLoss(1 - score));
    const at = BINS + PER_BIN * (bin ?? binOf(score));
    sums[at] = 1;
    sums[at + 2] = millionths(score);
  }
  return sums;
}

/** What its first conversion adds to that; nothing where the score broke. */
export function conversionScoreSums({ score, bin }: KeptScore): readonly number[] | undefined {
  if (score === undefined) return undefined;
  const sums = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
  // Each part rounded as the trial's was: both together are what a trial that converted adds.
  sums[BRIER] = millionths((1 - score) * (1 - score)) - millionths(score * score);
  sums[LOG_LOSS] = millionths(logLoss(score)) - millionths(logLoss(1 - score));
  sums[BINS + PER_BIN * (bin ?? binOf(score)) + 1] = 1;
  return sums;
}

/** One bin: how many scores fell into it, what came of them, and what they promised. */
export interface ScoreBin {
  readonly trials: number;
  readonly conversions: number;
  /** Mean score; null of an empty bin. */
  readonly mean: number | null;
}

/** A vector by its names. */
export interface ScoreTotals {
  readonly trials: number;
  readonly broken: number;
  readonly late: number;
  readonly missing: number;
  /** Σ (score − outcome)². */
  readonly brier: number;
  /** Σ −ln P(outcome). */
  readonly logLoss: number;
  readonly bins: readonly ScoreBin[];
}

/** Reads a vector. @throws RangeError for one of another length */
export function readScoreSums(sums: readonly number[]): ScoreTotals {
  if (sums.length !== SCORE_SUMS_LENGTH) throw new RangeError(`score sums: ${sums.length} numbers`);
  const bins = Array.from({ length: SCORE_BINS }, (_, bin): ScoreBin => {
    const at = BINS + PER_BIN * bin;
    const trials = sums[at]!;
    return { trials, conversions: sums[at + 1]!, mean: trials > 0 ? sums[at + 2]! / MILLIONTHS / trials : null };
  });
  return {
    trials: sums[TRIALS]!,
    broken: sums[BROKEN]!,
    late: sums[LATE]!,
    missing: sums[MISSING]!,
    brier: sums[BRIER]! / MILLIONTHS,
    logLoss: sums[LOG_LOSS]! / MILLIONTHS,
    bins,
  };
}
