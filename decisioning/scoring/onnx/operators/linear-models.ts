/** Linear and logistic regression as ai.onnx.ml writes them: https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md. */
import { type Call, labelType, type Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { type Numbers, numbersOf, type Tensor } from '../tensor.ts';
import { rowTimes } from './linear.ts';
import { postTransformOf, transform } from './post-transform.ts';

/** Row by row, scores = coefficients x + intercepts. */
function product(call: Call, columns: number): { rows: number; score: (row: number, y: Numbers, to: number) => void } {
  const { dims } = call.input();
  const x = numbersOf(call.input());
  const inner = dims.at(-1) ?? 0;
  const coefficients = call.list('coefficients');
  const intercepts = call.list('intercepts');
  if (dims.length > 2 || coefficients.length !== inner * columns) {
    refuse('malformed', `${coefficients.length} coefficients for ${inner} columns and ${columns} scores`);
  }
  if (intercepts.length !== columns && intercepts.length > 0)
    refuse('malformed', `${intercepts.length} intercepts for ${columns} scores`);
  const weights = Float64Array.from(coefficients);
  const rows = dims.length === 2 ? dims[0]! : 1;
  call.spend(rows * inner * columns);
  return {
    rows,
    score: (row, y, to) => {
      rowTimes(x, row * inner, weights, inner, columns, y, to);
      for (let i = 0; i < intercepts.length; i++) y[to + i] = y[to + i]! + intercepts[i]!;
    },
  };
}

export const linearRegressor: Operator = (call) => {
  const targets = call.int('targets', 1);
  const kind = postTransformOf(call);
  const { rows, score } = product(call, targets);
  const [tensor, y] = call.makeFloats([rows, targets]);
  return {
    outputs: [tensor],
    run: () => {
      for (let row = 0; row < rows; row++) {
        score(row, y, row * targets);
        transform(kind, y, row * targets, targets);
      }
    },
  };
};

/** Labels and scores. One row of coefficients and two classes: p of the second, and 1 − p of the first. */
export const linearClassifier: Operator = (call) => {
  const [texts, ints] = [call.texts('classlabels_strings'), call.ints('classlabels_ints')];
  const labels = texts.length > 0 ? texts : ints;
  const kind = postTransformOf(call);
  call.int('multi_class', 0);
  const scores = Math.max(1, call.list('intercepts').length);
  const { rows, score } = product(call, scores);
  const isPair = scores === 1 && labels.length === 2;
  const width = isPair ? 2 : scores;
  if (!isPair && labels.length !== scores) refuse('malformed', `${labels.length} labels for ${scores} scores`);
  const label: Tensor = call.make(labelType(texts), [rows]);
  const [tensor, y] = call.makeFloats([rows, width]);
  return {
    outputs: [label, tensor],
    run: () => {
      for (let row = 0; row < rows; row++) {
        const to = row * width;
        score(row, y, isPair ? to + 1 : to);
        let best = 0;
        if (isPair) best = y[to + 1]! > 0 ? 1 : 0;
        else for (let i = 1; i < width; i++) if (y[to + i]! > y[to + best]!) best = i;
        label.data[row] = labels[best]!;
        transform(kind, y, isPair ? to + 1 : to, scores);
        if (isPair) y[to] = 1 - y[to + 1]!;
      }
    },
  };
};
