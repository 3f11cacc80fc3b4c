/** Which models an isolate keeps open. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it } from 'vitest';
import { smallModel } from '../../tests/workerd/models/small-model.ts';
import { Deadline } from '../http/deadline.ts';
import { storeModel } from '../models/store.ts';
import { forgetModels, MAX_KEPT_MODELS, modelsInReach, servedModel } from './models.ts';

const bindings = env as unknown as Env;
const workspaceId = 'kept-models';

afterEach(forgetModels);

it('of more than an isolate holds, those that were asked for least recently go first', async () => {
  const hashes: string[] = [];
  for (let i = 0; i <= MAX_KEPT_MODELS; i += 1) {
    const { manifest, file } = await smallModel({}, { id: `m${i}` });
    const bytes = Uint8Array.from(atob(file), (char) => char.charCodeAt(0));
    hashes.push(await storeModel(bindings, workspaceId, JSON.stringify(manifest), bytes));
  }
  const ask = (i: number) => {
    const versions = [{ version: 1, stage: 'live', manifest: hashes[i]! } as const];
    return modelsInReach(bindings, {
      auth: { workspaceId },
      catalog: { models: new Map([['m', { id: 'm', versions }]]) },
      slices: new Map(),
      models: ['m'],
      deadline: new Deadline(() => ({ waitUntil: () => undefined }), 5_000),
      receivedAtMs: Date.now(),
    });
  };
  for (let i = 0; i < MAX_KEPT_MODELS; i += 1) await ask(i);
  await ask(0);
  await ask(MAX_KEPT_MODELS);
  expect([0, 1, 2].map((i) => servedModel(hashes[i]!) !== undefined)).toEqual([true, false, true]);
});
