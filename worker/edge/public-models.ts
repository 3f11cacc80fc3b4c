/** Models that pages may have: public versions in service, without what explains and watches them, and their files. */
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { type DeviceModel, type DeviceVersion, deviceManifest } from '../../decisioning/scoring/on-device.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import { readModel } from '../models/store.ts';

/** Manifests that an isolate keeps read, public or not: as many as models that it serves. They are some KB each. */
export const MAX_READ_MANIFESTS = 64;

const manifests = new Map<string, ModelManifest>();

/** Forgets everything, as a new isolate would have it. */
export function forgetPublicModels(): void {
  manifests.clear();
}

async function manifestOf(env: Env, workspaceId: string, hash: string): Promise<ModelManifest | undefined> {
  const key = `${workspaceId} ${hash}`;
  const known = manifests.get(key);
  if (known) return known;
  const body = await readModel(env, workspaceId, hash).catch(() => undefined);
  if (!body) return undefined;
  const manifest = JSON.parse(body.manifest) as ModelManifest;
  if (manifests.size >= MAX_READ_MANIFESTS) manifests.clear();
  manifests.set(key, manifest);
  return manifest;
}

/** What a page may know of a model; undefined where none of its versions that serve customers is public. A shadow is nobody's business. */
export async function publicModel(
  env: Env,
  workspaceId: string,
  { id, versions }: PublishedModel,
): Promise<DeviceModel | undefined> {
  const read = versions
    .filter(({ stage }) => stage !== 'shadow')
    .map(async ({ version, stage, share, manifest: hash }): Promise<DeviceVersion[]> => {
      const manifest = await manifestOf(env, workspaceId, hash);
      if (!manifest?.onDevice) return [];
      // By name: what is published of a version beside these, such as how it is watched, is no page's business.
      const told = { version, stage, ...(share !== undefined && { share }), manifest: hash };
      const file = `/v1/models/${id}/files/${manifest.file.sha256}`;
      return [{ ...told, device: deviceManifest(manifest), file }];
    });
  const found = (await Promise.all(read)).flat();
  return found.length > 0 ? { id, versions: found } : undefined;
}

/** The file of a public version in service; undefined for every other hash. */
export async function publicFile(
  env: Env,
  workspaceId: string,
  model: PublishedModel,
  sha256: string,
): Promise<Uint8Array | undefined> {
  const told = await publicModel(env, workspaceId, model);
  const version = told?.versions.find(({ device }) => device.file.sha256 === sha256);
  return version && (await readModel(env, workspaceId, version.manifest))?.file;
}

/** Of some models, the ids of those that pages may have. */
export async function publicIds(
  env: Env,
  workspaceId: string,
  models: readonly PublishedModel[],
): Promise<ReadonlySet<string>> {
  const told = await Promise.all(models.map((model) => publicModel(env, workspaceId, model)));
  return new Set(told.flatMap((model) => model?.id ?? []));
}
