/** What is wrong with a manifest beyond its shape: fields that do not fit each other, or do not fit the file. */
import { didYouMean } from '../did-you-mean.ts';
import { isCounterPath, parseCounterPath } from '../segments/counter-paths.ts';
import { FORBIDDEN_NAMES } from '../segments/paths.ts';
import { ARM_ROOT } from './arm-facts.ts';
import { MAX_MODEL_COLUMNS } from './limits.ts';
import type { Histogram, InputEncoding, ModelDriver, ModelInput, ModelManifest } from './manifest.ts';
import { MODELS_ROOT } from './paths.ts';
import { textMeasure } from './text/measures.ts';
import { columnNames, rowWidth } from './vector.ts';

/** Why a manifest is refused: a closed list. */
export type ManifestReason =
  /** Two inputs, outputs or values have one name. */
  | 'repeated_name'
  /** A path that nothing answers. */
  | 'unknown_path'
  /** A range that holds nothing, or that the encoding does not take. */
  | 'bad_range'
  /** A text measure that nobody wrote. */
  | 'unknown_measure'
  /** A name that no input or column has. */
  | 'unknown_input'
  /** Edges that do not ascend, or shares that are not one more than edges and 1 together. */
  | 'bad_histogram'
  /** Rows of another width than the inputs make. */
  | 'wrong_width'
  /** A tensor that the file does not have, or not this column of it. */
  | 'unknown_tensor'
  /** The file gives no number, or one outside the range, for a row that it must know. */
  | 'bad_score'
  /** Checking it would take longer than an upload may. */
  | 'too_costly';

export interface ManifestProblem {
  readonly reason: ManifestReason;
  /** The field, from the manifest: `['inputs', 3, 'range']`. */
  readonly path: readonly (string | number)[];
  /** Reads on after the field's name. */
  readonly detail: string;
}

/** The field as people write it: `inputs.3.range`. */
export function fieldOf({ path }: ManifestProblem): string {
  return path.join('.');
}

/** What is read of each arm when a model is scored arm by arm. */
const ARM_PATH = /^arm\.content\.[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z0-9_-]{1,64}){0,4}$/;

/** How far shares may be from 1 in sum: they are written with some digits. */
const SHARES_TOLERANCE = 1e-3;

type Found = readonly ManifestProblem[];
type Path = readonly (string | number)[];

/** What is wrong with a manifest whose shape is right; nothing where all fields fit. Facts of requests (`geo.…`) are the caller's to check. */
export function manifestProblems(manifest: ModelManifest): Found {
  const { inputs, outputs, drivers = [] } = manifest;
  const names = new Set([...inputs.map(({ name }) => name), ...columnNames(inputs)]);
  const width = rowWidth(inputs);
  return [
    ...repeated(inputs, ['inputs']),
    ...repeated(outputs, ['outputs']),
    ...inputs.flatMap((input, i) => inputProblems(input, ['inputs', i])),
    ...(width > MAX_MODEL_COLUMNS
      ? [problem('wrong_width', ['inputs'], `must be at most ${MAX_MODEL_COLUMNS} columns together, and are ${width}`)]
      : []),
    ...outputs.flatMap(({ range }, i) => rangeProblems(range, ['outputs', i, 'range'])),
    ...backgroundProblems(manifest, width),
    ...drivers.flatMap((driver, i) => driverProblems(driver, names, ['drivers', i])),
    ...referenceProblems(manifest, names),
  ];
}

function problem(reason: ManifestReason, path: Path, detail: string): ManifestProblem {
  return { reason, path, detail };
}

function repeated(named: readonly { readonly name: string }[], path: Path): Found {
  return named.flatMap(({ name }, i) =>
    named.findIndex((other) => other.name === name) < i
      ? [problem('repeated_name', [...path, i, 'name'], `must be unique: "${name}" is there already`)]
      : [],
  );
}

function repeatedWords(words: readonly string[], path: Path): Found {
  return words.flatMap((word, i) =>
    words.indexOf(word) < i ? [problem('repeated_name', [...path, i], `is there already: "${word}"`)] : [],
  );
}

