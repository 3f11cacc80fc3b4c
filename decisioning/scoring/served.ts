/** Models that serve a customer's decisions: scores by path, worked out when they are first asked for, and what they were made of. */
import type { Resolve } from '../segments/subject.ts';
import type { OpenedModel } from './engine.ts';
import type { ModelManifest } from './manifest.ts';
import { isModelPath, modelPath } from './paths.ts';
import {
  type PublishedModel,
  type PublishedVersion,
  type ServingStage,
  shadowOf,
  versionInCharge,
} from './published.ts';
import { encodeRow } from './vector.ts';

/** A version that an isolate can score with. */
export interface ServedModel {
  readonly manifest: ModelManifest;
  readonly opened: OpenedModel;
}

/** One scoring of one customer: enough to explain it later, and to tell what the customer was like then. */
export interface ModelUse {
  readonly version: number;
  readonly stage: ServingStage;
  /** The encoded row, in the order of the manifest's columns; null stands for NaN, which JSON does not have. */
  readonly row: readonly (number | null)[];
  /** Inputs that had no value. */
  readonly missing: readonly string[];
  /** By output name; empty where the model broke. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** A model in charge, and the shadow beside it. */
export interface ModelUses {
  readonly used?: ModelUse;
  readonly shadow?: ModelUse;
}

export interface ModelScores {
  /** Answers paths of models, and hands all others on. A model that is missing or breaks answers null: a condition sees a missing attribute. */
  readonly resolve: Resolve;
  /** What was asked for so far, by model id. */
  readonly uses: () => Readonly<Record<string, ModelUses>>;
}

export interface ScoringFacts {
  readonly models: readonly PublishedModel[];
  /** The opened version by its manifest's hash; undefined where this isolate has none. */
  readonly served: (manifest: string) => ServedModel | undefined;
  readonly bucketingId: string;
  /** Attributes, counters and facts; never asked for a path of a model. */
  readonly resolve: Resolve;
}

/** Scores of one customer at one moment; each model runs at most once (and its shadow once). */
export function modelScores({ models, served, bucketingId, resolve }: ScoringFacts): ModelScores {
  const byId = new Map(models.map((model) => [model.id, model]));
  const uses = new Map<string, ModelUses>();
  const scored = (version: PublishedVersion | undefined): ModelUse | undefined => {
    const model = version && served(version.manifest);
    return model && { version: version.version, stage: version.stage, ...scoreOnce(model, resolve) };
  };
  const usesOf = (id: string): ModelUses => {
    const known = uses.get(id);
    if (known) return known;
    const model = byId.get(id);
    const used = model && scored(versionInCharge(model, bucketingId));
    const shadow = model && scored(shadowOf(model));
    const fresh = { ...(used && { used }), ...(shadow && { shadow }) };
    uses.set(id, fresh);
    return fresh;
  };
  return {
    resolve: (path) => {
      if (!isModelPath(path)) return resolve(path);
      const asked = modelPath(path);
      const outputs = asked && usesOf(asked.model).used?.outputs;
      return outputs && Object.hasOwn(outputs, asked.output) ? outputs[asked.output] : null;
    },
    uses: () => Object.fromEntries([...uses].filter(([, { used, shadow }]) => used || shadow)),
  };
}

/** One run of a model; whatever goes wrong in it costs the score and nothing else. */
function scoreOnce({ manifest, opened }: ServedModel, resolve: Resolve): Omit<ModelUse, 'version' | 'stage'> {
  const { row, missing } = encodeRow(manifest.inputs, resolve);
  const kept = Array.from(row, (value) => (Number.isNaN(value) ? null : value));
  try {
    return { row: kept, missing, outputs: outputsOf(manifest, opened.run(row, 1)) };
  } catch {
    return { row: kept, missing, outputs: {} };
  }
}

/** Outputs by name; none at all when one is no number, or outside what the manifest allows. */
export function outputsOf(
  manifest: ModelManifest,
  tensors: Readonly<Record<string, Float32Array>>,
): Readonly<Record<string, number>> {
  const outputs: Record<string, number> = {};
  for (const { name, tensor, column, range } of manifest.outputs) {
    const value = tensors[tensor]?.[column];
    if (value === undefined || !(value >= range[0] && value <= range[1])) return {};
    outputs[name] = value;
  }
  return outputs;
}
