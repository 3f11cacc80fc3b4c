/** The demo's models: two of those that come with the project, registered and live. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiRequest, callApi } from '../../cli/api.ts';
import { folderUpload } from '../../cli/models/folder.ts';
import type { DemoKeys } from './demo-keys.ts';

/** Who may leave, for segments; who is about to buy, for pages. */
const DEMO_MODELS = ['churn', 'purchase-intent'];

/** Registers and stages those that the workspace does not have. @param folder of the models' folders */
export async function ensureModels(folder: string, keys: DemoKeys): Promise<void> {
  const { models } = (await call(keys, { method: 'GET', path: '/v1/models' })) as { models: { id: string }[] };
  const known = new Set(models.map(({ id }) => id));
  for (const id of DEMO_MODELS) {
    if (known.has(id) || !existsSync(join(folder, id, 'model.onnx'))) continue;
    const body = JSON.stringify(folderUpload(join(folder, id)));
    const { version } = (await call(keys, { method: 'POST', path: '/v1/models', body })) as { version: number };
    const path = `/v1/models/${id}/versions/${version}/stage`;
    await call(keys, { method: 'PUT', path, body: JSON.stringify({ stage: 'live', reason: 'The demo' }) });
  }
}

async function call(keys: DemoKeys, request: ApiRequest): Promise<unknown> {
  const reply = await callApi({ site: keys.url, secretKey: keys.secretKey }, request);
  if (reply.outcome === 'done') return reply.body;
  const { title, detail, errors = [] } = reply.problem;
  const lines = errors.map((error) => `  ${error.field}: ${error.detail}`);
  throw new Error([`The demo's models were refused: ${detail ?? title}`, ...lines].join('\n'));
}
