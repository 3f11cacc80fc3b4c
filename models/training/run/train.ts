/** From a spec to a model's files: validated, calibrated, fitted on all rows, written. */

import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { inputWidth } from '../../../decisioning/scoring/vector.ts';
import { calibrationSvg } from '../card/calibration-svg.ts';
import { cardText } from '../card/card.ts';
import { averageOf } from '../fit/ensemble.ts';
import type { InputColumns } from '../measure/importance.ts';
import { writeModel } from '../onnx/writer.ts';
import { type Predictor, ROW_TENSOR, rawOf, sigmoid } from '../predictor.ts';
import { TrainingRefusal } from '../spec/refusal.ts';
import type { TrainingSpec } from '../spec/schema.ts';
import { attributesOf, type Table, type TrainingRows, trainingRows } from '../spec/table.ts';
import { type ModelFiles, manifestText, opened, sha256Of } from './files.ts';
import { missedGates } from './gates.ts';
import { goldenOf, goldenText } from './golden.ts';
import { inventCustomers, inventedBackground } from './invented.ts';
import { finalMember, fitMember } from './members.ts';
import { metricsText, probabilityMetrics } from './metrics.ts';
import type { TellProgress } from './progress.ts';
import { referenceOf } from './reference.ts';
import { calibrationOf, foldsOf, partsOf, type Validated, validate } from './validate.ts';

export interface Trained {
  readonly files: ModelFiles;
  readonly validated: Validated;
}

/** Rounding of 32 bits, in another order of sums. */
const TOLERANCE = 1e-6;
/** Decimals of the mean score. */
const DIGITS = 6;

/** @throws TrainingRefusal if the data does not fit the spec, or a gate is missed */
export function trainModel(spec: TrainingSpec, table: Table, tell: TellProgress): Trained {
  const data = trainingRows(spec, table);
  const folds = foldsOf(spec, table);
  const columns = inputColumns(data);
  const validated = validate({ spec, folds, rows: data.rows, answers: data.answers, columns, tell });
  const missed = missedGates(spec, validated);
  if (missed.length > 0) throw new TrainingRefusal(missed.map((words) => `${spec.id}: ${words}`).join('\n'));
  const model = finalModel(spec, data, validated, tell);
  const bytes = writeModel(model.toGraph());
  const evaluator = opened(bytes);
  const raw = rawOf(model, data.rows.values);
  checkFile(evaluator, data, raw);
  const attributes = table.records.map((record) => attributesOf(spec.inputs, record));
  const invented = inventCustomers({ inputs: data.inputs, attributes, rows: data.rows, seed: spec.seed });
  const background = inventedBackground(invented, rawOf(model, invented.rows.values), raw);
  const manifest = manifestOf({ spec, data, bytes, raw, background });
  // As the trainer computes them: files then depend on the spec and the data alone, and whoever evaluates them is held against these.
  const golden = goldenOf(
    manifest,
    { run: (row) => ({ probability: Float32Array.of(model.predict(row)) }) },
    invented.attributes,
  );
  const calibration = calibrationOf(spec.calibration, validated.raw, validated.scored.answers).words;
  const files = {
    'model.onnx': bytes,
    'manifest.json': manifestText(manifest, evaluator),
    'card.md': cardText({ spec, table, data, validated, manifest, calibration }),
    'calibration.svg': calibrationSvg(spec, validated.scored),
    'golden.json': goldenText(golden),
    'metrics.json': metricsText(probabilityMetrics(spec, validated)),
  };
  return { files, validated };
}

/** @throws Error if the file, opened by our own evaluator, says other than what was trained */
function checkFile(evaluator: OpenedModel, { rows, answers }: TrainingRows, raw: Float64Array): void {
  const { probability } = evaluator.run(Float32Array.from(rows.values), answers.length);
  const worst = raw.reduce((most, value, i) => Math.max(most, Math.abs(sigmoid(value) - probability![i]!)), 0);
  if (!(worst <= TOLERANCE)) throw new Error(`the file that was written is ${worst} from what was trained`);
}

function inputColumns({ inputs }: TrainingRows): InputColumns[] {
  let from = 0;
  return inputs.map((input) => {
    const width = inputWidth(input);
    from += width;
    return { name: input.name, from: from - width, width };
  });
}

function finalModel(
  spec: TrainingSpec,
  { rows, answers }: TrainingRows,
  validated: Validated,
  tell: TellProgress,
): Predictor {
  const { parts: specs, weights } = partsOf(
    spec.members,
    spec.members.map((member, i) => finalMember(member, validated.rounds[i]!)),
  );
  const models = specs.map((member, i) => {
    const total = (validated.folds.length + 1) * spec.members.length;
    tell(validated.folds.length * spec.members.length + i, total, `all rows, ${member.kind}`);
    return fitMember(member, { rows, answers, seed: spec.seed }).model;
  });
  return calibrationOf(spec.calibration, validated.raw, validated.scored.answers).wrap(averageOf(models, weights));
}

interface ManifestInput {
  readonly spec: TrainingSpec;
  readonly data: TrainingRows;
  readonly bytes: Uint8Array;
  /** Of the rows that were trained on. */
  readonly raw: Float64Array;
  readonly background: NonNullable<ModelManifest['background']>;
}

function manifestOf({ spec, data, bytes, raw, background }: ManifestInput): ModelManifest {
  const { inputs, rows, missing } = data;
  const scores = raw.map(sigmoid);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return {
    format: 1,
    id: spec.id,
    name: spec.name,
    predicts: spec.predicts,
    engine: 'hyperedge',
    file: { sha256: sha256Of(bytes), bytes: bytes.length },
    ...(spec.onDevice && { onDevice: spec.onDevice }),
    ...(spec.buckets && { buckets: spec.buckets }),
    inputTensor: ROW_TENSOR,
    inputs,
    outputs: [{ name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' }],
    baseline: Number(mean.toFixed(DIGITS)),
    ...(spec.drivers && { drivers: spec.drivers }),
    reference: referenceOf(inputs, rows, scores, missing),
    background,
    ...(spec.watch && { watch: spec.watch }),
  };
}
