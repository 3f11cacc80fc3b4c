/** Trials with features and rewards, and what is summed up of them. */
import { MOMENT_SCALE, momentsName, rewardMoments, trialMoments } from '../bandits/linear/moments.ts';
import { addSums, type SumsByName } from '../bandits/named-sums.ts';
import { FEATURE_SCALE, type FeatureSet, type FeatureSpec, featureSet } from '../features/features.ts';
import type { Random } from '../random.ts';

/** One trial: z in thousandths, the constant first; y in units. */
export interface Trial {
  readonly z: readonly number[];
  readonly y: number;
}

/** `d − 1` features that read the attributes f1, f2, … as they are. */
export function plainFeatures(d: number): FeatureSet {
  const specs = Array.from({ length: d - 1 }, (_, i): FeatureSpec => {
    const id = `f${i + 1}`;
    return { id, attribute: id, type: 'number', center: 0, scale: 1 };
  });
  return featureSet(specs)!;
}

/** A vector of length d with features in (−2, 2). */
export function anyVector(d: number, random: Random): number[] {
  return [FEATURE_SCALE, ...Array.from({ length: d - 1 }, () => Math.round((random.next() * 4 - 2) * FEATURE_SCALE))];
}

/** The named sums of some trials. */
export function sumsOf(features: FeatureSet, trials: readonly Trial[]): SumsByName {
  const name = momentsName(features.key);
  return trials.reduce<SumsByName>(
    (sums, { z, y }) =>
      addSums(addSums(sums, { [name]: trialMoments(z) }), {
        [name]: rewardMoments(z, 0, Math.round(y * MOMENT_SCALE)),
      }),
    {},
  );
}
