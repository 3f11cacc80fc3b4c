/** How good probabilities are. Answers are 0 or 1; weights are 1 unless told. */

export interface Scored {
  readonly scores: Float64Array;
  readonly answers: Float64Array;
}

/** Bins of the expected calibration error: ten of equal width, as it is usually given. */
export const CALIBRATION_BINS = 10;
/** Logarithms stop here, as scikit-learn's do for 64 bits. */
const LEAST = Number.EPSILON;

/** Chance that a row with answer 1 scores above one with 0, ties half (Mann and Whitney); NaN without both. */
export function auc({ scores, answers }: Scored): number {
  const order = Int32Array.from(scores, (_, i) => i).sort((i, j) => scores[i]! - scores[j]!);
  let [positives, rankSum] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    let tied = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) tied += answers[order[to++]!]!;
    // Ranks of equal scores are the mean of their places.
    rankSum += tied * ((from + 1 + to) / 2);
    positives += tied;
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean surprise in nats. */
export function logLoss({ scores, answers }: Scored): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const p = Math.min(1 - LEAST, Math.max(LEAST, scores[i]!));
    sum -= answers[i]! * Math.log(p) + (1 - answers[i]!) * Math.log(1 - p);
  }
  return sum / scores.length;
}

/** Mean squared distance from the answer (Brier 1950). */
export function brier({ scores, answers }: Scored): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += (scores[i]! - answers[i]!) ** 2;
  return sum / scores.length;
}

export interface CalibrationBin {
  /** Share of the rows. */
  readonly share: number;
  readonly meanScore: number;
  readonly meanAnswer: number;
  readonly count: number;
}

/** Rows by score, in bins of equal width; empty bins are left out. */
export function calibrationCurve({ scores, answers }: Scored, bins = CALIBRATION_BINS): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, score: 0, answer: 0 }));
  for (let i = 0; i < scores.length; i++) {
    const bin = sums[Math.min(bins - 1, Math.floor(scores[i]! * bins))]!;
    bin.count += 1;
    bin.score += scores[i]!;
    bin.answer += answers[i]!;
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ count, score, answer }) => ({
      count,
      share: count / scores.length,
      meanScore: score / count,
      meanAnswer: answer / count,
    }));
}

/** Expected calibration error: how far score and rate lie apart, in the mean over the rows (Naeini and others 2015). */
export function calibrationError(scored: Scored, bins = CALIBRATION_BINS): number {
  return calibrationCurve(scored, bins).reduce(
    (sum, { share, meanScore, meanAnswer }) => sum + share * Math.abs(meanScore - meanAnswer),
    0,
  );
}

/** The measures that cards and gates know. */
export const METRICS = { auc, logLoss, brier, ece: calibrationError } as const;
export type MetricName = keyof typeof METRICS;
