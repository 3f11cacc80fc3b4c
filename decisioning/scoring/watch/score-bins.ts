/** The bins that a version's scores are counted in. */
import type { ModelManifest, ModelOutput } from '../manifest.ts';
import { SCORE_BINS } from './score-sums.ts';

/** Bins of training below which bins of equal width tell more. */
const LEAST_BINS = 4;

/**
 * Inner edges of an output's bins, ascending, at most {@link SCORE_BINS} − 1: those of training, between which equally many customers lie, so that scores
 * of one in a hundred are told apart as well as those around a half. Undefined where the manifest has none of that output, or too few: its range is cut
 * into equal parts then. Only the first output has any.
 */
export function binEdges({ outputs, reference }: ModelManifest, output: ModelOutput): readonly number[] | undefined {
  const edges = outputs[0]?.name === output.name ? (reference?.score.edges ?? []) : [];
  if (edges.length < LEAST_BINS - 1) return undefined;
  // Of more edges than there are bins, those that lie evenly among them.
  const kept = Math.min(edges.length, SCORE_BINS - 1);
  return Array.from({ length: kept }, (_, i) => edges[Math.floor((i * edges.length) / kept)]!);
}
