/** Whether a manifest and the file that it names belong together. */
import type { ManifestProblem, ManifestReason } from './check.ts';
import type { OpenedModel } from './engine.ts';
import type { ModelInput, ModelManifest } from './manifest.ts';
import { columnNames, encodeRow, inputWidth, rowWidth } from './vector.ts';

/** Steps of all rows that one upload is checked with, some 3 s: 128 rows of the costliest model, hundreds of any that decides in time. */
export const MAX_CHECK_STEPS = 1_073_741_824;
const TOO_COSTLY = `at most ${MAX_CHECK_STEPS} together are checked, so fewer rows, or a smaller model`;

/**
 * What is wrong with a manifest for the file that was opened: the row's tensor and width, the outputs' tensors and columns, and scores
 * that must be numbers within their ranges: for a row without any value, for one without each `nan` input, and for all of the background.
 */
export function checkModel(manifest: ModelManifest, opened: OpenedModel): readonly ManifestProblem[] {
  const { inputTensor, inputs } = manifest;
  const names = opened.inputs.map(({ name }) => name);
  const taken = opened.inputs.find(({ name }) => name === inputTensor);
  if (!taken) return [problem('unknown_tensor', ['inputTensor'], `is no input of the file, which has ${list(names)}`)];
  if (opened.inputs.length > 1)
    return [problem('unknown_tensor', ['inputTensor'], `must be the file's only input, which has ${list(names)}`)];
  const width = rowWidth(inputs);
  if (taken.width !== 0 && taken.width !== width)
    return [problem('wrong_width', ['inputs'], `make ${width} columns, and the file takes ${taken.width}`)];
  const missing = manifest.outputs.flatMap((output, i) => tensorProblems(output, opened, ['outputs', i]));
  return missing.length > 0 ? missing : scoreProblems(manifest, opened);
}

function problem(reason: ManifestReason, path: ManifestProblem['path'], detail: string): ManifestProblem {
  return { reason, path, detail };
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}

function tensorProblems(
  { tensor, column }: ModelManifest['outputs'][number],
  { outputs }: OpenedModel,
  path: ManifestProblem['path'],
): readonly ManifestProblem[] {
  const given = outputs.find(({ name }) => name === tensor);
  const names = outputs.map(({ name }) => name);
  if (!given)
    return [problem('unknown_tensor', [...path, 'tensor'], `is no output of the file, which has ${list(names)}`)];
  if (given.width === 0 || column < given.width) return [];
  return [problem('unknown_tensor', [...path, 'column'], `must be below ${given.width}: the columns of "${tensor}"`)];
}

/** A row that the model must be able to score, and the field that is wrong if it is not. */
interface Probe {
  readonly path: ManifestProblem['path'];
  readonly what: string;
  readonly row: Float32Array;
}

function scoreProblems(manifest: ModelManifest, opened: OpenedModel): readonly ManifestProblem[] {
  const probes = probesOf(manifest);
  const { steps = 0 } = opened;
  if (probes.length * steps > MAX_CHECK_STEPS)
    return [
      problem(
        'too_costly',
        ['inputs'],
        `and \`background\` ask for ${probes.length} rows of ${steps} steps: ${TOO_COSTLY}`,
      ),
    ];
  return probes.flatMap(({ path, what, row }) => {
    const wrong = wrongScore(manifest, opened, row);
    return wrong === undefined ? [] : [problem('bad_score', path, `${what} ${wrong}`)];
  });
}

function probesOf({ inputs, background = [] }: ModelManifest): readonly Probe[] {
  const rows = background.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));
  const usual = rows[0] ?? withoutMissing(inputs);
  let at = 0;
  const withHoles = inputs.flatMap((input, i): Probe[] => {
    const from = at;
    at += inputWidth(input);
    if (input.missing !== 'nan') return [];
    const row = usual.slice().fill(Number.NaN, from, at);
    return [{ path: ['inputs', i, 'missing'], what: 'is "nan", and a row without it', row }];
  });
  return [
    { path: ['inputs'], what: 'all without a value', row: encodeRow(inputs, () => null).row },
    ...withHoles,
    ...rows.map((row, i): Probe => ({ path: ['background', i], what: 'as a row', row })),
  ];
}

/** A row with a number everywhere: 0 where a missing value would be NaN. */
function withoutMissing(inputs: readonly ModelInput[]): Float32Array {
  return encodeRow(
    inputs.map((input) => (input.missing === 'nan' ? { ...input, missing: 0 } : input)),
    () => null,
  ).row;
}

/** What is wrong with the scores of a row, in words; undefined where all are numbers within their ranges. */
function wrongScore({ outputs, inputs }: ModelManifest, opened: OpenedModel, row: Float32Array): string | undefined {
  let scores: ReturnType<OpenedModel['run']>;
  try {
    scores = opened.run(row, 1);
  } catch (error) {
    return `cannot be scored (${columnNames(inputs).length} columns): ${error instanceof Error ? error.message : 'it breaks'}`;
  }
  for (const { name, tensor, column, range } of outputs) {
    const value = scores[tensor]?.[column];
    if (value === undefined) return `has no ${name}: "${tensor}" gives no column ${column}`;
    if (!(value >= range[0] && value <= range[1]))
      return `has a ${name} of ${value}, outside ${range[0]} to ${range[1]}`;
  }
  return undefined;
}
