/** Whether an upload is a model that can serve: checked once, before anything of it is stored. */
import type { RegisterModelRequest } from '../../contract/models/registry.ts';
import type { ModelRefusal } from '../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';
import { type Checked, refused } from '../http/problem.ts';
import { MAX_MANIFEST_BYTES, MAX_MODEL_BYTES, sha256Of } from './store.ts';

/** An upload as it is stored: the manifest's text is what its hash is of. */
export interface CheckedUpload {
  readonly manifest: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Refused with the field that it is about; a model outside the evaluator's operators with its node and the engine that takes it. */
export async function checkUpload(
  manifest: RegisterModelRequest['manifest'],
  base64: string,
): Promise<Checked<CheckedUpload>> {
  const file = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  if (file.byteLength > MAX_MODEL_BYTES)
    return unfit('/file', `at most ${MAX_MODEL_BYTES} bytes, not ${file.byteLength}`);
  const text = JSON.stringify(manifest);
  if (new TextEncoder().encode(text).byteLength > MAX_MANIFEST_BYTES)
    return unfit('/manifest', `at most ${MAX_MANIFEST_BYTES} bytes`);
  const told = manifest.file;
  if (told.bytes !== file.byteLength) return unfit('/manifest/file/bytes', `the file has ${file.byteLength} bytes`);
  const sha256 = await sha256Of(file);
  if (told.sha256 !== sha256) return unfit('/manifest/file/sha256', `the file’s is ${sha256}`);
  const misfit = fitOf(manifest, file);
  return misfit ?? { ok: true, value: { manifest: text, file } };
}

function fitOf(manifest: ModelManifest, file: Uint8Array): Checked<never> | undefined {
  if (manifest.engine !== 'hyperedge') return undefined;
  const opened = openModel(file);
  return 'refused' in opened ? unfit('/file', wordsOf(opened)) : undefined;
}

function wordsOf({ refused: problem, node, detail, takenBy }: ModelRefusal): string {
  const where = node === undefined ? '' : ` at ${node}`;
  const other = takenBy === null ? '' : `; ${takenBy} would take it: set "engine"`;
  return `${problem}${where}: ${detail}${other}`;
}

function unfit(field: string, detail: string): Checked<never> {
  return refused('invalid_model', undefined, [{ field, detail }]);
}