function inputProblems({ attribute, encoding, range }: ModelInput, path: Path): Found {
  const wrongPath = pathProblem(attribute);
  const isLog = encoding.kind === 'number' && encoding.log === true;
  return [
    ...(wrongPath === undefined ? [] : [problem('unknown_path', [...path, 'attribute'], wrongPath)]),
    ...encodingProblems(encoding, [...path, 'encoding']),
    ...(range ? rangeProblems(range, [...path, 'range']) : []),
    ...(range && encoding.kind !== 'number'
      ? [problem('bad_range', [...path, 'range'], 'is of numbers: no other encoding has one')]
      : []),
    ...(isLog && !(range && range[0] > -1)
      ? [problem('bad_range', [...path, 'range'], 'must begin above -1 where `log` is set: log1p has no value below')]
      : []),
  ];
}

/** What is wrong with an attribute path, in words that read on after it; undefined where something may answer it. */
function pathProblem(attribute: string): string | undefined {
  const names = attribute.split('.');
  if (names.some((name) => name === '' || FORBIDDEN_NAMES.has(name))) return 'must be names with single dots between';
  if (names[0] === MODELS_ROOT) return 'must not be a score: models do not read models';
  if (names[0] === ARM_ROOT)
    return ARM_PATH.test(attribute) ? undefined : 'must be below arm.content, as in "arm.content.text"';
  if (!isCounterPath(attribute)) return undefined;
  const counter = parseCounterPath(attribute);
  return counter.ok ? undefined : `is no counter (${counter.reason}): say e.g. "behaviour.product_view.count.7d"`;
}

function encodingProblems(encoding: InputEncoding, path: Path): Found {
  switch (encoding.kind) {
    case 'one_hot':
    case 'ordinal':
      return repeatedWords(encoding.values, [...path, 'values']);
    case 'text':
      return [
        ...repeatedWords(encoding.measures, [...path, 'measures']),
        ...encoding.measures.flatMap((name, i) =>
          textMeasure(name)
            ? []
            : [problem('unknown_measure', [...path, 'measures', i], `is no measure of a text: "${name}"`)],
        ),
      ];
    default:
      return [];
  }
}

function rangeProblems([min, max]: readonly [number, number], path: Path): Found {
  return min < max ? [] : [problem('bad_range', path, `must end above its beginning: [${min}, ${max}]`)];
}

function backgroundProblems({ background = [] }: ModelManifest, width: number): Found {
  return background.flatMap((row, i) =>
    row.length === width
      ? []
      : [problem('wrong_width', ['background', i], `must have ${width} numbers, one a column, and has ${row.length}`)],
  );
}

function driverProblems({ input, when }: ModelDriver, names: ReadonlySet<string>, path: Path): Found {
  const isEmpty = when?.atLeast !== undefined && when.below !== undefined && when.atLeast >= when.below;
  return [
    ...(names.has(input)
      ? []
      : [problem('unknown_input', [...path, 'input'], `is no input${didYouMean(input, [...names])}`)]),
    ...(isEmpty ? [problem('bad_range', [...path, 'when', 'below'], 'must be above `atLeast`')] : []),
  ];
}

function referenceProblems({ reference }: ModelManifest, names: ReadonlySet<string>): Found {
  if (!reference) return [];
  return [
    ...histogramProblems(reference.score, ['reference', 'score']),
    ...Object.entries(reference.inputs).flatMap(([name, histogram]) => [
      ...(names.has(name)
        ? []
        : [problem('unknown_input', ['reference', 'inputs', name], `is no input${didYouMean(name, [...names])}`)]),
      // Of an input that nobody had, there is nothing to share out.
      ...(histogram.missing === 1 ? [] : histogramProblems(histogram, ['reference', 'inputs', name])),
    ]),
  ];
}

function histogramProblems({ edges, shares }: Histogram, path: Path): Found {
  const sum = shares.reduce((total, share) => total + share, 0);
  return [
    ...(edges.some((edge, i) => i > 0 && edge <= edges[i - 1]!)
      ? [problem('bad_histogram', [...path, 'edges'], 'must ascend')]
      : []),
    ...(shares.length === edges.length + 1
      ? []
      : [problem('bad_histogram', [...path, 'shares'], `must be ${edges.length + 1}, one more than the edges`)]),
    ...(Math.abs(sum - 1) <= SHARES_TOLERANCE
      ? []
      : [problem('bad_histogram', [...path, 'shares'], `must be 1 together, and are ${sum}`)]),
  ];
}
