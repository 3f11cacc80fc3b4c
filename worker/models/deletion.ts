/** Versions are deleted: a manifest may hold rows of real customers, and those must be able to go. */
import { database } from '../../db/database.ts';
import { emptyVersion, findTombstone } from '../../db/queries/model-deletion.ts';
import { findVersion } from '../../db/queries/models.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';
import { eraseModel, readFile, restoreFile } from './store.ts';

/**
 * Deletes manifest, figures, card and file of a version that serves nobody; its number, its manifest's hash and the audit stay. Deleting again changes
 * nothing, and goes through with what the bucket did not do before. Throws {@link Unavailable} when the bucket does not answer: the registry has forgotten it
 * then, and the bucket has not.
 */
export async function deleteVersion(caller: Caller, modelId: string, version: number): Promise<Checked<null>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  const name = { workspaceId, modelId, version };
  const row = await findVersion(db, workspaceId, modelId, version);
  if (row) {
    const changes = JSON.stringify([{ path: '/manifestHash', before: row.manifestHash }]);
    const subject = `${modelId}@${version}`;
    if (!(await emptyVersion(db, name, { at: nowMs, actor, action: 'delete', kind: 'model', subject, changes })))
      return refused('in_service', `Version ${version} of "${modelId}" is ${row.stage}: retire it first`);
  }
  const left = await findTombstone(db, name);
  if (!left) return refused('not_found', `There is no version ${version} of a model "${modelId}"`);
  const fileHash = left.isFileShared ? undefined : (left.fileHash ?? undefined);
  const file = fileHash === undefined ? undefined : await readFile(env, workspaceId, fileHash);
  await eraseModel(env, workspaceId, { manifestHash: left.manifestHash, fileHash });
  // A version with the same file may have been registered since it was asked.
  if (file && (await findTombstone(db, name))?.isFileShared) await restoreFile(env, workspaceId, file);
  return { ok: true, value: null };
}
