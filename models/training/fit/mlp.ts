/** A small neural network: standardized columns, hidden layers with ReLU, one number out; trained by Adam (Kingma and Ba 2015). */
import type { Random } from '../../../decisioning/random.ts';
import { type Link, type Predictor, predictorOf } from '../predictor.ts';
import { normal, randomFor, shuffle } from '../random.ts';
import { checkRows, type Rows, rowCount } from '../rows.ts';
import { lossOf } from './losses.ts';
import { addImputer, type ColumnScale, columnScale, present, standardized } from './standardize.ts';

export interface MlpSettings {
  readonly loss?: 'logistic' | 'squared' | 'poisson';
  /** Sizes of the hidden layers. */
  readonly hidden?: readonly number[];
  readonly epochs?: number;
  readonly batch?: number;
  /** Falls to 0 along a half cosine. */
  readonly learningRate?: number;
  /** Share of each weight that is taken off per unit of learning (Loshchilov and Hutter 2019). */
  readonly decay?: number;
  readonly seed?: number;
  readonly weights?: Float64Array;
}

const DEFAULTS = {
  loss: 'logistic',
  hidden: [32, 16],
  epochs: 30,
  batch: 64,
  learningRate: 0.003,
  decay: 0.01,
  seed: 1,
} as const;

/** Adam's own constants, as published. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** One layer: `outputs` × `inputs` weights, row by row, and a bias each, with Adam's moments. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** @throws RangeError if answers or weights do not fit the rows */
export function fitMlp(rows: Rows, answers: Float64Array, settings: MlpSettings = {}): Predictor {
  checkRows(rows, answers, settings.weights);
  const options = { ...DEFAULTS, ...settings };
  const scale = columnScale(rows);
  const z = standardized(rows, scale);
  const random = randomFor(options.seed, 'mlp');
  const sizes = [rows.width, ...options.hidden, 1];
  const layers = sizes.slice(1).map((outputs, i) => newLayer(sizes[i]!, outputs, random));
  const loss = lossOf(options.loss);
  const last = layers.at(-1)!;
  last.values[last.inputs] = loss.start(answers, options.weights);
  const order = Int32Array.from({ length: rowCount(rows) }, (_, i) => i);
  const steps = options.epochs * Math.ceil(order.length / options.batch);
  const activations = sizes.map((size) => new Float64Array(size));
  const deltas = sizes.map((size) => new Float64Array(size));
  let step = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += options.batch) {
      const batch = order.subarray(from, from + options.batch);
      for (const row of batch) {
        activations[0]!.set(z.subarray(row * rows.width, (row + 1) * rows.width));
        const raw = forward(layers, activations);
        const weight = (options.weights ? options.weights[row]! : 1) / batch.length;
        deltas.at(-1)![0] = weight * loss.gradient(raw, answers[row]!);
        backward(layers, activations, deltas);
      }
      step += 1;
      const rate = (options.learningRate / 2) * (1 + Math.cos((Math.PI * step) / steps));
      for (const layer of layers) adam(layer, step, rate, options.decay);
    }
  }
  return finished(layers, scale, loss.link);
}

function newLayer(inputs: number, outputs: number, random: Random): Layer {
  const length = outputs * (inputs + 1);
  const values = new Float64Array(length);
  // He and others 2015: keeps the spread of activations behind ReLU.
  const spread = Math.sqrt(2 / inputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) values[o * (inputs + 1) + i] = spread * normal(random);
  }
  const zeros = () => new Float64Array(length);
  return { inputs, outputs, values, gradient: zeros(), first: zeros(), second: zeros() };
}

/** Fills the activations behind the first. @returns the raw number. */
function forward(layers: readonly Layer[], activations: readonly Float64Array[]): number {
  for (let l = 0; l < layers.length; l++) {
    const { inputs, outputs, values } = layers[l]!;
    const before = activations[l]!;
    const after = activations[l + 1]!;
    const isLast = l === layers.length - 1;
    for (let o = 0; o < outputs; o++) {
      const from = o * (inputs + 1);
      let sum = values[from + inputs]!;
      for (let i = 0; i < inputs; i++) sum += values[from + i]! * before[i]!;
      after[o] = isLast || sum > 0 ? sum : 0;
    }
  }
  return activations.at(-1)![0]!;
}

