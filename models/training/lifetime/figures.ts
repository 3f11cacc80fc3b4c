/** How good forecasts of values are, over customers who were not trained on. */
import { quantileOf } from '../fit/losses.ts';
import { below, randomFor } from '../random.ts';

/** Draws of customers: enough for two digits of a 95 % interval. */
const DRAWS = 200;
const LEVELS = [0.025, 0.975] as const;
const TOP_SHARE = 0.1;

export interface Forecast {
  readonly foretold: ArrayLike<number>;
  readonly came: ArrayLike<number>;
}

export interface ForecastFigures {
  /** Foretold over what came, in total. */
  readonly total: number;
  readonly totalInterval: readonly [low: number, high: number];
  /** Mean distance per customer. */
  readonly off: number;
  /** Root of the mean squared distance. */
  readonly squareOff: number;
  /** Spearman's correlation of ranks. */
  readonly ranks: number;
  /** Share of all that came which the tenth of customers with the largest forecasts brought. */
  readonly topTenth: number;
}

export function figuresOf({ foretold, came }: Forecast, seed: number): ForecastFigures {
  const count = foretold.length;
  const places = Array.from({ length: count }, (_, i) => i);
  const ratio = (drawn: readonly number[]) => sumAt(foretold, drawn) / sumAt(came, drawn);
  const random = randomFor(seed, 'customers');
  const ratios = Float64Array.from({ length: DRAWS }, () => ratio(places.map(() => below(random, count))));
  const largest = places
    .toSorted((i, j) => foretold[j]! - foretold[i]! || i - j)
    .slice(0, Math.round(TOP_SHARE * count));
  const apart = places.map((i) => foretold[i]! - came[i]!);
  return {
    total: ratio(places),
    totalInterval: [quantileOf(ratios, LEVELS[0]), quantileOf(ratios, LEVELS[1])],
    off: apart.reduce((sum, one) => sum + Math.abs(one), 0) / count,
    squareOff: Math.sqrt(apart.reduce((sum, one) => sum + one * one, 0) / count),
    ranks: correlation(ranksOf(foretold), ranksOf(came)),
    topTenth: sumAt(came, largest) / sumAt(came, places),
  };
}

function sumAt(values: ArrayLike<number>, places: readonly number[]): number {
  return places.reduce((sum, i) => sum + values[i]!, 0);
}

/** Ranks from 0; equal values share the middle of theirs. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(order.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's correlation. */
export function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const count = one.length;
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / count;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  let [both, squareOne, squareOther] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [one[i]! - meanOne, other[i]! - meanOther];
    both += x * y;
    squareOne += x * x;
    squareOther += y * y;
  }
  return both / Math.sqrt(squareOne * squareOther);
}
