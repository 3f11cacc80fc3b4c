/** Logistic regression by Newton's method, with a ridge on standardized columns. */
import { inverseFactor, packedLength, solve } from '../../../decisioning/bandits/linear/cholesky.ts';
import { type Predictor, predictorOf, sigmoid } from '../predictor.ts';
import { checkRows, type Rows } from '../rows.ts';
import { addImputer, columnScale, present, standardized } from './standardize.ts';

export interface LogisticSettings {
  /** Half of it times the sum of squared weights of standardized columns is added to the loss; 1 unless told (scikit-learn's C = 1). */
  readonly ridge?: number;
  /** One per row, not negative. */
  readonly weights?: Float64Array;
}

export interface LogisticModel extends Predictor {
  /** Per column, of numbers as they are: log-odds per unit. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** Newton doubles its digits a step: these are plenty, and a loss that does not settle is not worth more. */
const MAX_STEPS = 50;
/** A step that goes too far is halved this often at most. */
const MAX_HALVINGS = 30;
/** Relative change of the loss that counts as none. */
const SETTLED = 1e-11;

/**
 * @param answers 0 or 1 of each row, or a share between them
 * @throws RangeError if answers or weights do not fit the rows
 */
export function fitLogistic(rows: Rows, answers: Float64Array, settings: LogisticSettings = {}): LogisticModel {
  const { ridge = 1, weights } = settings;
  checkRows(rows, answers, weights);
  const { width } = rows;
  const scale = columnScale(rows);
  const z = standardized(rows, scale);
  const beta = newton({ z, width, answers, weights, ridge });
  const coefficients = new Float64Array(width);
  let intercept = beta[width]!;
  for (let j = 0; j < width; j++) {
    // As the file holds it, so that the prediction here and the one there are the same.
    coefficients[j] = Math.fround(beta[j]! / scale.deviations[j]!);
    intercept -= coefficients[j]! * scale.means[j]!;
  }
  intercept = Math.fround(intercept);
  return {
    ...predictorOf({
      link: 'logistic',
      width,
      raw: (row, offset = 0) => {
        let sum = intercept;
        for (let j = 0; j < width; j++) sum += coefficients[j]! * present(row, offset + j, j, scale);
        return sum;
      },
      addTo: (graph, input) =>
        graph.node('Gemm', [
          addImputer(graph, input, scale),
          graph.floats([width, 1], coefficients),
          graph.floats([1], [intercept]),
        ]),
    }),
    coefficients,
    intercept,
  };
}

interface Problem {
  readonly z: Float64Array;
  readonly width: number;
  readonly answers: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly ridge: number;
}

/** Weights of the standardized columns, the intercept last. */
function newton(problem: Problem): Float64Array {
  const { width } = problem;
  const size = width + 1;
  let beta = new Float64Array(size);
  let loss = lossOf(problem, beta);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = derivatives(problem, beta);
    const inverse = inverseFactor(hessian, size);
    if (!inverse) throw new RangeError('logistic regression: no finite answer; are all numbers finite?');
    const move = solve(inverse, size, gradient);
    let next = beta;
    let nextLoss = Number.POSITIVE_INFINITY;
    let share = 1;
    for (let halving = 0; halving < MAX_HALVINGS && !(nextLoss <= loss); halving++, share /= 2) {
      next = beta.map((value, j) => value - share * move[j]!);
      nextLoss = lossOf(problem, next);
    }
    if (!(nextLoss <= loss)) break;
    const gained = loss - nextLoss;
    beta = next;
    loss = nextLoss;
    if (gained <= SETTLED * Math.max(1, Math.abs(loss))) break;
  }
  return beta;
}

function lossOf({ z, width, answers, weights, ridge }: Problem, beta: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < answers.length; i++) {
    const sum = dot(z, i * width, beta, width);
    const weight = weights ? weights[i]! : 1;
    // log(1 + eˢ) − y·s without overflow.
    loss += weight * (Math.max(sum, 0) + Math.log1p(Math.exp(-Math.abs(sum))) - answers[i]! * sum);
  }
  for (let j = 0; j < width; j++) loss += (ridge / 2) * beta[j]! ** 2;
  return loss;
}

function dot(z: Float64Array, from: number, beta: Float64Array, width: number): number {
  let sum = beta[width]!;
  for (let j = 0; j < width; j++) sum += beta[j]! * z[from + j]!;
  return sum;
}

/** Gradient and packed lower triangle of the Hessian. */
function derivatives({ z, width, answers, weights, ridge }: Problem, beta: Float64Array) {
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(packedLength(size));
  const last = packedLength(width);
  for (let i = 0; i < answers.length; i++) {
    const from = i * width;
    const weight = weights ? weights[i]! : 1;
    const p = sigmoid(dot(z, from, beta, width));
    const pull = weight * (p - answers[i]!);
    const curve = weight * p * (1 - p);
    for (let j = 0, at = 0; j < width; j++) {
      const value = z[from + j]!;
      gradient[j] = gradient[j]! + pull * value;
      const bent = curve * value;
      hessian[last + j] = hessian[last + j]! + bent;
      for (let k = 0; k <= j; k++, at++) hessian[at] = hessian[at]! + bent * z[from + k]!;
    }
    gradient[width] = gradient[width]! + pull;
    hessian[last + width] = hessian[last + width]! + curve;
  }
  for (let j = 0; j < width; j++) {
    gradient[j] = gradient[j]! + ridge * beta[j]!;
    hessian[packedLength(j) + j] = hessian[packedLength(j) + j]! + ridge;
  }
  return { gradient, hessian };
}