/** Adds one row's slopes to the gradients, from the last layer's delta backwards. */
function backward(
  layers: readonly Layer[],
  activations: readonly Float64Array[],
  deltas: readonly Float64Array[],
): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, values, gradient } = layers[l]!;
    const before = activations[l]!;
    const after = deltas[l + 1]!;
    const delta = deltas[l]!;
    delta.fill(0);
    for (let o = 0; o < outputs; o++) {
      const pull = after[o]!;
      if (pull === 0) continue;
      const from = o * (inputs + 1);
      gradient[from + inputs] = gradient[from + inputs]! + pull;
      for (let i = 0; i < inputs; i++) {
        gradient[from + i] = gradient[from + i]! + pull * before[i]!;
        delta[i] = delta[i]! + pull * values[from + i]!;
      }
    }
    // ReLU lets nothing back where it let nothing through.
    if (l > 0) for (let i = 0; i < inputs; i++) if (before[i] === 0) delta[i] = 0;
  }
}

function adam({ inputs, values, gradient, first, second }: Layer, step: number, rate: number, decay: number): void {
  const [correct1, correct2] = [1 - BETA_1 ** step, 1 - BETA_2 ** step];
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i]!;
    first[i] = BETA_1 * first[i]! + (1 - BETA_1) * slope;
    second[i] = BETA_2 * second[i]! + (1 - BETA_2) * slope * slope;
    const isBias = i % (inputs + 1) === inputs;
    const move = first[i]! / correct1 / (Math.sqrt(second[i]! / correct2) + EPSILON);
    values[i] = values[i]! - rate * (move + (isBias ? 0 : decay * values[i]!));
    gradient[i] = 0;
  }
}

/** The network over numbers as they are: the first layer takes the scale in, and all weights are of 32 bits. */
function finished(layers: readonly Layer[], scale: ColumnScale, link: Link): Predictor {
  const sizes = layers.map(({ inputs, outputs, values }, l) => {
    const weights = new Float64Array(outputs * inputs);
    const biases = new Float64Array(outputs);
    for (let o = 0; o < outputs; o++) {
      let bias = values[o * (inputs + 1) + inputs]!;
      for (let i = 0; i < inputs; i++) {
        const value = values[o * (inputs + 1) + i]!;
        const weight = Math.fround(l === 0 ? value / scale.deviations[i]! : value);
        weights[o * inputs + i] = weight;
        if (l === 0) bias -= weight * scale.means[i]!;
      }
      biases[o] = Math.fround(bias);
    }
    return { inputs, outputs, weights, biases };
  });
  const width = sizes[0]!.inputs;
  return predictorOf({
    link,
    width,
    raw: (row, offset = 0) => {
      let values = Float64Array.from({ length: width }, (_, i) => present(row, offset + i, i, scale));
      for (const [l, { inputs, outputs, weights, biases }] of sizes.entries()) {
        const before = values;
        values = Float64Array.from({ length: outputs }, (_, o) => {
          let sum = biases[o]!;
          for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i]! * before[i]!;
          return l < sizes.length - 1 ? Math.max(0, sum) : sum;
        });
      }
      return values[0]!;
    },
    addTo: (graph, input) =>
      sizes.reduce(
        (before, { inputs, outputs, weights, biases }, l) => {
          const sum = graph.node(
            'Gemm',
            [before, graph.floats([outputs, inputs], weights), graph.floats([outputs], biases)],
            {
              transB: { int: 1 },
            },
          );
          return l < sizes.length - 1 ? graph.node('Relu', [sum]) : sum;
        },
        addImputer(graph, input, scale),
      ),
  });
}
