/** Calibration of log-odds: by a line (Platt 1999), or by steps that never fall (isotonic regression). */
import { addTrees } from '../onnx/trees.ts';
import { type Predictor, predictorOf, type RawPredictor } from '../predictor.ts';
import { type Tree, TreeLists } from '../trees/tree.ts';
import { fitLogistic } from './logistic.ts';

/** Log-odds in, calibrated log-odds out. */
export interface Calibration {
  readonly kind: 'none' | 'platt' | 'isotonic';
  readonly apply: (raw: number) => number;
  /** In words, with its numbers. */
  readonly words: string;
  readonly wrap: (model: RawPredictor) => Predictor;
}

export const NO_CALIBRATION: Calibration = {
  kind: 'none',
  apply: (raw) => raw,
  words: 'none',
  wrap: predictorOf,
};

/** Ridge so small that it only keeps separable log-odds finite. */
const PLATT_RIDGE = 1e-6;

/** slope · raw + shift, by maximum likelihood. */
export function fitPlatt(raw: Float64Array, answers: Float64Array, weights?: Float64Array): Calibration {
  const line = fitLogistic({ values: raw, width: 1 }, answers, { ridge: PLATT_RIDGE, ...(weights && { weights }) });
  const [slope, shift] = [line.coefficients[0]!, line.intercept];
  const apply = (value: number) => slope * value + shift;
  return {
    kind: 'platt',
    apply,
    words: `log-odds × ${slope.toFixed(4)} ${shift < 0 ? '−' : '+'} ${Math.abs(shift).toFixed(4)} (Platt)`,
    wrap: (model) =>
      predictorOf({
        ...model,
        raw: (row, offset) => apply(model.raw(row, offset)),
        addTo: (graph, rows) => {
          const scaled = graph.node('Mul', [model.addTo(graph, rows), graph.floats([1], [slope])]);
          return graph.node('Add', [scaled, graph.floats([1], [shift])]);
        },
      }),
  };
}

/** A step of none (or all) is as likely as half a row of everybody: log-odds stay finite, and steps never fall. */
const LEAST_ROWS = 0.5;

/** A level that holds from its first raw number on. */
interface Step {
  readonly from: number;
  readonly value: number;
}

/** Steps of log-odds by pooling adjacent violators (Ayer and others 1955). */
export function fitIsotonic(raw: Float64Array, answers: Float64Array, weights?: Float64Array): Calibration {
  const steps = stepsOf(raw, answers, weights);
  const tree = stepTree(steps);
  const apply = (value: number) => {
    let [low, high] = [0, steps.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (value > steps[middle]!.from) low = middle;
      else high = middle - 1;
    }
    return steps[low]!.value;
  };
  return {
    kind: 'isotonic',
    apply,
    words: `${steps.length} steps that never fall (isotonic regression)`,
    wrap: (model) =>
      predictorOf({
        ...model,
        raw: (row, offset) => apply(model.raw(row, offset)),
        addTo: (graph, rows) => addTrees(graph, model.addTo(graph, rows), [tree]),
      }),
  };
}

function stepsOf(raw: Float64Array, answers: Float64Array, weights?: Float64Array): Step[] {
  const order = Int32Array.from(raw, (_, i) => i).sort((i, j) => raw[i]! - raw[j]! || i - j);
  const pools: { low: number; high: number; sum: number; weight: number }[] = [];
  for (const i of order) {
    const weight = weights ? weights[i]! : 1;
    let pool = { low: raw[i]!, high: raw[i]!, sum: weight * answers[i]!, weight };
    for (let last = pools.at(-1); last; last = pools.at(-1)) {
      // Equal scores cannot be told apart, whatever came of them.
      const isFalling = last.sum * pool.weight >= pool.sum * last.weight || last.high === pool.low;
      if (!isFalling) break;
      pools.pop();
      pool = { low: last.low, high: pool.high, sum: last.sum + pool.sum, weight: last.weight + pool.weight };
    }
    pools.push(pool);
  }
  const least = LEAST_ROWS / (1 + pools.reduce((total, { weight }) => total + weight, 0));
  return pools.map(({ low, sum, weight }, i) => {
    const from = i === 0 ? Number.NEGATIVE_INFINITY : Math.fround((pools[i - 1]!.high + low) / 2);
    const share = Math.min(1 - least, Math.max(least, sum / weight));
    return { from, value: Math.fround(Math.log(share / (1 - share))) };
  });
}

/** The steps as a tree of one column, halved until one is left. */
function stepTree(steps: readonly Step[]): Tree {
  const lists = new TreeLists();
  const grow = (first: number, last: number): number => {
    const place = lists.leaf(steps[first]!.value, 0);
    if (first === last) return place;
    const middle = (first + last + 1) >> 1;
    lists.split(place, 0, steps[middle]!.from, true);
    const left = grow(first, middle - 1);
    const right = grow(middle, last);
    lists.children(place, left, right);
    return place;
  };
  grow(0, steps.length - 1);
  return lists.finish();
}
