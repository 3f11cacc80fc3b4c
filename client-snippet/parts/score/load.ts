/** A model from the API to the page: its manifest, the version in charge here, its file, checked against its name. */
import type { DeviceModel, DeviceVersion } from '../../../decisioning/scoring/on-device.ts';
import { versionInCharge } from '../../../decisioning/scoring/published.ts';
import type { Core } from '../../lib/core.ts';
import { openWith, type Run } from './engines.ts';

/** A model that scores here. */
export interface Loaded {
  readonly id: string;
  readonly version: number;
  /** Its manifest's hash: another manifest is another model. */
  readonly hash: string;
  readonly manifest: DeviceVersion['device'];
  readonly engine: string;
  readonly run: Run;
}

/** Whether a question failed for want of a network or of a server that answers: nothing is known of the model then. */
const isOutage = (reason: unknown): boolean => reason instanceof TypeError || (reason as Response).status > 404;

/** Names nobody, and takes no cookie along: the answer is the same for all, and kept by the browser's own cache. */
const get = async (path: string, { $settings: { api } }: Core, key = ''): Promise<Response> => {
  const url = new URL(path, api);
  url.searchParams.set('key', key);
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw response;
  return response;
};

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Rejects when there is no such model for pages, when its file is another than its name says, and when no engine takes it.
 *
 * @param engine of the site's choice, instead of the manifest's
 * @param src where the site keeps the files of onnxruntime-web
 * @param before what scored until now: it goes on while it is in charge, and where nobody says who is
 */
export const load = async (
  core: Core,
  id: string,
  key?: string,
  engine?: string,
  src?: string,
  before?: Loaded,
): Promise<Loaded> => {
  let model: DeviceModel;
  try {
    model = await (await get(`/v1/models/${id}/device`, core, key)).json();
  } catch (reason) {
    // Of this question alone: where another version is in charge, one that does not load is no reason to score on.
    if (before && isOutage(reason)) return before;
    throw reason;
  }
  // A visitor without an id gets what most of them have.
  const { anonymousId = '' } = (core.$customer() ?? {}) as { anonymousId?: string };
  const versions = model.versions.filter(({ stage }) => anonymousId || stage === 'live');
  const chosen = versionInCharge({ id, versions }, anonymousId) as DeviceVersion | undefined;
  if (!chosen) throw id;
  const { device, version, file, manifest: hash } = chosen;
  if (before?.hash === hash && before.version === version) return before;
  const bytes = await (await get(file, core, key)).arrayBuffer();
  // Pages without TLS have no digest.
  if (crypto.subtle && hexOf(await crypto.subtle.digest('SHA-256', bytes)) !== device.file.sha256) throw file;
  const by = engine ?? device.engine;
  return {
    id,
    version,
    hash,
    manifest: device,
    engine: by,
    run: await openWith(by, new Uint8Array(bytes), device, src),
  };
};
