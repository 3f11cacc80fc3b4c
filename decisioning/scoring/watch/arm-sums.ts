/**
 * What a model's choice among arms is worth beside the bandit's, as a vector of integers under `arms:<id>@<version>`.
 *
 * A trial whose customer would be shown one arm by the model and another by the bandit weighs (P(arm | model) − P(arm | bandit)) / P(arm), the arm being
 * the one that was shown: over the draw of the arm the mean of weight × outcome is what the model's choice brings more than the bandit's, whatever the
 * customer is like (inverse propensity: Horvitz and Thompson, JASA 1952). A model that knows who buys, and nothing of the arms, gains nothing by it.
 */
import { evenlyAmong } from '../../bandits/blend.ts';

/** P(arm) below which a trial tells more noise than news; also the floor under what the sums must hold. */
export const LEAST_PROPENSITY = 0.001;
/** Weights, at most 1 / {@link LEAST_PROPENSITY}, and their squares are kept in thousandths: sums over 10⁶ of the heaviest trials stay below 2^53. */
const THOUSANDTHS = 1_000;

/** Numbers of a vector: trials, conversions, Σ w, Σ w², Σ w · y, Σ w² · y. */
export const ARM_SUMS_LENGTH = 6;

/**
 * P(arm | model) − P(arm | bandit): the arm of the highest score less the arm that leads in the leaf, each evenly among equals. Undefined where both are
 * the same.
 *
 * @param scores one an arm
 * @param pBest in the same order
 */
export function modelLessBandit(scores: readonly number[], pBest: readonly number[]): readonly number[] | undefined {
  const mostOf = (values: readonly number[]) => {
    const most = Math.max(...values);
    return evenlyAmong(values, (value) => value === most);
  };
  const [model, bandit] = [mostOf(scores), mostOf(pBest)];
  const less = Array.from(scores, (_, arm) => model[arm]! - bandit[arm]!);
  return less.some((difference) => difference !== 0) ? less : undefined;
}

/**
 * The weight of a trial. Undefined where nothing can be learned of one of the arms in question: an arm that nobody is shown tells nothing, and to count
 * the other alone would favour whoever is in charge.
 *
 * @param less of {@link modelLessBandit}
 * @param probabilities P(arm) that the arm was drawn by
 */
export function armWeight(
  less: readonly number[],
  probabilities: readonly number[],
  shown: number,
): number | undefined {
  if (less.some((difference, arm) => difference !== 0 && !(probabilities[arm]! >= LEAST_PROPENSITY))) return undefined;
  return less[shown]! === 0 ? 0 : less[shown]! / probabilities[shown]!;
}

const parts = (weight: number) => [Math.round(weight * THOUSANDTHS), Math.round(weight * weight * THOUSANDTHS)];

/** What a trial adds, as if nothing came of it. */
export function armSumsOfTrial(weight: number): readonly number[] {
  return [1, 0, ...parts(weight), 0, 0];
}

/** What its first conversion adds to that. */
export function armSumsOfConversion(weight: number): readonly number[] {
  return [0, 1, 0, 0, ...parts(weight)];
}

/** What the model's choice is worth. */
export interface ArmGain {
  /** Trials on which both would have shown different arms. */
  readonly trials: number;
  readonly conversions: number;
  /** Conversions a trial that the model's choice brings more than the bandit's. */
  readonly gain: number;
  /** Standard error of it. */
  readonly error: number;
}

/** Reads a vector; the mean outcome is taken off first, which changes nothing on the mean and makes it surer. @throws RangeError for one of another length */
export function readArmSums(sums: readonly number[]): ArmGain {
  if (sums.length !== ARM_SUMS_LENGTH) throw new RangeError(`arm sums: ${sums.length} numbers`);
  const [trials, conversions] = [sums[0]!, sums[1]!];
  const [w, ww, wy, wwy] = sums.slice(2).map((sum) => sum / THOUSANDTHS / Math.max(1, trials)) as [
    number,
    number,
    number,
    number,
  ];
  const rate = conversions / Math.max(1, trials);
  const gain = wy - rate * w;
  const variance = Math.max(0, wwy * (1 - 2 * rate) + rate * rate * ww - gain * gain);
  return { trials, conversions, gain, error: Math.sqrt(variance / Math.max(1, trials)) };
}
