/** Losses that boosting goes down: slopes of each row, the leaf that suits its rows, and the loss itself. */
import { type Link, logOdds, sigmoid } from '../predictor.ts';

export type LossName = 'logistic' | 'squared' | 'poisson' | 'quantile';

export interface Loss {
  readonly link: Link;
  /** The raw number that suits all rows at once. */
  readonly start: (answers: Float64Array, weights: Float64Array | undefined) => number;
  /** First and second derivative at a raw number. */
  readonly gradient: (raw: number, answer: number) => number;
  readonly hessian: (raw: number) => number;
  readonly loss: (raw: number, answer: number) => number;
  /** Of losses without curvature: what to add to the rows of a leaf, from what they still lack. */
  readonly leaf?: (lacking: Float64Array) => number;
}

/** Probabilities and rates of nothing at all stay this far from 0, so that their logarithm exists. */
const LEAST = 1e-6;

function meanOf(answers: Float64Array, weights: Float64Array | undefined): number {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < answers.length; i++) {
    const own = weights ? weights[i]! : 1;
    sum += own * answers[i]!;
    weight += own;
  }
  return weight > 0 ? sum / weight : 0;
}

const logistic: Loss = {
  link: 'logistic',
  start: (answers, weights) => logOdds(Math.min(1 - LEAST, Math.max(LEAST, meanOf(answers, weights)))),
  gradient: (raw, answer) => sigmoid(raw) - answer,
  hessian: (raw) => {
    const p = sigmoid(raw);
    return Math.max(p * (1 - p), LEAST);
  },
  loss: (raw, answer) => Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))) - answer * raw,
};

const squared: Loss = {
  link: 'identity',
  start: meanOf,
  gradient: (raw, answer) => raw - answer,
  hessian: () => 1,
  loss: (raw, answer) => (raw - answer) ** 2 / 2,
};

const poisson: Loss = {
  link: 'log',
  start: (answers, weights) => Math.log(Math.max(LEAST, meanOf(answers, weights))),
  gradient: (raw, answer) => Math.exp(raw) - answer,
  hessian: (raw) => Math.max(Math.exp(raw), LEAST),
  loss: (raw, answer) => Math.exp(raw) - answer * raw,
};

/** @param level of the quantile, (0, 1) */
function quantile(level: number): Loss {
  return {
    link: 'identity',
    start: (answers) => quantileOf(answers, level),
    gradient: (raw, answer) => (raw >= answer ? 1 - level : -level),
    hessian: () => 1,
    loss: (raw, answer) => (raw >= answer ? (1 - level) * (raw - answer) : level * (answer - raw)),
    leaf: (lacking) => quantileOf(lacking, level),
  };
}

/** The quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7); 0 of nothing. */
export function quantileOf(values: Float64Array, level: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const place = level * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** @throws RangeError for a quantile whose level is not between 0 and 1 */
export function lossOf(name: LossName, level = 0.5): Loss {
  if (name === 'logistic') return logistic;
  if (name === 'squared') return squared;
  if (name === 'poisson') return poisson;
  if (!(level > 0 && level < 1)) throw new RangeError(`quantile: level ${level} is not between 0 and 1`);
  return quantile(level);
}
