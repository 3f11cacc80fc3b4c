/** Gradient boosting over histograms (Friedman 2001; second-order leaves as Chen and Guestrin 2016). */
import type { Random } from '../../../decisioning/random.ts';
import { addTrees } from '../onnx/trees.ts';
import { type Predictor, predictorOf } from '../predictor.ts';
import { randomFor } from '../random.ts';
import { checkRows, type Rows } from '../rows.ts';
import { binRows } from '../trees/bins.ts';
import { type GrowRules, growTree } from '../trees/grow.ts';
import { sumOfTrees, type Tree } from '../trees/tree.ts';
import { type Loss, type LossName, lossOf } from './losses.ts';

export interface BoostingSettings {
  readonly loss?: LossName;
  /** Of quantile loss, (0, 1). */
  readonly level?: number;
  readonly rounds?: number;
  readonly depth?: number;
  readonly learningRate?: number;
  readonly l2?: number;
  /** Smallest sum of second derivatives in a leaf. */
  readonly minWeight?: number;
  /** Share of the rows that each tree sees, (0, 1]. */
  readonly subsample?: number;
  readonly columnsPerNode?: number;
  readonly bins?: number;
  readonly seed?: number;
  readonly weights?: Float64Array;
  /** Rows that are not trained on: training ends when they have not improved for `patience` rounds, and the best rounds are kept. */
  readonly validation?: { readonly rows: Rows; readonly answers: Float64Array; readonly weights?: Float64Array };
  readonly patience?: number;
}

export interface BoostingModel extends Predictor {
  readonly trees: readonly Tree[];
  readonly base: number;
  /** Sum of the gains by column, over all trees that were grown. */
  readonly gains: Float64Array;
}

const DEFAULTS = {
  loss: 'logistic',
  rounds: 100,
  depth: 5,
  learningRate: 0.1,
  l2: 1,
  minWeight: 1,
  subsample: 1,
  seed: 1,
  patience: 20,
} as const;

/** @throws RangeError if answers or weights do not fit the rows, or a quantile has no level */
export function fitBoosting(rows: Rows, answers: Float64Array, settings: BoostingSettings = {}): BoostingModel {
  checkRows(rows, answers, settings.weights);
  const options = { ...DEFAULTS, ...settings };
  const loss = lossOf(options.loss, options.level);
  const base = Math.fround(loss.start(answers, options.weights));
  const grown = new Boosting(rows, answers, loss, base, options).grow();
  return {
    ...predictorOf({
      link: loss.link,
      width: rows.width,
      raw: (row, offset = 0) => base + sumOfTrees(grown.trees, row, offset),
      addTo: (graph, input) => addTrees(graph, input, grown.trees, { base }),
    }),
    ...grown,
    base,
  };
}

type Options = BoostingSettings & Required<Pick<BoostingSettings, keyof typeof DEFAULTS>>;

class Boosting {
  readonly #answers: Float64Array;
  readonly #loss: Loss;
  readonly #options: Options;
  readonly #raw: Float64Array;
  readonly #slopes: { gradient: Float64Array; hessian: Float64Array };
  readonly #binned;
  readonly #gains: Float64Array;
  readonly #held: { rows: Rows; answers: Float64Array; raw: Float64Array } | undefined;

  constructor(rows: Rows, answers: Float64Array, loss: Loss, base: number, options: Options) {
    this.#answers = answers;
    this.#loss = loss;
    this.#options = options;
    this.#raw = new Float64Array(answers.length).fill(base);
    this.#slopes = { gradient: new Float64Array(answers.length), hessian: new Float64Array(answers.length) };
    this.#binned = binRows(rows, options.bins);
    this.#gains = new Float64Array(rows.width);
    const { validation } = options;
    this.#held = validation && { ...validation, raw: new Float64Array(validation.answers.length).fill(base) };
  }

  grow(): { trees: Tree[]; gains: Float64Array } {
    const { rounds, patience, seed } = this.#options;
    const trees: Tree[] = [];
    let best = { loss: this.#heldLoss(), rounds: 0 };
    for (let round = 0; round < rounds; round++) {
      const tree = this.#tree(randomFor(seed, `boosting:${round}`));
      trees.push(tree);
      if (!this.#held) continue;
      const { rows, raw } = this.#held;
      for (let i = 0; i < raw.length; i++) raw[i] = raw[i]! + sumOfTrees([tree], rows.values, i * rows.width);
      const held = this.#heldLoss();
      if (held < best.loss) best = { loss: held, rounds: round + 1 };
      else if (round + 1 - best.rounds >= patience) break;
    }
    return { trees: this.#held ? trees.slice(0, best.rounds) : trees, gains: this.#gains };
  }

  #tree(random: Random): Tree {
    const { depth, l2, minWeight, columnsPerNode, learningRate } = this.#options;
    const rules: GrowRules = { depth, l2, minWeight, minGain: 1e-9, ...(columnsPerNode && { columnsPerNode }) };
    this.#findSlopes();
    const sample = this.#sample(random);
    const isMovedByLeaves = sample.length === this.#answers.length;
    const tree = growTree({
      binned: this.#binned,
      slopes: this.#slopes,
      rows: sample,
      rules,
      random,
      gains: this.#gains,
      leafValue: (rows, gradient, hessian) => {
        const best = this.#loss.leaf ? this.#loss.leaf(this.#lacking(rows)) : -gradient / (hessian + l2);
        const value = Math.fround(learningRate * best);
        // Every row is in some leaf: its prediction moves here, without walking the tree again.
        if (isMovedByLeaves) for (const row of rows) this.#raw[row] = this.#raw[row]! + value;
        return value;
      },
    });
    if (!isMovedByLeaves) this.#moveAll(tree);
    return tree;
  }

  #findSlopes(): void {
    const { weights } = this.#options;
    const { gradient, hessian } = this.#slopes;
    for (let i = 0; i < this.#answers.length; i++) {
      const weight = weights ? weights[i]! : 1;
      gradient[i] = weight * this.#loss.gradient(this.#raw[i]!, this.#answers[i]!);
      hessian[i] = weight * this.#loss.hessian(this.#raw[i]!);
    }
  }

  #lacking(rows: Int32Array): Float64Array {
    return Float64Array.from(rows, (row) => this.#answers[row]! - this.#raw[row]!);
  }

  /** Each row by itself with the share's probability, in the order of the rows. */
  #sample(random: Random): Int32Array {
    const { subsample } = this.#options;
    const all = Int32Array.from(this.#answers, (_, row) => row);
    return subsample < 1 ? all.filter(() => random.next() < subsample) : all;
  }

  #moveAll(tree: Tree): void {
    // Bins stand for the values: the largest value of a bin is its edge, so walking with edges is the same walk.
    const { bins, edges, missing, width } = this.#binned;
    const row = new Float64Array(width);
    for (let i = 0; i < this.#raw.length; i++) {
      for (let column = 0; column < width; column++) {
        const bin = bins[column]![i]!;
        row[column] = bin === missing[column] ? Number.NaN : (edges[column]![bin] ?? Number.POSITIVE_INFINITY);
      }
      this.#raw[i] = this.#raw[i]! + sumOfTrees([tree], row);
    }
  }

  #heldLoss(): number {
    if (!this.#held) return 0;
    const { answers, raw } = this.#held;
    const weights = this.#options.validation?.weights;
    let loss = 0;
    for (let i = 0; i < raw.length; i++) loss += (weights ? weights[i]! : 1) * this.#loss.loss(raw[i]!, answers[i]!);
    return loss;
  }
}
