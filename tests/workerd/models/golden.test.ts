/** Shipped models in workerd: the scores that training wrote down, by the worker's way and by the customer's object. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { Receipt } from '../../../decisioning/receipt.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { openServed } from '../../../decisioning/scoring/open-served.ts';
import { outputsOf } from '../../../decisioning/scoring/outputs.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import type { GoldenCase } from '../../../models/training/run/golden.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';

const bindings = env as unknown as Env;
const manifests: Record<string, ModelManifest> = import.meta.glob('../../../models/*/manifest.json', {
  eager: true,
  import: 'default',
});
const golden: Record<string, GoldenCase[]> = import.meta.glob('../../../models/*/golden.json', {
  eager: true,
  import: 'default',
});
/** As addresses that hold them, in base64: workerd has no file system. */
const files: Record<string, string> = import.meta.glob('../../../models/*/model.onnx', {
  eager: true,
  import: 'default',
  query: '?inline',
});

const base64Of = (id: string): string => files[`../../../models/${id}/model.onnx`]!.replace(/^.*base64,/, '');
const IDS = Object.keys(manifests).map((path) => path.split('/').at(-2)!);
const manifestOf = (id: string): ModelManifest => manifests[`../../../models/${id}/manifest.json`]!;
const casesOf = (id: string): GoldenCase[] => golden[`../../../models/${id}/golden.json`]!;

/** Node and workerd run the same code on the same numbers. */
const DIGITS = 5;

it.each(IDS)('%s: the worker’s scores are those of training', (id) => {
  const file = Uint8Array.from(atob(base64Of(id)), (char) => char.charCodeAt(0));
  const served = openServed(manifestOf(id), file);
  if ('refused' in served) throw new Error(served.detail);
  for (const { attributes, scores } of casesOf(id)) {
    const { row } = encodeRow(served.manifest.inputs, (path) => attributes[path]);
    const found = outputsOf(served.manifest, served.opened.run(row, 1));
    for (const [name, score] of Object.entries(scores)) expect(found[name]).toBeCloseTo(score, DIGITS);
  }
});

it('churn: so are those of the customer’s object, which stand in receipts', async () => {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  const cases = casesOf('churn').slice(0, 6);
  const names = new Map(cases.flatMap(({ attributes }) => Object.entries(attributes)));
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero' },
    ...[...names].map(([id, value]) => ({ kind: 'attribute', id, type: typeof value, source: 'server' })),
    {
      kind: 'campaign',
      id: 'stay',
      name: 'Stay',
      objective: { goal: 'click' },
      placements: ['hero'],
      audience: { condition: { 'models.churn.probability': { $gte: 0 } } },
      arms: [{ id: 'a', content: { text: 'stay' } }],
    },
  ]);
  await api.secret('POST', '/v1/models', { manifest: manifestOf('churn'), file: base64Of('churn') });
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  for (const [i, { attributes, scores }] of cases.entries()) {
    const customer = { id: `c${i}` };
    await api.secret('PUT', `/v1/customers/c${i}`, { traits: attributes });
    const decided = async () => (await api.optimize({ placements: ['hero'], customer })).body.decisions[0]!;
    const { decisionId } = await eventually(decided, ({ campaign }) => campaign !== undefined);
    const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
    expect(body.receipt.models?.churn?.used?.outputs.probability).toBeCloseTo(scores.probability!, DIGITS);
  }
});
