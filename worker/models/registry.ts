/** Versions of models: registered once and unchanged. */
import type { RegisterModelRequest } from '../../contract/models/registry.ts';
import { database } from '../../db/database.ts';
import {
  countModels,
  findByManifest,
  findModel,
  insertVersion,
  type ModelVersionRow,
} from '../../db/queries/models.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';
import { checkUpload } from './check.ts';
import { deleteVersion } from './deletion.ts';
import { manifestHashOf, restoreFile, sha256Of, storeModel } from './store.ts';
import { finishJob } from './training.ts';

/** Models of a workspace with a version: those that serve, and as many again that did or will. */
export const MAX_REGISTERED_MODELS = 500;

/** Registers a version; the same manifest again is the same version. Refused, and nothing stored, for a file that is no model or does not fit its manifest. */
export async function registerModel(
  caller: Caller,
  body: RegisterModelRequest,
): Promise<Checked<{ readonly row: ModelVersionRow; readonly created: boolean }>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const checked = await checkUpload(body);
  if (!checked.ok) return checked;
  const { manifest, file } = checked.value;
  const modelId = body.manifest.id;
  const db = database(env.DB);
  if (!(await findModel(db, workspaceId, modelId)) && (await countModels(db, workspaceId)) >= MAX_REGISTERED_MODELS)
    return refused('invalid_request', `There are ${MAX_REGISTERED_MODELS} models already: delete the versions of one`, [
      { field: '/manifest/id', detail: `is the id of another model; a workspace has at most ${MAX_REGISTERED_MODELS}` },
    ]);
  // Looked at before anything is stored: what was deleted is not to lie in the bucket again.
  const known = await findByManifest(db, workspaceId, modelId, await manifestHashOf(manifest));
  if (known && known.deletedAt !== null) return deletedBefore(known);
  const manifestHash = await storeModel(env, workspaceId, manifest, file);
  const { metrics, lineage, card } = body;
  const changes = JSON.stringify([{ path: '/manifestHash', after: manifestHash }]);
  const stored = await insertVersion(
    db,
    {
      workspaceId,
      modelId,
      manifestHash,
      manifest,
      metrics: JSON.stringify(metrics),
      lineage: JSON.stringify({ ...lineage, fileSha256: await sha256Of(file) }),
      card,
      createdAt: nowMs,
      createdBy: actor,
    },
    { at: nowMs, actor, action: 'register', kind: 'model', subject: modelId, changes },
  );
  if (stored.row.deletedAt !== null) {
    await deleteVersion(caller, modelId, stored.row.version);
    return deletedBefore(stored.row);
  }
  // From here on the row keeps the file: a deletion that asked before there was one is looked for.
  await restoreFile(env, workspaceId, file);
  return { ok: true, value: { ...stored, row: await finishJob(caller, stored.row, lineage.job) } };
}

function deletedBefore({ version }: ModelVersionRow): Checked<never> {
  return refused(
    'invalid_model',
    `It is version ${version}, which was deleted: a manifest without what had to go is another version`,
    [{ field: '/manifest', detail: `is that of version ${version}, which was deleted` }],
  );
}
