/** Products of matrices and models that are no more than that: sums in double precision, rounded once. */
import type { Call, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { meet, type Numbers, stretched, type Tensor } from '../tensor.ts';
import { LOGISTIC, POST_TRANSFORMS, PROBIT, transform, transformTargets } from './lines.ts';

/** Weights one column after the other; four of them are worked on at a time, so that each number of a row is read once for them. */
function times(
  x: Numbers,
  from: number,
  weights: Float64Array,
  inner: number,
  columns: number,
  y: Numbers,
  to: number,
): void {
  let n = 0;
  for (; n + 4 <= columns; n += 4) {
    let a = n * inner;
    let [p, q, r, s] = [0, 0, 0, 0];
    for (let k = from; k < from + inner; k++, a++) {
      const value = x[k]!;
      p += value * weights[a]!;
      q += value * weights[a + inner]!;
      r += value * weights[a + 2 * inner]!;
      s += value * weights[a + 3 * inner]!;
    }
    y[to + n] = p;
    y[to + n + 1] = q;
    y[to + n + 2] = r;
    y[to + n + 3] = s;
  }
  for (; n < columns; n++) {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += x[from + k]! * weights[n * inner + k]!;
    y[to + n] = sum;
  }
}

interface Product {
  readonly weights: ArrayLike<number>;
  readonly columns: number;
  /** Whether weights lie column by column already. */
  readonly turned?: boolean;
  readonly alpha?: number;
  readonly bias?: Tensor | undefined;
  readonly beta?: number;
}

/** alpha × input × weights + beta × bias; the input's last dim is what is summed over. */
function product(
  call: Call,
  { weights, columns, turned, alpha = 1, bias, beta = 1 }: Product,
): [Tensor, Numbers, () => void] {
  const { dims } = call.input();
  const x = call.numbers();
  const inner = dims.at(-1) ?? 0;
  must(inner > 0 && weights.length === inner * columns, `${weights.length} weights, not ${inner} × ${columns}`);
  const packed = Float64Array.from(
    weights,
    (_, i) => alpha * weights[turned ? i : (i % inner) * columns + Math.floor(i / inner)]!,
  );
  const [tensor, y] = call.make([...dims.slice(0, -1), columns]);
  const rows = y.length / columns;
  call.spend(rows * packed.length);
  const at = bias && stretched(bias.dims, meet([bias.dims, tensor.dims]));
  must(!at || at.length === y.length, 'a bias of another shape');
  const added = bias?.data as Numbers;
  const run = (): void => {
    for (let row = 0; row < rows; row++) times(x, row * inner, packed, inner, columns, y, row * columns);
    if (at) for (let i = 0; i < y.length; i++) y[i] = y[i]! + beta * added[at[i]!]!;
  };
  return [tensor, y, run];
}

/** Weights as an input: two dims, or one that stands for a single column. */
function weightsOf(call: Call, turned: boolean): Product {
  const { dims, fixed } = call.input(1);
  if (!fixed || dims.length > 2) refuse('unsupported', 'weights that are no constant matrix');
  const [inner = 0, columns = 1] = turned ? dims.toReversed() : dims;
  must(inner === call.input().dims.at(-1), 'shapes that do not meet');
  return { weights: call.numbers(1), columns, turned };
}

/** Rows, or matrices of them, times a constant matrix. */
export const matMul: Operator = (call) => {
  const [tensor, , run] = product(call, weightsOf(call, false));
  const { dims } = tensor;
  return { outputs: [{ ...tensor, dims: call.input(1).dims.length < 2 ? dims.slice(0, -1) : dims }], run };
};

/** alpha A B' + beta C. */
export const gemm: Operator = (call) => {
  const [alpha, beta] = [call.get('f', 'alpha') ?? 1, call.get('f', 'beta') ?? 1];
  if (call.int('transA')) refuse('unsupported', 'rows as columns');
  const weights = weightsOf(call, call.int('transB') !== 0);
  if (call.inputs[2]) call.numbers(2);
  const [tensor, , run] = product(call, { ...weights, alpha, beta, bias: call.inputs[2] });
  return { outputs: [tensor], run };
};

/** The scores of ai.onnx.ml's linear models, before their transform. */
function scores(call: Call, columns: number): ReturnType<typeof product> {
  const intercepts = call.floats('intercepts');
  must(call.input().dims.length === 2, 'no rows');
  const bias: Tensor = { type: 1, dims: [columns], data: Float64Array.from(intercepts) };
  must(intercepts.length === columns || intercepts.length === 0, 'intercepts of another number');
  return product(call, {
    weights: call.floats('coefficients'),
    columns,
    turned: true,
    bias: intercepts.length > 0 ? bias : undefined,
  });
}

/** A single target keeps its score, but for PROBIT, as onnxruntime has it. */
export const linearRegressor: Operator = (call) => {
  const kind = call.word('post_transform', POST_TRANSFORMS);
  const targets = call.int('targets', 1);
  const [tensor, y, run] = scores(call, targets);
  return {
    outputs: [tensor],
    run: () => {
      run();
      transformTargets(kind, y, targets);
    },
  };
};

/** Labels and scores. One row of coefficients and two classes: p of the second, and 1 − p of the first. */
export const linearClassifier: Operator = (call) => {
  const { type, labels } = call.labels('classlabels_ints');
  const kind = call.word('post_transform', POST_TRANSFORMS);
  call.int('multi_class');
  const columns = call.floats('intercepts').length;
  const isPair = columns === 1 && labels.length === 2;
  must(isPair || labels.length === columns, 'labels of another number');
  if (isPair && kind === PROBIT) refuse('unsupported', 'PROBIT of two classes');
  const [tensor, y, run] = scores(call, columns);
  const rows = tensor.dims[0]!;
  const [label] = call.make([rows], type);
  const [pairs, p] = call.make([isPair ? rows : 0, 2]);
  return {
    outputs: [label, isPair ? pairs : tensor],
    run: () => {
      run();
      for (let row = 0; row < rows; row++) {
        const at = row * columns;
        let best = isPair && y[at]! > 0 ? 1 : 0;
        for (let i = 1; i < columns; i++) if (y[at + i]! > y[at + best]!) best = i;
        label.data[row] = labels[best]!;
        if (!isPair || kind === LOGISTIC) transform(kind, y, at, columns);
        if (isPair) {
          p[2 * row] = 1 - y[at]!;
          p[2 * row + 1] = y[at]!;
        }
      }
    },
  };
};
