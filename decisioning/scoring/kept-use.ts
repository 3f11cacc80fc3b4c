/** What a stored decision keeps of the models that it asked, so that what comes of it can be counted for them later. */
import type { Histogram, ModelInput, ModelManifest, ModelReference } from './manifest.ts';
import type { PublishedVersion, ServingStage } from './published.ts';
import type { ModelUse } from './served.ts';
import { columnNames, inputWidth } from './vector.ts';
import { inputLayout } from './watch/input-sums.ts';
import { binEdges } from './watch/score-bins.ts';

/** One scoring, short: the row and all outputs stand in the receipt. */
export interface KeptUse {
  readonly version: number;
  readonly stage: ServingStage;
  /** The output that the campaign goes by in [0, 1]: a probability, or a value's place in its range; absent where the model broke. */
  readonly score?: number;
  /** That output itself, where it is a value. */
  readonly value?: number;
  /** How outcomes judge it: in the bins of training, or by its order alone; in bins of equal width when absent. */
  readonly as?: 'judged' | 'ranked';
  /** The bin of training that the score lies in, from 0. */
  readonly bin?: number;
  /** Of a strategy that chooses between bandit and model: see `watch/arm-sums.ts`; absent where both would show the same. */
  readonly versus?: number;
  /** How many inputs had no value. */
  readonly missing: number;
  /** Where it adds one in the vector of `length` numbers that its manifest's histograms are; absent where the manifest has none. */
  readonly inputs?: { readonly length: number; readonly at: readonly number[] };
  /** Goal whose reaching the model predicts, where its manifest says so. */
  readonly goal?: string;
  /** It came too late for this decision; then there is nothing else of it. */
  readonly late?: true;
}

/** The version in charge, and the shadow beside it. */
export interface KeptUses {
  readonly used?: KeptUse;
  readonly shadow?: KeptUse;
  /** It scores the campaign's arms: where its manifest names no goal, it is judged by the campaign's. */
  readonly scoresArms?: true;
}

/**
 * What is kept of a scoring by a manifest's version.
 *
 * @param asked the output that the campaign goes by; the first when absent, or where the version has none of that name
 */
export function keptUse(
  manifest: ModelManifest,
  { version, stage, row, missing, outputs }: ModelUse,
  asked?: string,
): KeptUse {
  const { inputs, reference, watch } = manifest;
  const output = manifest.outputs.find(({ name }) => name === asked) ?? manifest.outputs[0];
  const toldOf = (name?: string) => (name !== undefined && Object.hasOwn(outputs, name) ? outputs[name] : undefined);
  const value = toldOf(output?.name);
  const score = output && value !== undefined ? placeIn(output.range, value) : undefined;
  const edges = output && binEdges(manifest, output);
  const isRank = output?.kind === 'value' || watch?.scale === 'order';
  // Drift is that of the first output, whose histogram the manifest has.
  const told = toldOf(manifest.outputs[0]?.name);
  return {
    version,
    stage,
    ...(score !== undefined && { score }),
    ...(output?.kind === 'value' && value !== undefined && { value }),
    ...(isRank ? { as: 'ranked' as const } : edges && { as: 'judged' as const }),
    ...(edges && value !== undefined && { bin: binIn({ edges }, value) }),
    missing: missing.length,
    ...(reference &&
      row.length > 0 && {
        inputs: { length: inputLayout(reference).length, at: marksOf(reference, inputs, told, row, missing) },
      }),
    ...(watch?.goal !== undefined && { goal: watch.goal }),
  };
}

/** What is kept of a version that was to score, and was not there in time. */
export function lateUse({ version, stage, watch }: PublishedVersion): KeptUse {
  return { version, stage, missing: 0, ...(watch?.goal !== undefined && { goal: watch.goal }), late: true };
}

function placeIn([least, most]: readonly [number, number], value: number): number {
  return most > least ? Math.min(1, Math.max(0, (value - least) / (most - least))) : 0;
}

/**
 * Where a scoring adds one in the vector of its manifest's histograms. Rows are taken as training took them: a missing value counts in the bin of what
 * stands in for it (in none where that is NaN), and as missing besides.
 */
function marksOf(
  reference: ModelReference,
  inputs: readonly ModelInput[],
  score: number | undefined,
  row: ModelUse['row'],
  missing: readonly string[],
): readonly number[] {
  const columns = columnsOf(inputs, row);
  const absent = new Set(missing);
  return inputLayout(reference).places.flatMap(({ input, at, histogram }) => {
    const [value, isMissing] =
      input === undefined
        ? [score, score === undefined]
        : [columns.get(input)?.value, absent.has(columns.get(input)?.input ?? input)];
    const inBin = value === undefined || value === null ? [] : [at + 1 + binIn(histogram, value)];
    return isMissing ? [at, ...inBin] : inBin;
  });
}

/** By the names that references have: a column, or of one-hot values the place of the one that the row has, or their number. */
function columnsOf(
  inputs: readonly ModelInput[],
  row: ModelUse['row'],
): ReadonlyMap<string, { readonly input: string; readonly value: number | null }> {
  const names = columnNames(inputs);
  const found = new Map<string, { input: string; value: number | null }>();
  let from = 0;
  for (const { name: input, ...rest } of inputs) {
    const width = inputWidth({ name: input, ...rest });
    if (rest.encoding.kind === 'one_hot') {
      const place = row.slice(from, from + width).indexOf(1);
      found.set(input, { input, value: place < 0 ? width : place });
    } else if (rest.encoding.kind === 'text') {
      for (let column = from; column < from + width; column++)
        found.set(names[column]!, { input, value: row[column] ?? null });
    } else found.set(input, { input, value: row[from] ?? null });
    from += width;
  }
  return found;
}

/** The bin of a value, from 0: one that lies on an edge is below it. */
export function binIn({ edges }: Pick<Histogram, 'edges'>, value: number): number {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin < 0 ? edges.length : bin;
}
