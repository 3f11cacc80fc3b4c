/** Operators over the numbers along one axis, and what ai.onnx.ml's models do to their scores at the end. */
import type { Call, Made, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { INT64, type Numbers, sizeOf } from '../tensor.ts';

/** In the order in which onnxruntime numbers them; opset 5's text has the first two the other way round. */
export const POST_TRANSFORMS = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];
export const [LOGISTIC, SOFTMAX, SOFTMAX_ZERO, PROBIT] = [1, 2, 3, 4] as const;

/** exp never overflows: it is taken of the negative side alone. */
export function logistic(x: number): number {
  const y = 1 / (1 + Math.exp(-Math.abs(x)));
  return x < 0 ? 1 - y : y;
}

/** Scores nearer to zero than this count as zero for `SOFTMAX_ZERO`. */
const NEARLY_ZERO = 1e-7;

/** Of his approximation of the inverse error function. */
const WINITZKI = Math.fround(0.147);

/** The normal distribution's quantile as onnxruntime approximates it (Winitzki), to some 2e-3, step by step in single precision. */
export function probit(p: number): number {
  const { fround } = Math;
  const x = fround(fround(2 * p) - 1);
  const log = fround(Math.log(fround(fround(1 - x) * fround(1 + x))));
  const v = fround(fround(2 / fround(fround(Math.PI) * WINITZKI)) + log / 2);
  const root = fround(fround(Math.sqrt(fround(fround(v * v) - fround(fround(1 / WINITZKI) * log)))) - v);
  return fround(Math.SQRT2) * Math.sign(x) * fround(Math.sqrt(root));
}

/** Transforms `count` scores in their place, `step` apart. */
export function transform(kind: number, scores: Numbers, from: number, count: number, step = 1): void {
  const end = from + count * step;
  let [most, sum] = [-Infinity, 0];
  if (kind === SOFTMAX || kind === SOFTMAX_ZERO) {
    for (let i = from; i < end; i += step) most = Math.max(most, scores[i]!);
    for (let i = from; i < end; i += step) {
      const score = scores[i]!;
      const isZero = kind === SOFTMAX_ZERO && Math.abs(score) <= NEARLY_ZERO;
      scores[i] = isZero ? score * Math.exp(-most) : Math.exp(score - most);
      sum += scores[i]!;
    }
    for (let i = from; i < end; i += step) scores[i] = scores[i]! / sum;
  } else if (kind > 0) {
    for (let i = from; i < end; i += step) scores[i] = kind === LOGISTIC ? logistic(scores[i]!) : probit(scores[i]!);
  }
}

/** Scores of rows of targets. A single target keeps its score but for PROBIT, as onnxruntime has it. */
export function transformTargets(kind: number, y: Numbers, targets: number): void {
  if (targets > 1 || kind === PROBIT) for (let at = 0; at < y.length; at += targets) transform(kind, y, at, targets);
}

/** Does `work` for every line along an axis: where it begins, how far apart its numbers lie, how many there are, and which line it is. */
function along(
  call: Call,
  axis: number,
  out: Made['outputs'][0],
  work: (from: number, step: number, count: number, line: number) => void,
  flat?: boolean,
): Made {
  const { dims } = call.input();
  const step = flat ? 1 : sizeOf(dims.slice(axis + 1));
  const count = flat ? sizeOf(dims.slice(axis)) : dims[axis]!;
  const size = sizeOf(dims);
  call.spend(3 * size);
  must(count > 0, 'an axis of nothing');
  return {
    outputs: [out],
    run: () => {
      for (let line = 0; line < size / count; line++) {
        work(Math.floor(line / step) * step * count + (line % step), step, count, line);
      }
    },
  };
}

/** Before opset 13 over all dims from the axis on together, since then along the one axis. */
export const softmax: Operator = (call) => {
  const isOld = call.opset < 13;
  const axis = call.axis(call.int('axis', isOld ? 1 : -1));
  const x = call.numbers();
  const [tensor, y] = call.make(call.input().dims, call.input().type);
  const work = (from: number, step: number, count: number): void => {
    for (let i = 0; i < count; i++) y[from + i * step] = x[from + i * step]!;
    transform(SOFTMAX, y, from, count, step);
  };
  return along(call, axis, tensor, work, isOld);
};

/** @param f folds a number into what came before. @param start what nothing folds to. @param mean whether to divide by the count */
export const reduce =
  (f: (sum: number, x: number) => number, start: number, mean?: boolean): Operator =>
  (call) => {
    const axes = call.listed(1, 'axes') ?? [];
    const { dims, type } = call.input();
    if (axes.length !== 1) refuse('unsupported', 'other than one axis');
    const axis = call.axis(axes[0]!);
    const x = call.numbers();
    const [tensor, y] = call.make(call.int('keepdims', 1) ? dims.with(axis, 1) : dims.toSpliced(axis, 1), type);
    return along(call, axis, tensor, (from, step, count, line) => {
      let sum = start;
      for (let i = 0; i < count; i++) sum = f(sum, x[from + i * step]!);
      y[line] = mean ? sum / count : sum;
    });
  };

/** The place of the largest number; the first of equals, or the last. */
export const argMax: Operator = (call) => {
  const { dims } = call.input();
  const x = call.numbers();
  const axis = call.axis(call.int('axis'));
  const last = call.int('select_last_index');
  const [tensor, y] = call.make(call.int('keepdims', 1) ? dims.with(axis, 1) : dims.toSpliced(axis, 1), INT64);
  return along(call, axis, tensor, (from, step, count, line) => {
    let best = 0;
    for (let i = 1; i < count; i++) {
      const ahead = x[from + i * step]! - x[from + best * step]!;
      if (ahead > 0 || (last && ahead === 0)) best = i;
    }
    y[line] = best;
  });
};

/** Rows divided by their largest element, their sum of magnitudes, or their length; rows of zeros stay. */
export const normalizer: Operator = (call) => {
  const norm = call.word('norm', ['MAX', 'L1', 'L2']);
  const x = call.numbers();
  const [tensor, y] = call.make(call.input().dims);
  return along(call, call.axis(-1), tensor, (from, _, count) => {
    let sum = norm ? 0 : -Infinity;
    for (let i = from; i < from + count; i++) {
      const value = x[i]!;
      sum = norm ? sum + (norm > 1 ? value * value : Math.abs(value)) : Math.max(sum, value);
    }
    const size = norm > 1 ? Math.sqrt(sum) : sum;
    for (let i = from; i < from + count; i++) y[i] = x[i]! / (size === 0 ? 1 : size);
  });
};
