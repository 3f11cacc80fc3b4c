/** Features of a customer: declared attributes as a short vector of numbers, which linear policies learn from. */
import { fnv1a32 } from '../hash.ts';

/** Fixed-point scale of features: they travel as round(1000 · value), so that sums of their products are exact in any order. */
export const FEATURE_SCALE = 1_000;
/** Features lie in [−8, 8]: a squared feature is then at most 6.4e7, and 1.4e8 trials of one arm stay below 2^53. */
export const MAX_FEATURE = 8;
/** Numbers of a campaign's features, the constant not counted: Cholesky takes d³/6 steps at publish, a decision d²/2 per arm. */
export const MAX_FEATURES = 31;

/** One declared feature, read from an attribute; a value of another type, or none, counts as 0. */
export type FeatureSpec =
  /** (value − center) / scale, clipped to ±{@link MAX_FEATURE}; `scale` is above 0. */
  | {
      readonly id: string;
      readonly attribute: string;
      readonly type: 'number';
      readonly center: number;
      readonly scale: number;
    }
  /** 1 for true. */
  | { readonly id: string; readonly attribute: string; readonly type: 'boolean' }
  /** One number per value, 1 where the attribute is that value; all 0 for any other value. */
  | { readonly id: string; readonly attribute: string; readonly type: 'category'; readonly values: readonly string[] };

/** A campaign's features, in their order. */
export interface FeatureSet {
  /** Names the specs: moments of other specs are never mixed in. */
  readonly key: string;
  readonly specs: readonly FeatureSpec[];
}

/** The vector of one customer at one decision. */
export interface FeatureVector {
  /** Of the {@link FeatureSet} it was read by. */
  readonly key: string;
  /** Integers, round(1000 · value); the constant (1,000) first, then the features in their order. */
  readonly z: readonly number[];
}

/** Features with the name they are known by; undefined when none are declared. */
export function featureSet(specs: readonly FeatureSpec[] | undefined): FeatureSet | undefined {
  if (specs === undefined || specs.length === 0) return undefined;
  // What a feature is called changes nothing that was learned.
  const text = JSON.stringify(specs.map(({ id: _, ...meaning }) => Object.entries(meaning).toSorted(byName)));
  return { key: fnv1a32(text).toString(16).padStart(8, '0'), specs };
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** How many numbers the vector has: the constant, one per number or boolean, one per value of a category. */
export function featureLength(specs: readonly FeatureSpec[]): number {
  return specs.reduce((length, spec) => length + (spec.type === 'category' ? spec.values.length : 1), 1);
}

/** What the numbers of a vector are called, the constant left out: the feature's id, of a category `<id>=<value>`. */
function featureNames(specs: readonly FeatureSpec[]): readonly string[] {
  return specs.flatMap((spec) =>
    spec.type === 'category' ? spec.values.map((value) => `${spec.id}=${value}`) : [spec.id],
  );
}

/** The vector by name, as numbers; undefined for one that was read by other specs. */
export function namedFeatures({ key, specs }: FeatureSet, vector: FeatureVector): Record<string, number> | undefined {
  if (vector.key !== key) return undefined;
  return Object.fromEntries(featureNames(specs).map((name, i) => [name, (vector.z[i + 1] ?? 0) / FEATURE_SCALE]));
}

/** The customer's vector: integers of thousandths, the constant first. @param resolve value of an attribute by path. */
export function featureVector({ key, specs }: FeatureSet, resolve: (path: string) => unknown): FeatureVector {
  const z = [FEATURE_SCALE];
  for (const spec of specs) {
    const value = resolve(spec.attribute);
    if (spec.type === 'category') for (const each of spec.values) z.push(value === each ? FEATURE_SCALE : 0);
    else if (spec.type === 'boolean') z.push(value === true ? FEATURE_SCALE : 0);
    else z.push(scaled(value, spec.center, spec.scale));
  }
  return { key, z };
}

function scaled(value: unknown, center: number, scale: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0;
  const number = (value - center) / scale;
  // + 0: a minus zero would not come back from JSON as itself.
  return Math.round(Math.max(-MAX_FEATURE, Math.min(MAX_FEATURE, number)) * FEATURE_SCALE) + 0;
}
