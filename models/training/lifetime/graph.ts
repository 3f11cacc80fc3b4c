/** BG/NBD, Gamma-Gamma and what boosting corrects of them, as one graph: exact, since operators of ONNX are all they need. */
import { hypergeometric } from '../../../decisioning/scoring/lifetime/hypergeometric.ts';
import type { LifetimeModel } from '../../../decisioning/scoring/lifetime/next-value.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { ModelGraph } from '../onnx/graph.ts';
import type { RawPredictor } from '../predictor.ts';
import { DAYS_PER_WEEK } from './orders.ts';

/** Columns of a row, as customers' systems know them. */
export const COLUMNS = ['orders', 'first_days_ago', 'last_days_ago', 'mean_value'] as const;

/** What is learned besides the parameters. */
export interface LifetimeHeads {
  /** Logarithm of what to multiply the forecast of the models with, from a row. */
  readonly correction: RawPredictor;
  /** Of the value that comes, as a multiple of the models' forecast: low and high quantile. */
  readonly low: RawPredictor;
  readonly high: RawPredictor;
  /** Log-odds of an order within the horizon: slope and shift on the models' own. */
  readonly returns: { readonly slope: number; readonly shift: number };
}

export interface LifetimeShape {
  readonly horizonDays: number;
  /** Longer than the horizon. */
  readonly extrapolatedDays: number;
  /** Customers younger than this are taken to be this old: the series must be good for them. */
  readonly youngestDays: number;
}

/** The outputs, each rows × 1. */
export const OUTPUTS = [
  'value',
  'value_low',
  'value_high',
  'orders',
  'returns',
  'alive',
  'value_3y_extrapolated',
] as const;

/** What the series may lack of the function, relative, for the youngest customers; numbers of 32 bits lack about as much. */
const SERIES_TOLERANCE = 1e-5;
/** More terms than this mean that α is tiny beside the horizon: another model should be taken. */
const MAX_TERMS = 256;
/** Logarithms beyond this overflow numbers of 32 bits when they are undone. */
const MOST_LOG_ODDS = 80;
/** Probabilities stay this far from 0 and 1 where their log-odds are taken. */
const LEAST = 1e-6;

/**
 * @throws RangeError if the series would need too many terms, or a is so near to 1 that the formula divides by nothing
 */
export function lifetimeGraph(
  model: LifetimeModel,
  heads: LifetimeHeads,
  { horizonDays, extrapolatedDays, youngestDays }: LifetimeShape,
): ModelGraph {
  const graph = new GraphBuilder();
  const net = new Formulas(graph, model, termsFor(model, extrapolatedDays, youngestDays));
  const rows = 'row';
  const history = net.history(rows);
  const orderValue = net.orderValue(rows);
  const alive = net.alive(history);
  const year = net.ordersNext(history, alive, horizonDays / DAYS_PER_WEEK);
  const longer = net.ordersNext(history, alive, extrapolatedDays / DAYS_PER_WEEK);
  const plain = graph.node('Mul', [year.orders, orderValue]);
  const value = net.times(plain, graph.node('Exp', [heads.correction.addTo(graph, rows)]));
  const low = graph.node('Relu', [net.times(plain, heads.low.addTo(graph, rows))]);
  const high = net.times(plain, heads.high.addTo(graph, rows));
  const beyond = net.times(graph.node('Sub', [longer.orders, year.orders]), orderValue);
  graph.named('Identity', [value], 'value');
  graph.named('Min', [low, value], 'value_low');
  graph.named('Max', [high, value], 'value_high');
  graph.named('Identity', [year.orders], 'orders');
  graph.named('Sigmoid', [net.recalibrated(year.returns, heads.returns)], 'returns');
  graph.named('Identity', [alive], 'alive');
  graph.named('Add', [value, graph.node('Relu', [beyond])], 'value_3y_extrapolated');
  return graph.finish('lifetime-value', { name: rows, width: COLUMNS.length }, [...OUTPUTS]);
}

/** One customer's history as columns: repeats x, r + x, α + T and α + t_x. */
interface HistoryColumns {
  readonly repeats: string;
  readonly shape: string;
  readonly now: string;
  readonly last: string;
  /** C = a + b + x − 1. */
  readonly c: string;
  /** Of each term of the series, the logarithm of its denominator; it is the same for all horizons. */
  readonly denominators: string;
}

