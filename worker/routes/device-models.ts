/** `GET /v1/models/{id}/device` and its file: models that pages score with. Nobody is named, so that answers are the same for all. */
import * as z from 'zod';
import { DEVICE_MODEL_LIFE_SECONDS, deviceModel, publishableKey, sha256 } from '../../contract/models/device.ts';
import { slug } from '../../contract/primitives.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { publicFile, publicModel } from '../edge/public-models.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';

const tag = 'Decide';
const BYTES = 'application/octet-stream';
const query = z.strictObject({ key: publishableKey });
const NONE = { 404: { description: '`not_found`: no public version of it serves' } };

/** Registers the routes. */
export function registerDeviceModels(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models/{id}/device',
      tag,
      summary: 'A model for pages to score with',
      description:
        'Manifests of the versions in service that say `onDevice`, and where their files are. The page takes its own version, scores what it knows of the session, and sends none of it.',
      auth: 'any',
      params: z.strictObject({ id: slug }),
      query,
      responses: { 200: { description: 'The public versions in service', schema: deviceModel }, ...NONE },
    },
    async (c, { params: { id } }) => {
      const model = await published(c, id);
      const told = model && (await publicModel(c.env, c.auth.workspaceId, model));
      if (!told) return problem(c, 'not_found', { detail: `No version of a model "${id}" is for pages` });
      return c.json(told, 200, { 'cache-control': `${sharedBy(c)}, max-age=${DEVICE_MODEL_LIFE_SECONDS}` });
    },
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models/{id}/files/{sha256}',
      tag,
      summary: 'The ONNX file of a model for pages',
      auth: 'any',
      params: z.strictObject({ id: slug, sha256 }),
      query,
      responses: { 200: { description: 'The file; never another under this address', mediaType: BYTES }, ...NONE },
    },
    async (c, { params }) => {
      const model = await published(c, params.id);
      const file = model && (await publicFile(c.env, c.auth.workspaceId, model, params.sha256));
      if (!file) return problem(c, 'not_found', { detail: 'No version for pages has this file' });
      const headers = { 'content-type': BYTES, 'cache-control': `${sharedBy(c)}, ${IMMUTABLE}` };
      return c.body(Uint8Array.from(file), 200, headers);
    },
  );
}

/** Its name is its hash. */
const IMMUTABLE = 'max-age=31536000, immutable';

/** Under an address without a key every workspace asks: no cache may hand one's model to another. */
function sharedBy(c: Call): 'public' | 'private' {
  return c.query().key === undefined ? 'private' : 'public';
}

async function published(c: Call, id: string): Promise<PublishedModel | undefined> {
  const { workspaceId } = c.auth;
  return (await currentCatalog(c.env, c.ctx, workspaceId, c.receivedAtMs))?.catalog.models.get(id);
}
