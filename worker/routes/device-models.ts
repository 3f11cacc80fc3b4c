/** `GET /v1/models/{id}/device` and its file: models that pages score with. Nobody is named, so that answers are the same for all. */
import { deviceFileParams, deviceModelParams, deviceModelQuery } from '../../contract/checks/requests.ts';
import { DEVICE_MODEL_LIFE_SECONDS } from '../../contract/limits.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { publicFile, publicModel } from '../edge/public-models.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { route } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';

/** What a file is sent as. */
export const BYTES = 'application/octet-stream';

export const DEVICE_MODEL = {
  method: 'get',
  path: '/v1/models/{id}/device',
  auth: 'any',
  params: deviceModelParams,
  query: deviceModelQuery,
} as const;
export const DEVICE_FILE = {
  method: 'get',
  path: '/v1/models/{id}/files/{sha256}',
  auth: 'any',
  params: deviceFileParams,
  query: deviceModelQuery,
} as const;

/** Registers the routes. */
export function registerDeviceModels(app: App): void {
  route(app, DEVICE_MODEL, async (c, { params: { id } }) => {
    const model = await published(c, id);
    const told = model && (await publicModel(c.env, c.auth.workspaceId, model));
    if (!told) return problem(c, 'not_found', { detail: `No version of a model "${id}" is for pages` });
    return c.json(told, 200, { 'cache-control': `${sharedBy(c)}, max-age=${DEVICE_MODEL_LIFE_SECONDS}` });
  });
  route(app, DEVICE_FILE, async (c, { params }) => {
    const model = await published(c, params.id);
    const file = model && (await publicFile(c.env, c.auth.workspaceId, model, params.sha256));
    if (!file) return problem(c, 'not_found', { detail: 'No version for pages has this file' });
    const headers = { 'content-type': BYTES, 'cache-control': `${sharedBy(c)}, ${IMMUTABLE}` };
    return c.body(Uint8Array.from(file), 200, headers);
  });
}

/** Its name is its hash. */
const IMMUTABLE = 'max-age=31536000, immutable';

/** Only where the address alone says whose model it is: under one without a key, or asked with another in the header, no cache may hand one's model to another. */
function sharedBy(c: Call): 'public' | 'private' {
  return c.query().key === undefined || c.header('authorization') !== undefined ? 'private' : 'public';
}

async function published(c: Call, id: string): Promise<PublishedModel | undefined> {
  const { workspaceId } = c.auth;
  return (await currentCatalog(c.env, c.ctx, workspaceId, c.receivedAtMs))?.catalog.models.get(id);
}
