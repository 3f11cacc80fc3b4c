/** What ai.onnx.ml's models do to their scores at the end. Where the standard is silent, as onnxruntime does it. */
import type { Call } from '../call.ts';
import { refuse } from '../refuse.ts';
import type { Numbers } from '../tensor.ts';

/** In the order of opset 5's numbers. */
export const POST_TRANSFORMS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'] as const;
export type PostTransform = (typeof POST_TRANSFORMS)[number];

/** The attribute of ai.onnx.ml's models. */
export function postTransformOf(call: Call): PostTransform {
  const name = call.get('s', 'post_transform', 'NONE') as PostTransform;
  return POST_TRANSFORMS.includes(name) ? name : refuse('unsupported', `post_transform ${name}`);
}

/** exp never overflows: it is taken of the negative side alone. */
export function logistic(x: number): number {
  const y = 1 / (1 + Math.exp(-Math.abs(x)));
  return x < 0 ? 1 - y : y;
}

/** Scores nearer to zero than this count as zero for `SOFTMAX_ZERO`. */
const NEARLY_ZERO = 1e-7;

const { fround } = Math;
/** Winitzki's approximation of the inverse error function has one constant. */
const WINITZKI = fround(0.147);

/** The normal distribution's quantile as onnxruntime approximates it, to some 2e-3, step by step in single precision. */
export function probit(p: number): number {
  const x = fround(fround(2 * p) - 1);
  const log = fround(Math.log(fround(fround(1 - x) * fround(1 + x))));
  const v = fround(fround(2 / fround(fround(Math.PI) * WINITZKI)) + fround(0.5 * log));
  const v2 = fround(fround(1 / WINITZKI) * log);
  const root = fround(Math.sqrt(fround(fround(Math.sqrt(fround(fround(v * v) - v2))) - v)));
  return fround(fround(Math.SQRT2) * (x < 0 ? -root : root));
}

/** Transforms a row of `count` scores in its place. */
export function transform(kind: PostTransform, scores: Numbers, from: number, count: number): void {
  if (kind === 'LOGISTIC') for (let i = from; i < from + count; i++) scores[i] = logistic(scores[i]!);
  if (kind === 'PROBIT') for (let i = from; i < from + count; i++) scores[i] = probit(scores[i]!);
  if (!kind.startsWith('SOFTMAX')) return;
  let [most, sum] = [-Infinity, 0];
  for (let i = from; i < from + count; i++) most = Math.max(most, scores[i]!);
  for (let i = from; i < from + count; i++) {
    const score = scores[i]!;
    const isZero = kind === 'SOFTMAX_ZERO' && Math.abs(score) <= NEARLY_ZERO;
    scores[i] = isZero ? score * Math.exp(-most) : Math.exp(score - most);
    sum += scores[i]!;
  }
  for (let i = from; i < from + count; i++) scores[i] = scores[i]! / sum;
}
