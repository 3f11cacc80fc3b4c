/** From a graph to the files of a model's folder, for recipes that make their graph themselves. */
import { backgroundOf } from '../../../decisioning/scoring/explain/background.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import type { ModelGraph } from '../onnx/graph.ts';
import { writeModel } from '../onnx/writer.ts';
import { type Rows, rowCount } from '../rows.ts';
import { type ModelFiles, manifestText, opened, sha256Of } from './files.ts';
import { goldenOf, goldenText } from './golden.ts';
import { type InventInput, inventCustomers, inventedBackground } from './invented.ts';
import { referenceOf } from './reference.ts';

export interface AssembleInput {
  readonly graph: ModelGraph;
  /** What the manifest says that does not follow from graph and rows. */
  readonly declared: Pick<ModelManifest, 'id' | 'name' | 'predicts' | 'inputs' | 'outputs' | 'watch'>;
  /** Rows that it was trained on. */
  readonly rows: Rows;
  /** The same as customers (or arms) by attribute path. */
  readonly attributes: readonly ReadonlyMap<string, unknown>[];
  /** Where rows are people's: files that travel then hold invented ones. Absent for rows of texts that are public. */
  readonly people?: Pick<InventInput, 'seed' | 'mend'>;
}

export interface Assembled {
  readonly manifest: ModelManifest;
  /** Without card and picture. */
  readonly files: ModelFiles;
  /** Scores rows as every host will, by output name. */
  readonly score: (rows: Rows) => Readonly<Record<string, Float32Array>>;
}

/** Decimals of the mean score. */
const DIGITS = 6;

/** @throws Error if our own evaluator or the contract's checks refuse what was made */
export function assemble({ graph, declared, rows, attributes, people }: AssembleInput): Assembled {
  const bytes = writeModel(graph);
  const evaluator = opened(bytes);
  const score = (scored: Rows) => {
    const tensors = evaluator.run(Float32Array.from(scored.values), rowCount(scored));
    return Object.fromEntries(declared.outputs.map(({ name, tensor }) => [name, tensors[tensor]!]));
  };
  const firstOf = (scored: Rows) => Float64Array.from(score(scored)[declared.outputs[0]!.name]!);
  const scores = firstOf(rows);
  const invented = people && inventCustomers({ inputs: declared.inputs, attributes, rows, ...people });
  // Who made the rows themselves left nothing out of them.
  const missing = Array.from(scores, () => []);
  const manifest: ModelManifest = {
    format: 1,
    id: declared.id,
    name: declared.name,
    predicts: declared.predicts,
    engine: 'hyperedge',
    file: { sha256: sha256Of(bytes), bytes: bytes.length },
    inputTensor: graph.inputs[0]!.name,
    inputs: declared.inputs,
    outputs: declared.outputs,
    baseline: Number((scores.reduce((sum, one) => sum + one, 0) / scores.length).toFixed(DIGITS)),
    reference: referenceOf(declared.inputs, rows, scores, missing),
    background: invented
      ? inventedBackground(invented, firstOf(invented.rows), scores)
      : backgroundOf(rows.values, rows.width, scores),
    ...(declared.watch && { watch: declared.watch }),
  };
  const files = {
    'model.onnx': bytes,
    'manifest.json': manifestText(manifest, evaluator),
    'golden.json': goldenText(goldenOf(manifest, evaluator, invented?.attributes ?? attributes)),
  };
  return { manifest, files, score };
}