/** The formulas of `decisioning/scoring/lifetime/`, node by node. */
class Formulas {
  readonly #graph: GraphBuilder;
  readonly #model: LifetimeModel;
  /** Places of the series' terms after the first, which is 1. */
  readonly #places: readonly number[];

  constructor(graph: GraphBuilder, model: LifetimeModel, terms: number) {
    this.#graph = graph;
    this.#model = model;
    this.#places = Array.from({ length: terms }, (_, n) => n);
  }

  history(rows: string): HistoryColumns {
    const { r, alpha, a, b } = this.#model.orders;
    const weeks = (column: number) => this.#scaled(this.#column(rows, column), 1 / DAYS_PER_WEEK);
    const repeats = this.#graph.node('Relu', [this.#plus(this.#column(rows, 0), -1)]);
    const age = weeks(1);
    const lastAt = this.#graph.node('Relu', [this.#graph.node('Sub', [age, weeks(2)])]);
    const c = this.#plus(repeats, a + b - 1);
    return {
      repeats,
      shape: this.#plus(repeats, r),
      now: this.#plus(age, alpha),
      last: this.#plus(lastAt, alpha),
      c,
      denominators: this.#denominators(c),
    };
  }

  /** P(alive): a sigmoid with repeats, 1 without. */
  alive({ repeats, now, last, shape }: HistoryColumns): string {
    const { a, b } = this.#model.orders;
    const graph = this.#graph;
    const silence = this.#logOf(now, last);
    // b + x − 1 of one repeat where there is none, so that its logarithm exists.
    const stays = this.#log(this.#plus(graph.node('Relu', [this.#plus(repeats, -1)]), b));
    const logOdds = graph.node('Sub', [this.#plus(stays, -Math.log(a)), this.times(shape, silence)]);
    const hasRepeats = graph.node('Min', [repeats, this.#number(1)]);
    // Of those who are almost surely gone, 1 − P(stopped) would have no digits, nor has onnxruntime's Sigmoid.
    const odds = graph.node('Exp', [graph.node('Min', [graph.node('Neg', [logOdds]), this.#number(MOST_LOG_ODDS)])]);
    const staying = graph.node('Div', [hasRepeats, this.#plus(odds, 1)]);
    return graph.node('Add', [graph.node('Sub', [this.#number(1), hasRepeats]), staying]);
  }

  /** E[orders within the time], and the probability of one at least. */
  ordersNext(
    { shape, now, c, denominators }: HistoryColumns,
    alive: string,
    weeks: number,
  ): { orders: string; returns: string } {
    const { a } = this.#model.orders;
    const graph = this.#graph;
    const end = this.#plus(now, weeks);
    const logStay = this.#logOf(now, end);
    const logZ = this.#logOf(this.#number(weeks), end);
    // (1 − z)^(a−1) − 1 and the series without its 1: what is left after subtracting, not what is subtracted, has all digits.
    const growth = this.#expLess1(this.#scaled(logStay, a - 1));
    const series = this.#seriesLess1(denominators, logZ);
    const missing = graph.node('Add', [growth, graph.node('Add', [series, this.times(growth, series)])]);
    const ifAlive = this.times(this.#scaled(c, 1 / (1 - a)), missing);
    const none = graph.node('Exp', [this.times(shape, logStay)]);
    return {
      orders: graph.node('Relu', [this.times(alive, ifAlive)]),
      returns: this.times(alive, graph.node('Sub', [this.#number(1), none])),
    };
  }

  /** E[value of an order], from all orders so far. */
  orderValue(rows: string): string {
    const { p, q, v } = this.#model.values;
    const orders = this.#column(rows, 0);
    const seen = this.times(orders, this.#column(rows, 3));
    return this.#graph.node('Div', [this.#scaled(this.#plus(seen, v), p), this.#plus(this.#scaled(orders, p), q - 1)]);
  }

  recalibrated(probability: string, { slope, shift }: { readonly slope: number; readonly shift: number }): string {
    const graph = this.#graph;
    const inside = graph.node('Min', [graph.node('Max', [probability, this.#number(LEAST)]), this.#number(1 - LEAST)]);
    const logOdds = graph.node('Sub', [this.#log(inside), this.#log(graph.node('Sub', [this.#number(1), inside]))]);
    return this.#plus(this.#scaled(logOdds, slope), shift);
  }

  times(one: string, other: string): string {
    return this.#graph.node('Mul', [one, other]);
  }

  /** Term by term Σ ln(C + n) over the factors before it: one product with a triangular matrix for all of them. */
  #denominators(c: string): string {
    const graph = this.#graph;
    const terms = this.#places.length;
    const each = this.#log(graph.node('Add', [c, graph.floats([1, terms], this.#places)]));
    // Row n, column k: factor n belongs to term k + 1 if it comes before it.
    const triangle = this.#places.flatMap((n) => this.#places.map((k) => (n <= k ? 1 : 0)));
    return graph.node('MatMul', [each, graph.floats([terms, terms], triangle)]);
  }

  /** ₂F₁(a + b − 1 − r, a − 1; C; z) − 1, after Euler's transformation: all terms as exponentials of sums of logarithms. Only C and z differ between customers. */
  #seriesLess1(denominators: string, logZ: string): string {
    const { r, a, b } = this.#model.orders;
    const graph = this.#graph;
    const terms = this.#places.length;
    const factors = this.#places.map((n) => ((a + b - 1 - r + n) * (a - 1 + n)) / (n + 1));
    const logs = runningSum(factors.map((factor) => Math.log(Math.abs(factor))));
    const negatives = runningSum(factors.map((factor) => (factor < 0 ? 1 : 0)));
    const powers = graph.node('MatMul', [
      logZ,
      graph.floats(
        [1, terms],
        this.#places.map((k) => k + 1),
      ),
    ]);
    const numerators = graph.node('Add', [powers, graph.floats([1, terms], logs)]);
    const sizes = graph.node('Exp', [graph.node('Sub', [numerators, denominators])]);
    const signs = graph.floats(
      [terms, 1],
      negatives.map((count) => (count % 2 === 0 ? 1 : -1)),
    );
    return graph.node('MatMul', [sizes, signs]);
  }

  #column(rows: string, column: number): string {
    const chosen = COLUMNS.map((_, i) => (i === column ? 1 : 0));
    return this.#graph.node('MatMul', [rows, this.#graph.floats([COLUMNS.length, 1], chosen)]);
  }

  #number(value: number): string {
    return this.#graph.floats([1], [value]);
  }

  #plus(column: string, value: number): string {
    return this.#graph.node('Add', [column, this.#number(value)]);
  }

  #scaled(column: string, factor: number): string {
    return this.#graph.node('Mul', [column, this.#number(factor)]);
  }

  /** ln(one / other): a difference of logarithms would have fewer digits. */
  #logOf(one: string, other: string): string {
    return this.#log(this.#graph.node('Div', [one, other]));
  }

  /** exp(x) − 1 = 2t / (1 − t) with t = tanh(x / 2), which keeps its digits near 0. */
  #expLess1(column: string): string {
    const half = this.#graph.node('Tanh', [this.#scaled(column, 0.5)]);
    return this.#graph.node('Div', [this.#scaled(half, 2), this.#graph.node('Sub', [this.#number(1), half])]);
  }

  #log(column: string): string {
    return this.#graph.node('Log', [column]);
  }
}

function runningSum(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** How many terms the series needs where it ends last: for the youngest customer, who has ordered once, over the longest time. */
function termsFor({ orders: { r, alpha, a, b } }: LifetimeModel, days: number, youngestDays: number): number {
  if (Math.abs(a - 1) < 1e-3) throw new RangeError('lifetime model: a is 1, where the formula divides by nothing');
  const z = days / (DAYS_PER_WEEK * alpha + youngestDays + days);
  const c = a + b - 1;
  const whole = hypergeometric(a + b - 1 - r, a - 1, c, z);
  let [term, sum] = [1, 1];
  for (let n = 0; n < MAX_TERMS; n++) {
    term *= (((a + b - 1 - r + n) * (a - 1 + n)) / ((c + n) * (n + 1))) * z;
    sum += term;
    if (Math.abs(sum - whole) < SERIES_TOLERANCE * Math.abs(whole)) return n + 1;
  }
  throw new RangeError(`lifetime model: the series needs more than ${MAX_TERMS} terms for ${days} days`);
}
