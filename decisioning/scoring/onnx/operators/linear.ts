/** Products of matrices and models that are no more than that: sums in double precision, rounded once. */
import type { Call, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { INT64, listOf, meet, type Numbers, stretched, type Tensor } from '../tensor.ts';
import { LOGISTIC, placeOfLargest, postTransform, transform, transformTargets } from './lines.ts';

/**
 * Input × weights + beta × bias; the input's last dim is what is summed over.
 *
 * @param columns of the weights, which lie row by row, or column by column where they are `turned`
 */
function product(
  call: Call,
  weights: ArrayLike<number>,
  columns: number,
  turned: boolean,
  bias?: Tensor,
  alpha = 1,
  beta = 1,
): () => void {
  const { dims, data: x } = call.input();
  const inner = dims.at(-1)!;
  must(weights.length > 0 && weights.length === inner * columns, 'weights');
  const y = call.make([...dims.slice(0, -1), columns]);
  call.spend((y.length + 1) * inner, 8 * weights.length);
  // One column after the other.
  const w = Float64Array.from(
    weights,
    (_, i) => alpha * weights[turned ? i : (i % inner) * columns + Math.floor(i / inner)]!,
  );
  const at = bias && stretched(bias, meet([bias, call.outputs[0]!]));
  must(!at || at.length === y.length, 'bias');
  return () => {
    for (let to = 0; to < y.length; to += columns) {
      const from = (to / columns) * inner;
      let n = 0;
      // Four columns at a time, so that each number of a row is read once for them.
      for (; n + 4 <= columns; n += 4) {
        let i = n * inner;
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        for (let k = from; k < from + inner; k++, i++) {
          const value = x[k]!;
          a += value * w[i]!;
          b += value * w[i + inner]!;
          c += value * w[i + 2 * inner]!;
          d += value * w[i + 3 * inner]!;
        }
        y[to + n] = a;
        y[to + n + 1] = b;
        y[to + n + 2] = c;
        y[to + n + 3] = d;
      }
      for (; n < columns; n++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += x[from + k]! * w[n * inner + k]!;
        y[to + n] = sum;
      }
    }
    if (at) for (let i = 0; i < y.length; i++) y[i]! += beta * bias.data[at[i]!]!;
  };
}

/** alpha A B' + beta C; without attributes A B, where A may be matrices of rows. */
export const gemm: Operator = (call) => {
  const alpha = call.float('alpha', 1);
  const beta = call.float('beta', 1);
  const turned = call.int('transB') > 0;
  const { dims, fixed, data } = call.input(1);
  if (call.int('transA') || !fixed || dims.length !== 2) refuse('unsupported', 'weights');
  const [inner, columns] = turned ? dims.toReversed() : dims;
  must(inner === call.input().dims.at(-1), 'shape');
  return product(call, data, columns!, turned, call.inputs[2], alpha, beta);
};

/** The scores of ai.onnx.ml's linear models, before their transform. */
function scoresOf(call: Call, columns: number, intercepts: readonly number[]): () => void {
  call.width();
  return product(
    call,
    call.floats('coefficients'),
    columns,
    true,
    intercepts.length > 0 ? listOf(intercepts) : undefined,
  );
}

export const linearRegressor: Operator = (call) => {
  const kind = postTransform(call);
  const run = scoresOf(call, call.int('targets', 1), call.floats('intercepts'));
  const y = call.outputs[0]!.data;
  return () => {
    run();
    transformTargets(kind, y);
  };
};

/** Labels and scores. One row of coefficients and two classes: p of the second, and 1 − p of the first. */
export const linearClassifier: Operator = (call) => {
  const labels = call.labels('classlabels_ints');
  call.int('multi_class');
  const intercepts = call.floats('intercepts');
  const columns = intercepts.length;
  const isPair = columns === 1 && labels.length === 2;
  must(isPair || labels.length === columns, 'classes');
  const kind = postTransform(call, isPair);
  const run = scoresOf(call, columns, intercepts);
  const y: Numbers = call.outputs.pop()!.data;
  const label = call.make([1], INT64);
  const p = call.make([1, labels.length]);
  return () => {
    run();
    label[0] = labels[isPair ? +(y[0]! > 0) : placeOfLargest(y)]!;
    if (!isPair || kind === LOGISTIC) transform(kind, y);
    p[0] = 1 - y[0]!;
    p.set(y, labels.length - columns);
  };
};
