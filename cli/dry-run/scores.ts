/** Scores of models for invented customers: as the model's own training saw them spread. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { armPath, isModelPath, modelPath } from '../../decisioning/scoring/paths.ts';
import type { AttributeSpec } from '../../simulations/worlds/spec.ts';
import { CommandFailure } from '../failure.ts';

/** Any number as often as any other; `uniform` draws whole ones between whole ends. */
const evenly = (min: number, max: number): AttributeSpec => ({ kind: 'histogram', edges: [], shares: [1], min, max });

/** Where nothing tells otherwise: any likelihood as often as any other, and none that decisions would pass over. */
export const ANY_SCORE = evenly(0, 1);

export type Manifests = ReadonlyMap<string, ModelManifest>;

/** Manifests of the models that a catalog names, as far as a folder has them: `<folder>/<model>/manifest.json`. */
export function manifestsIn(folder: string, { placements }: Catalog): Manifests {
  const ids = new Set(Object.values(placements).flatMap(({ rules }) => rules.models ?? []));
  const found = new Map<string, ModelManifest>();
  for (const id of ids) {
    const path = join(folder, id, 'manifest.json');
    if (!existsSync(path)) continue;
    try {
      found.set(id, JSON.parse(readFileSync(path, 'utf8')) as ModelManifest);
    } catch {
      throw new CommandFailure(`${path} is no JSON`);
    }
  }
  return found;
}

/**
 * How each score that the catalog reads is spread, by path. Arms that a model scores have one each: what a customer's scores of several arms, or of several
 * models, have to do with each other is not known, so they are drawn apart.
 *
 * @param named paths that conditions compare, with the numbers they compare them with
 */
export function scoreSpecs(
  { placements }: Catalog,
  named: ReadonlyMap<string, ReadonlySet<unknown>>,
  manifests: Manifests,
): Readonly<Record<string, AttributeSpec>> {
  const specs: Record<string, AttributeSpec> = {};
  const add = (path: string, asked = path): void => {
    if (isModelPath(path)) specs[asked] ??= specOf(path, manifests);
  };
  for (const path of named.keys()) add(path);
  for (const { rules } of Object.values(placements))
    for (const { id: campaignId, armIds, scorePaths = [], arbitration } of rules.campaigns) {
      add(arbitration?.valueFrom ?? '');
      for (const [i, path] of scorePaths.entries()) add(path, armPath(path, { campaignId, armId: armIds[i]! }));
    }
  return specs;
}

/** The reference is of the first output alone; others lie anywhere in their range. */
function specOf(path: string, manifests: Manifests): AttributeSpec {
  const { model, output } = modelPath(path) ?? { model: '', output: '' };
  const { outputs = [], reference } = manifests.get(model) ?? {};
  const declared = outputs.find(({ name }) => name === output);
  if (!declared) return ANY_SCORE;
  const [min, max] = declared.range;
  if (declared !== outputs[0] || !reference) return evenly(min, max);
  return { kind: 'histogram', ...reference.score, min, max };
}
