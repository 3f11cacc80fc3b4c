/** Shipped models in workerd: the scores that training wrote down, by the worker's way and by the customer's object. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { ModelPerformance } from '../../../contract/models/performance.ts';
import type { ScoreResponse } from '../../../contract/models/score.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import { differenceOf, GOLDEN_TOLERANCE } from '../../../models/training/run/golden-tolerance.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';
import { base64Of, casesOf, manifestOf, SHIPPED } from './shipped.ts';

const bindings = env as unknown as Env;

/** Every model by the API, of all its golden customers: what they are is told with the question, or shown by the arm. */
it.each(SHIPPED)('%s: the worker’s scores are those of training', async (id) => {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  const { inputs, outputs } = manifestOf(id);
  const attributes = inputs
    .filter(({ attribute }) => !attribute.startsWith('arm.'))
    .map(({ attribute }) => {
      const told = casesOf(id).map((one) => one.attributes[attribute]);
      return {
        kind: 'attribute',
        id: attribute,
        type: typeof told.find((value) => value !== undefined),
        source: 'server',
      };
    });
  await publishDemo(bindings, workspace, [{ kind: 'placement', id: 'hero', name: 'Hero' }, ...attributes]);
  const upload = { manifest: manifestOf(id), file: base64Of(id) };
  expect((await api.secret('POST', '/v1/models', upload)).status).toBe(201);
  for (const [i, { attributes, scores }] of casesOf(id).entries()) {
    const { 'arm.content.text': text, ...context } = attributes;
    const asked = { context: { attributes: context }, ...(text !== undefined && { arm: { content: { text } } }) };
    const { body } = await api.secret<ScoreResponse>('POST', `/v1/models/${id}/score`, asked);
    for (const { name, kind } of outputs)
      expect(differenceOf(body.outputs[name]!, scores[name]!), `case ${i}, ${name}`).toBeLessThanOrEqual(
        GOLDEN_TOLERANCE[kind],
      );
  }
});

it('churn: so are those of the customer’s object, which stand in receipts, and are judged by the goal that it was pushed for', async () => {
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
  await api.secret('POST', '/v1/models', {
    manifest: { ...manifestOf('churn'), watch: { ...manifestOf('churn').watch, goal: 'click' } },
    file: base64Of('churn'),
  });
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  for (const [i, { attributes, scores }] of cases.entries()) {
    const customer = { id: `c${i}` };
    await api.secret('PUT', `/v1/customers/c${i}`, { traits: attributes });
    const decided = async () => (await api.optimize({ placements: ['hero'], customer })).body.decisions[0]!;
    const { decisionId, token } = await eventually(decided, ({ campaign }) => campaign !== undefined);
    const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
    const found = body.receipt.models?.churn?.used?.outputs.probability;
    expect(differenceOf(found!, scores.probability!)).toBeLessThanOrEqual(GOLDEN_TOLERANCE.probability);
    await api.feedback({ events: [{ kind: 'exposure', token }] });
  }
  const { versions } = await eventually(
    async () => (await api.secret<ModelPerformance>('GET', '/v1/models/churn/performance')).body,
    (told) => told.versions[0]?.trials === cases.length,
  );
  expect(versions).toEqual([expect.objectContaining({ version: 1, judged: true, trials: cases.length })]);
});
