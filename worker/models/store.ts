/** Models in R2, by hash and below their workspace: manifests as text, files as bytes. What does not hash to its name is not there. */
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import type { ModelBody } from '../../durable-objects/customer/protocol.ts';
import { hexOf } from '../../durable-objects/shared/naming.ts';
import { Unavailable } from '../http/unavailable.ts';

/** Largest ONNX file: an isolate opens some dozens of models in its 128 MB, and hands them to objects in one call. */
export const MAX_MODEL_BYTES = 1_024 * 1_024;
/** Largest manifest: some hundred inputs with their histograms. */
export const MAX_MANIFEST_BYTES = 256 * 1_024;

const manifestKey = (workspaceId: string, hash: string): string => `${workspaceId}/manifests/${hash}.json`;
const fileKey = (workspaceId: string, hash: string): string => `${workspaceId}/files/${hash}.onnx`;

/** SHA-256 of bytes, as lower-case hexadecimal. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return hexOf(digest);
}

/** The name of a version: the hash of its manifest's text. */
export function manifestHashOf(manifest: string): Promise<string> {
  return sha256Of(new TextEncoder().encode(manifest) as Uint8Array<ArrayBuffer>);
}

async function bytesOf(env: Env, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const object = await env.MODELS.get(key);
  return object && new Uint8Array(await object.arrayBuffer());
}

async function read(env: Env, key: string, hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await bytesOf(env, key).catch(() => {
    throw new Unavailable('models');
  });
  return bytes && (await sha256Of(bytes)) === hash ? bytes : undefined;
}

/**
 * Stores a version's two parts; storing them again changes nothing. Throws {@link Unavailable} when the bucket does not take them.
 *
 * @returns the manifest's hash, the version's name
 */
export async function storeModel(
  env: Env,
  workspaceId: string,
  manifest: string,
  file: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const hash = await manifestHashOf(manifest);
  const fileHash = await sha256Of(file);
  try {
    // The file first: a manifest that is there has its file.
    await env.MODELS.put(fileKey(workspaceId, fileHash), file);
    await env.MODELS.put(manifestKey(workspaceId, hash), manifest);
  } catch {
    throw new Unavailable('models');
  }
  return hash;
}

/**
 * Puts a version's file back where it is not there: the deletion of another version with the same file may have taken it meanwhile. Throws
 * {@link Unavailable} when the bucket does not answer.
 */
export async function restoreFile(env: Env, workspaceId: string, file: Uint8Array<ArrayBuffer>): Promise<void> {
  const key = fileKey(workspaceId, await sha256Of(file));
  try {
    if (!(await env.MODELS.head(key))) await env.MODELS.put(key, file);
  } catch {
    throw new Unavailable('models');
  }
}

/** A file by its hash; undefined when it is not there, or other bytes are. Throws {@link Unavailable} when the bucket does not answer. */
export function readFile(env: Env, workspaceId: string, hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return read(env, fileKey(workspaceId, hash), hash);
}

/** A version by its manifest's hash; undefined when a part of it is not there. Throws {@link Unavailable} when the bucket does not answer. */
export async function readModel(env: Env, workspaceId: string, hash: string): Promise<ModelBody | undefined> {
  const bytes = await read(env, manifestKey(workspaceId, hash), hash);
  if (!bytes) return undefined;
  const manifest = new TextDecoder().decode(bytes);
  const { sha256 } = (JSON.parse(manifest) as ModelManifest).file;
  const file = await readFile(env, workspaceId, sha256);
  return file && { hash, manifest, file };
}

/**
 * Deletes a version's manifest, and its file unless another version has the same. Throws {@link Unavailable} when the bucket does not answer; deleting again
 * changes nothing.
 */
export async function eraseModel(
  env: Env,
  workspaceId: string,
  { manifestHash, fileHash }: { readonly manifestHash: string; readonly fileHash: string | undefined },
): Promise<void> {
  const keys = [
    manifestKey(workspaceId, manifestHash),
    ...(fileHash === undefined ? [] : [fileKey(workspaceId, fileHash)]),
  ];
  await env.MODELS.delete(keys).catch(() => {
    throw new Unavailable('models');
  });
}
