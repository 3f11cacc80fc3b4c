/** Random forest (Breiman 2001): trees on bootstrap samples, a few columns drawn for each node, their leaves averaged. */
import { addTrees } from '../onnx/trees.ts';
import { logOdds, type Predictor, predictorOf } from '../predictor.ts';
import { below, randomFor } from '../random.ts';
import { checkRows, type Rows } from '../rows.ts';
import { binRows } from '../trees/bins.ts';
import { growTree } from '../trees/grow.ts';
import { sumOfTrees, type Tree } from '../trees/tree.ts';

export interface ForestSettings {
  /** `logistic`: leaves hold log-odds, so that forests average with other models and explanations add up; `squared`: means. */
  readonly loss?: 'logistic' | 'squared';
  readonly trees?: number;
  readonly depth?: number;
  /** Smallest number of (bootstrapped) rows in a leaf. */
  readonly minRows?: number;
  /** The square root of the columns unless told. */
  readonly columnsPerNode?: number;
  readonly bins?: number;
  readonly seed?: number;
  readonly weights?: Float64Array;
}

export interface ForestModel extends Predictor {
  readonly trees: readonly Tree[];
  readonly gains: Float64Array;
}

const DEFAULTS = { loss: 'logistic', trees: 100, depth: 8, minRows: 20, seed: 1 } as const;
/** Rows' worth of the overall rate that each leaf is drawn towards, so that a pure leaf has finite log-odds. */
const PRIOR_ROWS = 2;
const LEAST = 1e-6;

/** @throws RangeError if answers or weights do not fit the rows */
export function fitForest(rows: Rows, answers: Float64Array, settings: ForestSettings = {}): ForestModel {
  checkRows(rows, answers, settings.weights);
  const options = { ...DEFAULTS, ...settings };
  const binned = binRows(rows, options.bins);
  const gains = new Float64Array(rows.width);
  const mean = answers.reduce((sum, answer) => sum + answer, 0) / answers.length;
  const prior = Math.min(1 - LEAST, Math.max(LEAST, mean));
  const columnsPerNode = options.columnsPerNode ?? Math.max(1, Math.round(Math.sqrt(rows.width)));
  const trees = Array.from({ length: options.trees }, (_, tree) => {
    const random = randomFor(options.seed, `forest:${tree}`);
    const times = bootstrap(answers.length, random, options.weights);
    // With slopes of squared loss the gain is the fall in variance, for answers of 0 and 1 the fall in Gini's impurity.
    const gradient = times.map((count, i) => -count * answers[i]!);
    return growTree({
      binned,
      slopes: { gradient, hessian: times },
      rows: Int32Array.from(times, (_, i) => i).filter((i) => times[i]! > 0),
      rules: { depth: options.depth, l2: 0, minWeight: options.minRows, minGain: 1e-9, columnsPerNode },
      random,
      gains,
      leafValue: (_, sum, count) => {
        const value =
          options.loss === 'squared'
            ? -sum / Math.max(count, LEAST)
            : logOdds((-sum + PRIOR_ROWS * prior) / (count + PRIOR_ROWS));
        return value / options.trees;
      },
    });
  });
  return {
    ...predictorOf({
      link: options.loss === 'logistic' ? 'logistic' : 'identity',
      width: rows.width,
      raw: (row, offset = 0) => sumOfTrees(trees, row, offset),
      addTo: (graph, input) => addTrees(graph, input, trees),
    }),
    trees,
    gains,
  };
}

/** How often each row was drawn, times its weight. */
function bootstrap(
  count: number,
  random: { readonly next: () => number },
  weights: Float64Array | undefined,
): Float64Array {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = below(random, count);
    times[row] = times[row]! + (weights ? weights[row]! : 1);
  }
  return times;
}
