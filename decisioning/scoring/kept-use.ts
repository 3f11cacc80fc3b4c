/** What a stored decision keeps of the models that it asked, so that what comes of it can be counted for them later. */
import type { Histogram, ModelManifest } from './manifest.ts';
import type { ServingStage } from './published.ts';
import type { ModelUse } from './served.ts';
import { columnNames, inputWidth } from './vector.ts';

/** The bin of an input that had no value. */
export const MISSING_BIN = -1;

/** One scoring, short: the row and all outputs stand in the receipt. */
export interface KeptUse {
  readonly version: number;
  readonly stage: ServingStage;
  /** The first output in [0, 1]: a probability, or a value's place in its range; absent where the model broke. */
  readonly score?: number;
  /** The first output itself, where it is a value. */
  readonly value?: number;
  /** How many inputs had no value. */
  readonly missing: number;
  /**
   * Where each input lay in the histograms that the manifest has of training, in the order of `reference.inputs`; {@link MISSING_BIN} without a value.
   * Absent where the manifest has none.
   */
  readonly bins?: readonly number[];
}

/** The version in charge, and the shadow beside it. */
export interface KeptUses {
  readonly used?: KeptUse;
  readonly shadow?: KeptUse;
}

/** What is kept of a scoring by a manifest's version. */
export function keptUse(manifest: ModelManifest, { version, stage, row, missing, outputs }: ModelUse): KeptUse {
  const first = manifest.outputs[0];
  const told = first && Object.hasOwn(outputs, first.name) ? outputs[first.name] : undefined;
  const score = first && told !== undefined ? placeIn(first.range, told) : undefined;
  const bins = binsOf(manifest, row, missing);
  return {
    version,
    stage,
    ...(score !== undefined && { score }),
    ...(first?.kind === 'value' && told !== undefined && { value: told }),
    missing: missing.length,
    ...(bins && { bins }),
  };
}

function placeIn([least, most]: readonly [number, number], value: number): number {
  return most > least ? Math.min(1, Math.max(0, (value - least) / (most - least))) : 0;
}

/** By histogram, in the order of the reference's names: a column, or of one-hot values the place of the one that the row has. */
function binsOf(
  { inputs, reference }: ModelManifest,
  row: ModelUse['row'],
  missing: readonly string[],
): readonly number[] | undefined {
  if (!reference) return undefined;
  const absent = new Set(missing);
  const names = columnNames(inputs);
  const found = new Map<string, number | null>();
  let from = 0;
  for (const input of inputs) {
    const width = inputWidth(input);
    const columns = row.slice(from, from + width);
    const has = !absent.has(input.name);
    if (input.encoding.kind === 'one_hot') {
      const place = columns.indexOf(1);
      found.set(input.name, has ? (place < 0 ? width : place) : null);
    } else if (input.encoding.kind === 'text') {
      for (const [i, value] of columns.entries()) found.set(names[from + i]!, has ? value : null);
    } else {
      found.set(input.name, has ? (columns[0] ?? null) : null);
    }
    from += width;
  }
  return Object.entries(reference.inputs).map(([name, histogram]) => {
    const value = found.get(name) ?? null;
    return value === null ? MISSING_BIN : binIn(histogram, value);
  });
}

/** The bin of a value, from 0: one that lies on an edge is below it. */
export function binIn({ edges }: Histogram, value: number): number {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin < 0 ? edges.length : bin;
}
