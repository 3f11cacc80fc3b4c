/** Publishing warns of scores that nobody gives: what is registered is known here alone. */
import { database } from '../../db/database.ts';
import { listModelOutputs, type ModelOutputsRow } from '../../db/queries/model-outputs.ts';
import { type KnownModel, type ModelRead, modelWarnings } from '../../decisioning/catalog/model-reads.ts';
import type { CatalogProblem } from '../../decisioning/catalog/problems.ts';

const SERVING = new Set(['canary', 'live']);

/** Models by what is true of all their versions that serve, or of the newest where none does. */
function knownModels(rows: readonly ModelOutputsRow[]): readonly KnownModel[] {
  return [...Map.groupBy(rows, ({ modelId }) => modelId)].map(([id, versions]) => {
    const serving = versions.filter(({ stage }) => SERVING.has(stage));
    const meant = serving.length > 0 ? serving : versions.slice(-1);
    const outputs = meant.map((row) => JSON.parse(row.outputs) as string[]);
    return {
      id,
      serves: serving.length > 0,
      outputs: outputs[0]!.filter((name) => outputs.every((names) => names.includes(name))),
      readsArms: meant.some(({ readsArms }) => readsArms === 1),
    };
  });
}

/** What of the scores that a configuration names is missing by the registry; nothing is asked of it where none is named. */
export async function registryWarnings(
  env: Pick<Env, 'DB'>,
  workspaceId: string,
  reads: readonly ModelRead[],
): Promise<readonly CatalogProblem[]> {
  if (reads.length === 0) return [];
  return modelWarnings(reads, knownModels(await listModelOutputs(database(env.DB), workspaceId)));
}
