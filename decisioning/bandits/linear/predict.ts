/** What a linear model says of every arm for one customer. */
import { FEATURE_SCALE, type FeatureVector } from '../../features/features.ts';
import { packedLength } from './cholesky.ts';
import { type LinearModel, type PreparedModel, prepare } from './model.ts';

/** How the scores of arms vary together in the shared design: score = Σ of the arm's effects, which are jointly normal. */
export interface JointEffects {
  readonly width: number;
  /** Mean of every effect for this customer. */
  readonly means: Float64Array;
  /** Packed lower triangle of their covariance, in units of the noise's variance. */
  readonly covariance: Float64Array;
  /** Effects of every arm. */
  readonly arms: readonly (readonly number[])[];
}

/** Vectors are in the order of the allocation's arms. */
export interface Prediction {
  /** Expected reward, xᵀθ. */
  readonly means: Float64Array;
  /** √(xᵀA⁻¹x): what a confidence width or a posterior's standard deviation is a multiple of. */
  readonly deviations: Float64Array;
  readonly noise: number;
  /** Absent in the disjoint design, where arms are independent. */
  readonly joint?: JointEffects;
}

/** The prediction of every arm for a customer. */
export type Predictor = (
  model: LinearModel | undefined,
  arms: number,
  features: FeatureVector | undefined,
) => Prediction | undefined;

/**
 * Predicts for customers. Undefined, and the bandit is to decide alone, when model or features are missing or belong to different
 * declarations, or give a number that is not finite. The latest answer is kept: a receipt asks for the estimates behind the choice that was just made.
 */
export function predictor(): Predictor {
  let asked: readonly unknown[] = [];
  let answer: Prediction | undefined;
  return (model, arms, features) => {
    if (!model || !features || model.key !== features.key) return undefined;
    const ask = [model, arms, features];
    if (ask.some((part, i) => part !== asked[i])) {
      answer = predict(model, arms, features.z);
      asked = ask;
    }
    return answer;
  };
}

/** The prediction of the available arms alone, in their order. @param available in the order of the prediction's arms; all when absent. */
export function predictionAmong(
  prediction: Prediction | undefined,
  available: readonly boolean[] | undefined,
): Prediction | undefined {
  if (!prediction || !available) return prediction;
  const { means, deviations, noise, joint } = prediction;
  const isAvailable = (_: unknown, arm: number) => available[arm]!;
  return {
    means: means.filter(isAvailable),
    deviations: deviations.filter(isAvailable),
    noise,
    ...(joint && { joint: { ...joint, arms: joint.arms.filter(isAvailable) } }),
  };
}

/**
 * The prediction for a customer; undefined when the model does not fit the arms or the features, or a number is not finite.
 *
 * @param z features in thousandths, the constant first.
 */
export function predict(model: LinearModel, arms: number, z: readonly number[]): Prediction | undefined {
  const ready = prepare(model, arms, z.length);
  if (!ready) return undefined;
  const features = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) features[i] = z[i]! / FEATURE_SCALE;
  const prediction = model.effects
    ? predictShared(ready, model.effects.width, model.effects.arms, features)
    : predictDisjoint(ready, arms, features);
  for (let i = 0; i < arms; i++)
    if (!Number.isFinite(prediction.means[i]! + prediction.deviations[i]!)) return undefined;
  return { ...prediction, noise: model.noise };
}

type Parts = Omit<Prediction, 'noise'>;

/** Arms side by side in the inner loop: as many sums in flight as keep a processor busy. */
const LANES = 4;

function predictDisjoint({ coefficients, factors }: PreparedModel, arms: number, z: Float64Array): Parts {
  const d = z.length;
  const means = new Float64Array(arms);
  const deviations = new Float64Array(arms);
  for (let arm = 0; arm < arms; arm++) {
    let mean = 0;
    for (let i = 0, at = arm * d; i < d; i++) mean += coefficients[at + i]! * z[i]!;
    means[arm] = mean;
  }
  // The last four overlap those before where arms are no multiple of four: cheaper than one by one.
  if (arms >= LANES)
    for (let arm = 0; arm < arms; arm += LANES) fourDeviations(factors, Math.min(arm, arms - LANES), z, deviations);
  else for (let arm = 0; arm < arms; arm++) deviations[arm] = deviationOf(factors, arm * packedLength(d), z);
  return { means, deviations };
}

/** |L⁻¹z| of the factor that begins at `at`. */
function deviationOf(factors: Float64Array, at: number, z: Float64Array): number {
  let square = 0;
  for (let i = 0, k = at; i < z.length; i++) {
    let part = 0;
    for (let j = 0; j <= i; j++, k++) part += factors[k]! * z[j]!;
    square += part * part;
  }
  return Math.sqrt(square);
}

/** The same of four arms at once, from `arm` on: each in the same order of additions, so that no lane tells another number. */
function fourDeviations(factors: Float64Array, arm: number, z: Float64Array, deviations: Float64Array): void {
  const size = packedLength(z.length);
  let [one, two, three, four] = [0, 0, 0, 0];
  for (let i = 0, k = arm * size; i < z.length; i++) {
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let j = 0; j <= i; j++, k++) {
      const value = z[j]!;
      a += factors[k]! * value;
      b += factors[k + size]! * value;
      c += factors[k + 2 * size]! * value;
      e += factors[k + 3 * size]! * value;
    }
    one += a * a;
    two += b * b;
    three += c * c;
    four += e * e;
  }
  deviations[arm] = Math.sqrt(one);
  deviations[arm + 1] = Math.sqrt(two);
  deviations[arm + 2] = Math.sqrt(three);
  deviations[arm + 3] = Math.sqrt(four);
}

/** Columns of L⁻¹(I ⊗ z) are what each effect adds to L⁻¹x; their inner products are the effects' covariance. */
function predictShared(
  { coefficients, factors }: PreparedModel,
  width: number,
  arms: readonly (readonly number[])[],
  z: Float64Array,
): Parts {
  const d = z.length;
  const rows = width * d;
  const effectMeans = new Float64Array(width);
  const covariance = new Float64Array(packedLength(width));
  for (let i = 0; i < rows; i++) {
    const effect = Math.floor(i / d);
    effectMeans[effect] = effectMeans[effect]! + coefficients[i]! * z[i % d]!;
  }
  const parts = new Float64Array(width);
  for (let i = 0, at = 0; i < rows; i++) {
    const last = Math.floor(i / d);
    parts.fill(0);
    for (let j = 0; j <= i; j++, at++) {
      const effect = Math.floor(j / d);
      parts[effect] = parts[effect]! + factors[at]! * z[j - effect * d]!;
    }
    for (let one = 0; one <= last; one++)
      for (let other = 0; other <= one; other++)
        covariance[packedLength(one) + other] = covariance[packedLength(one) + other]! + parts[one]! * parts[other]!;
  }
  const means = new Float64Array(arms.length);
  const deviations = new Float64Array(arms.length);
  for (const [arm, own] of arms.entries()) {
    let square = 0;
    for (const one of own) {
      means[arm] = means[arm]! + effectMeans[one]!;
      for (const other of own) square += covariance[packedLength(Math.max(one, other)) + Math.min(one, other)]!;
    }
    deviations[arm] = Math.sqrt(square);
  }
  return { means, deviations, joint: { width, means: effectMeans, covariance, arms } };
}
