/** Whether a model gives here what it gave where it was trained: customers with the row and the scores that every host must find. */
import type { OpenedModel } from './engine.ts';
import type { ModelManifest } from './manifest.ts';
import { outputsOf } from './outputs.ts';
import { columnNames, encodeRow } from './vector.ts';

/** Scores agree between engines to some 3e-7: this is what rounding may do, relative or absolute, and no more. */
export const GOLDEN_TOLERANCE = 1e-5;

/** A customer as training saw them. */
export interface GoldenCase {
  /** By path; what is not there is missing. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Encoded, in the order of the columns; null stands for NaN. */
  readonly row: readonly (number | null)[];
  /** By output name. */
  readonly scores: Readonly<Record<string, number>>;
}

/** What differs: the case by its number, the field in it, and both values in words. */
export interface GoldenMismatch {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

/** The first difference of each case, in the attributes' encoding or in a score; none where the model is the same here. */
export function goldenMismatches(
  manifest: ModelManifest,
  opened: OpenedModel,
  cases: readonly GoldenCase[],
): readonly GoldenMismatch[] {
  return cases.flatMap((golden, i) => mismatchOf(manifest, opened, golden, i) ?? []);
}

function mismatchOf(
  manifest: ModelManifest,
  opened: OpenedModel,
  { attributes, row, scores }: GoldenCase,
  at: number,
): GoldenMismatch | undefined {
  const read = (path: string): unknown => (Object.hasOwn(attributes, path) ? attributes[path] : null);
  const encoded = encodeRow(manifest.inputs, read).row;
  if (row.length !== encoded.length)
    return { path: [at, 'row'], detail: `must have ${encoded.length} numbers, one a column, and has ${row.length}` };
  const column = encoded.findIndex(
    (value, i) => !Object.is(value, Math.fround(row[i] ?? Number.NaN)) && value !== row[i],
  );
  if (column >= 0)
    return {
      path: [at, 'row', column],
      detail: `is ${row[column]}, and "${columnNames(manifest.inputs)[column]}" is encoded here as ${encoded[column]}`,
    };
  const found = scoresOf(manifest, opened, encoded);
  for (const [name, told] of Object.entries(scores)) {
    const here = Object.hasOwn(found, name) ? found[name] : undefined;
    if (here === undefined || Math.abs(here - told) > GOLDEN_TOLERANCE * Math.max(1, Math.abs(told)))
      return { path: [at, 'scores', name], detail: `is ${told}, and this file gives ${here ?? 'no such score'}` };
  }
  return undefined;
}

/** None where the model breaks. */
function scoresOf(manifest: ModelManifest, opened: OpenedModel, row: Float32Array): Readonly<Record<string, number>> {
  try {
    return outputsOf(manifest, opened.run(row, 1));
  } catch {
    return {};
  }
}
