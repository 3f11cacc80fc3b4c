/** What the double answers of models for pages: those of a table, and those that are shipped, as the API would. */
import { readFileSync } from 'node:fs';
import { deviceModel } from '../../contract/models/device.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { type DeviceModel, deviceManifest } from '../../decisioning/scoring/on-device.ts';

/** One live version of a model, with its file. */
export interface PageModel {
  readonly manifest: ModelManifest;
  readonly file: Uint8Array;
}

const folder = (id: string): URL => new URL(`../../models/${id}/`, import.meta.url);

/** A model as it is shipped. */
export function shippedModel(id: string): PageModel {
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder(id)), 'utf8')) as ModelManifest;
  return { manifest, file: Uint8Array.from(readFileSync(new URL('model.onnx', folder(id)))) };
}

/** @param asked what stands after `/v1/` */
export function modelAnswer(models: Readonly<Record<string, PageModel>>, asked: string) {
  const [, id = '', what, sha256] = asked.replace(/\?.*/, '').split('/');
  const model = models[id];
  if (!model || !asked.includes('key=pk_test')) return { status: 404, headers: {}, body: '{}' };
  const { manifest, file } = model;
  if (what === 'files')
    return manifest.file.sha256 === sha256
      ? { status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' }, body: file }
      : { status: 404, headers: {}, body: '{}' };
  const path = `/v1/models/${id}/files/${manifest.file.sha256}`;
  const told: DeviceModel = {
    id,
    versions: [{ version: 1, stage: 'live', manifest: '0'.repeat(64), device: deviceManifest(manifest), file: path }],
  };
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: JSON.stringify(deviceModel.parse(told)) };
}
