/** Operators over the numbers of the last axis, and what ai.onnx.ml's models do to their scores at the end. */
import type { Call, Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { INT64, type Numbers } from '../tensor.ts';

/** In the order in which onnxruntime numbers them; opset 5's text has the first two the other way round. */
export const POST_TRANSFORMS = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];
export const LOGISTIC = 1;
const SOFTMAX = 2;
const SOFTMAX_ZERO = 3;
export const PROBIT = 4;

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

/** The largest of some numbers; NaN where one of them is. */
function largest(numbers: Numbers, from: number, to: number): number {
  let most = -Infinity;
  for (let i = from; i < to; i++) most = Math.max(most, numbers[i]!);
  return most;
}

/** The place of the largest, the first of equals; 0 where none is. */
export const placeOfLargest = (numbers: Numbers, from = 0, to = numbers.length): number =>
  Math.max(0, numbers.indexOf(largest(numbers, from, to), from) - from);

/** Transforms scores in their place. */
export function transform(kind: number, scores: Numbers, from = 0, to = scores.length): void {
  const isSoftmax = kind === SOFTMAX || kind === SOFTMAX_ZERO;
  const most = isSoftmax ? largest(scores, from, to) : 0;
  let sum = 0;
  for (let i = from; kind && i < to; i++) {
    const score = scores[i]!;
    const isZero = kind === SOFTMAX_ZERO && Math.abs(score) <= NEARLY_ZERO;
    if (isSoftmax) scores[i] = isZero ? score * Math.exp(-most) : Math.exp(score - most);
    else scores[i] = kind === PROBIT ? probit(score) : logistic(score);
    sum += scores[i]!;
  }
  if (isSoftmax) for (let i = from; i < to; i++) scores[i]! /= sum;
}

/** The attribute `post_transform`. @throws Refused for PROBIT of two classes, which onnxruntime scrambles */
export function postTransform(call: Call, isPair?: boolean): number {
  const kind = call.word('post_transform', POST_TRANSFORMS);
  return isPair && kind === PROBIT ? refuse('unsupported', 'PROBIT') : kind;
}

/** A row of targets. A single one keeps its score but for PROBIT, as onnxruntime has it. */
export function transformTargets(kind: number, y: Numbers): void {
  if (y.length > 1 || kind === PROBIT) transform(kind, y);
}

/** How long lines of the last axis are. @throws Refused where another is meant */
function lastAxis(call: Call, axis: number): number {
  const last = call.axis(-1);
  return call.axis(axis) === last ? call.input().dims[last]! : refuse('unsupported', 'axis');
}

/** From lines to lines of the same length, in the place of a copy. */
function eachLine(call: Call, count: number, f: (line: Numbers, from: number, to: number) => void): () => void {
  const { dims, data, type } = call.input();
  const out = call.make(dims, type);
  return () => {
    out.set(data);
    for (let at = 0; at < out.length; at += count) f(out, at, at + count);
  };
}

/** Before opset 13 over all dims from the axis on together, which for the last one is the same. */
export const softmax: Operator = (call) =>
  eachLine(call, lastAxis(call, call.int('axis', call.opset < 13 ? 1 : -1)), (line, from, to) =>
    transform(SOFTMAX, line, from, to),
  );

/** Rows divided by their largest element, their sum of magnitudes, or their length; rows of zeros stay. */
export const normalizer: Operator = (call) => {
  const norm = call.word('norm', ['MAX', 'L1', 'L2']);
  return eachLine(call, lastAxis(call, -1), (line, from, to) => {
    let sum = 0;
    for (let i = from; i < to; i++) {
      const x = line[i]!;
      sum += norm > 1 ? x * x : Math.abs(x);
    }
    const size = norm > 1 ? Math.sqrt(sum) : norm ? sum : largest(line, from, to);
    for (let i = from; i < to; i++) line[i]! /= size === 0 ? 1 : size;
  });
};

/** The place of the largest number of every line; the first of equals. */
export const argMax: Operator = (call) => {
  const { dims, data } = call.input();
  const count = lastAxis(call, call.int('axis'));
  const kept = dims.slice(0, -1);
  const out = call.make(call.int('keepdims', 1) ? [...kept, 1] : kept, INT64);
  call.spend(data.length);
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = placeOfLargest(data, i * count, (i + 1) * count);
  };
};
