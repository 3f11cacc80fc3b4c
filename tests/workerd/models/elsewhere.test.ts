/** Versions that this build cannot score, since their engine is on pages or in another build: nothing speaks against them, and nothing is asked for again. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import type { PublishedVersion } from '../../../decisioning/scoring/published.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { askModelSums } from '../../../worker/models/performance.ts';
import { manifestHashOf, storeModel } from '../../../worker/models/store.ts';
import { apiOf, eventually } from '../api.ts';
import { change, mend } from '../chaos/parts.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';
import { erfGraph, uploadOf } from './small-model.ts';

const bindings = env as unknown as Env;
/** The fewest that a judgement is made of, and some more: all late they would be called back ten times over. */
const VISITS = 60;
const AT_ONCE = 20;
const CANARY = { version: 2, stage: 'canary', share: 0.99 } as const;
const engine = 'onnxruntime-web';
const watch = { goal: 'click', minTrials: 50 };

afterEach(mend);

async function scene() {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero' },
    { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
    { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
    {
      kind: 'campaign',
      id: 'home',
      name: 'Home',
      objective: { goal: 'click' },
      placements: ['hero'],
      contexts: [{ id: 'leaving', condition: { 'models.churn.probability': { $gt: 0.7 } } }],
      arms: [{ id: 'a', content: { text: 'A' } }],
    },
  ]);
  /** Known ones go by the customer's object, others are decided by the worker at first sight. */
  const visits = async (known: boolean) => {
    const exposures = async (_: unknown, i: number) => {
      const { body } = await (known
        ? api.optimize({ placements: ['hero'], customer: { id: `c${i}` } })
        : api.optimizeFromPage({ placements: ['hero'] }));
      return { kind: 'exposure', token: body.decisions[0]!.token };
    };
    for (let from = 0; from < VISITS; from += AT_ONCE) {
      const events = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => exposures(_, from + i)));
      expect((await api.feedback({ events })).body).toMatchObject({ accepted: AT_ONCE });
    }
  };
  const counted = async () => {
    const trials = async () => {
      const { leaves } = (await api.performance('home')).body;
      return leaves.reduce((sum, { arms }) => sum + arms.reduce((of, { trials }) => of + trials, 0), 0);
    };
    expect(await eventually(trials, (n) => n === VISITS)).toBe(VISITS);
  };
  /** The worker knows the model, and has its file. @returns all reads of the bucket */
  const found = async () => {
    const bucket = bindings.MODELS;
    const get = vi.fn((key: string) => bucket.get(key));
    change('MODELS', { get });
    const ask = () => api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    await eventually(ask, () => get.mock.calls.length > 0);
    return get;
  };
  /** What the campaign's root counts of the model: neither scores nor late ones. */
  const sums = async () => (await askModelSums(bindings, workspace.workspaceId, ['home'], 'churn', 0, 0)).cells;
  const books = async () => (await publisherStub(bindings, workspace.workspaceId)).modelBooks();
  return { workspace, api, visits, counted, found, sums, books };
}

it('for pages: a canary that they score is not called back for decisions that a server asks for', async () => {
  const { api, visits, counted, found, sums, books } = await scene();
  const upload = await uploadOf(erfGraph(), { engine, onDevice: true, watch });
  expect((await api.secret('POST', '/v1/models', upload)).status).toBe(201);
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'canary', share: 0.99 });
  const { models } = await books();
  expect(models[0]?.model.versions).toEqual([expect.objectContaining({ version: 1, engine, onDevice: true })]);
  const reads = await found();
  await visits(true);
  await counted();
  expect(reads).toHaveBeenCalledTimes(2);
  expect(await sums()).toEqual([]);
  expect((await books()).calledBack).toEqual([]);
});

it('for another build: neither first visitors nor known customers count as late, and its file is read once', async () => {
  const { workspace, api, visits, counted, found, sums, books } = await scene();
  const { manifest, file } = await uploadOf(erfGraph(), { engine, watch });
  const text = JSON.stringify(manifest satisfies ModelManifest);
  const bytes = Uint8Array.from(atob(file), (char) => char.charCodeAt(0));
  await storeModel(bindings, workspace.workspaceId, text, bytes);
  const version: PublishedVersion = { ...CANARY, manifest: await manifestHashOf(text), engine, watch };
  const publisher = await publisherStub(bindings, workspace.workspaceId);
  await publisher.setModel(workspace.workspaceId, { model: { id: 'churn', versions: [version] }, revision: 1 });
  const reads = await found();
  await visits(false);
  await api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
  await counted();
  expect(await sums()).toEqual([]);
  expect((await books()).calledBack).toEqual([]);
  // Manifest and file: it lies here for objects that may have the engine, and is not asked for with every decision.
  expect(reads).toHaveBeenCalledTimes(2);
});
