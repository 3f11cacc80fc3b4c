/** Histograms of what a version was told and of what it said, as one vector of integers, and how far they are from those of training. */
import { MAX_SUMS_LENGTH } from '../../bandits/named-sums.ts';
import type { Histogram, ModelReference } from '../manifest.ts';
import { stabilityIndex } from './metrics.ts';

/** Where a histogram of the manifest's reference has its counts: `at` those without a value, the bins behind it. */
export interface HistogramPlace {
  /** An input's name; undefined of the score. */
  readonly input?: string;
  readonly at: number;
  readonly histogram: Histogram;
}

/** The vector of a reference. */
export interface InputLayout {
  readonly places: readonly HistogramPlace[];
  /** Numbers of the vector, at most {@link MAX_SUMS_LENGTH}. */
  readonly length: number;
}

const layouts = new WeakMap<ModelReference, InputLayout>();

/** The score first, then inputs by name as long as they fit: the same for everybody who has the same manifest. */
export function inputLayout(reference: ModelReference): InputLayout {
  const known = layouts.get(reference);
  if (known) return known;
  const places: HistogramPlace[] = [];
  let length = 0;
  const named = Object.entries(reference.inputs).map(([input, histogram]) => ({ input, histogram }));
  for (const place of [{ histogram: reference.score }, ...named]) {
    const width = 1 + place.histogram.shares.length;
    if (length + width > MAX_SUMS_LENGTH) break;
    places.push({ ...place, at: length });
    length += width;
  }
  const layout = { places, length };
  layouts.set(reference, layout);
  return layout;
}

/** The vector that a trial adds. */
export function inputSums(length: number, marks: readonly number[]): readonly number[] {
  const sums = new Array<number>(length).fill(0);
  for (const at of marks) if (at < length) sums[at] = (sums[at] ?? 0) + 1;
  return sums;
}

/** How one histogram moved. */
export interface Drift {
  /** Name of the input; absent of the score. */
  readonly input?: string;
  /** Of those with a value; null while there are none. */
  readonly psi: number | null;
  /** Share without a value now, and at training (of the score: those that broke, none at training). */
  readonly missingRate: number | null;
  readonly referenceMissingRate: number;
}

/** Every histogram's drift, the score first; empty for sums of another length: they are of a manifest that nobody has. */
export function inputDrift(reference: ModelReference, sums: readonly number[]): readonly Drift[] {
  const { places, length } = inputLayout(reference);
  if (sums.length !== length) return [];
  const countsOf = ({ at, histogram }: HistogramPlace) => sums.slice(at + 1, at + 1 + histogram.shares.length);
  const all = places.slice(0, 1).flatMap((score) => [sums[score.at]!, ...countsOf(score)]);
  const trials = all.reduce((sum, count) => sum + count, 0);
  return places.map((place) => ({
    ...(place.input !== undefined && { input: place.input }),
    psi: stabilityIndex(place.histogram.shares, countsOf(place)),
    missingRate: trials > 0 ? sums[place.at]! / trials : null,
    referenceMissingRate: place.input === undefined ? 0 : (reference.inputs[place.input]?.missing ?? 0),
  }));
}
