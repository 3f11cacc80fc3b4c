/** Whether an upload is a model that can serve: checked once, before anything of it is stored. */
import type { RegisterModelRequest } from '../../contract/models/registry.ts';
import type { ProblemError } from '../../contract/problem.ts';
import { goldenMismatches } from '../../decisioning/scoring/check-golden.ts';
import { checkModel } from '../../decisioning/scoring/check-model.ts';
import type { ModelRefusal } from '../../decisioning/scoring/engine.ts';
import { engineHere } from '../../decisioning/scoring/engines.ts';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';
import { refusalWords } from '../../decisioning/scoring/refusal-words.ts';
import { pointer } from '../http/json.ts';
import { type Checked, refused } from '../http/problem.ts';
import { MAX_ERRORS } from '../http/validation.ts';
import { MAX_MANIFEST_BYTES, MAX_MODEL_BYTES, sha256Of } from './store.ts';

/** An upload as it is stored: the manifest's text is what its hash is of. */
export interface CheckedUpload {
  readonly manifest: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

type Upload = Pick<RegisterModelRequest, 'manifest' | 'file' | 'golden'>;

/**
 * Refused with every field that does not fit: a model outside the evaluator's operators with its node and the engine that takes it; tensors,
 * columns and widths that the file has otherwise; scores that are no numbers within their ranges, or not those of the golden customers.
 */
export async function checkUpload({ manifest, file: base64, golden }: Upload): Promise<Checked<CheckedUpload>> {
  const file = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  if (file.byteLength > MAX_MODEL_BYTES)
    return unfit({ field: '/file', detail: `at most ${MAX_MODEL_BYTES} bytes, not ${file.byteLength}` });
  const text = JSON.stringify(manifest);
  if (new TextEncoder().encode(text).byteLength > MAX_MANIFEST_BYTES)
    return unfit({ field: '/manifest', detail: `at most ${MAX_MANIFEST_BYTES} bytes` });
  const told = manifest.file;
  if (told.bytes !== file.byteLength)
    return unfit({ field: '/manifest/file/bytes', detail: `the file has ${file.byteLength} bytes` });
  const sha256 = await sha256Of(file);
  if (told.sha256 !== sha256) return unfit({ field: '/manifest/file/sha256', detail: `the file’s is ${sha256}` });
  const misfits = misfitsOf({ manifest, golden }, file);
  return misfits.length > 0 ? unfit(...misfits) : { ok: true, value: { manifest: text, file } };
}

/**
 * An engine that this build lacks serves on pages alone: such a file is checked with our own evaluator where that knows its operators, and is taken
 * unread where only the other engine does.
 */
function misfitsOf({ manifest, golden }: Omit<Upload, 'file'>, file: Uint8Array): readonly ProblemError[] {
  const open = engineHere(manifest.engine);
  if (!open && !manifest.onDevice) return [{ field: '/manifest/engine', detail: ENGINE_ELSEWHERE }];
  const opened = (open ?? openModel)(file);
  if ('refused' in opened) {
    if (!open && opened.takenBy === manifest.engine) return [];
    return [{ field: '/file', detail: wordsOf(opened) }];
  }
  const problems = checkModel(manifest, opened);
  if (problems.length > 0) return problems.map(({ path, detail }) => ({ field: `/manifest${pointer(path)}`, detail }));
  return goldenMismatches(manifest, opened, golden).map(({ path, detail }) => ({
    field: `/golden${pointer(path)}`,
    detail,
  }));
}

const ENGINE_ELSEWHERE =
  'is not in this deployment, which would never score with it: deploy worker/onnxruntime/index.ts, or say "onDevice": true for pages';

function wordsOf(refusal: ModelRefusal): string {
  const { refused: problem, node, takenBy } = refusal;
  const where = node === undefined ? '' : ` at ${node}`;
  const other = takenBy === null ? '' : `; ${takenBy} would take it: set "engine"`;
  return `${problem}${where}: ${refusalWords(refusal)}${other}`;
}

function unfit(...errors: readonly ProblemError[]): Checked<never> {
  return refused('invalid_model', undefined, errors.slice(0, MAX_ERRORS));
}
