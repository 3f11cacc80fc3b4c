/** The build with onnxruntime-web: it scores in workerd, in the worker and in the customer's object, what our own evaluator scores, and more. */
import '../../../worker/onnxruntime/index.ts';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../contract/problem.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import { engineHere } from '../../../decisioning/scoring/engines.ts';
import { openModel } from '../../../decisioning/scoring/onnx/index.ts';
import { openServed } from '../../../decisioning/scoring/open-served.ts';
import { outputsOf } from '../../../decisioning/scoring/outputs.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import { differenceOf, GOLDEN_TOLERANCE } from '../../../models/training/run/golden-tolerance.ts';
import { MAX_SESSIONS } from '../../../worker/onnxruntime/engine.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';
import { base64Of, casesOf, manifestOf, SHIPPED } from './shipped.ts';
import { erfGraph, stayFor, uploadOf } from './small-model.ts';

const bindings = env as unknown as Env;

const opened = (bytes: Uint8Array): OpenedModel => {
  const model = engineHere('onnxruntime-web')!(bytes);
  if ('refused' in model) throw new Error(model.detail);
  return model;
};

/** Of erf at 0.5 and at 1, from tables. */
const [ERF_HALF, ERF_ONE] = [0.5204999, 0.8427008];

describe('onnxruntime-web in workerd', () => {
  it.each(SHIPPED)('%s: gives the scores that training wrote down, as our own evaluator does', (id) => {
    const file = Uint8Array.from(atob(base64Of(id)), (char) => char.charCodeAt(0));
    const served = openServed({ ...manifestOf(id), engine: 'onnxruntime-web' }, file);
    const own = openServed(manifestOf(id), file);
    if ('refused' in served || 'refused' in own) throw new Error('refused');
    expect(served.opened.steps).toBe(file.byteLength); // The other engine's are counted.
    for (const { attributes, scores } of casesOf(id)) {
      const { row } = encodeRow(served.manifest.inputs, (path) => attributes[path]);
      const found = outputsOf(served.manifest, served.opened.run(row, 1));
      const same = outputsOf(own.manifest, own.opened.run(row, 1));
      expect(Object.keys(found).length).toBeGreaterThan(0);
      for (const { name, kind } of served.manifest.outputs) {
        expect(differenceOf(found[name]!, scores[name]!)).toBeLessThanOrEqual(GOLDEN_TOLERANCE[kind]);
        expect(differenceOf(found[name]!, same[name]!)).toBeLessThanOrEqual(GOLDEN_TOLERANCE[kind]);
      }
    }
  });

  it('takes an operator beyond our own, in batches, and files of one row at a time alike', () => {
    expect(openModel(writeModel(erfGraph()))).toMatchObject({ refused: 'unsupported', takenBy: 'onnxruntime-web' });
    for (const rows of ['rows', 1]) {
      const model = opened(writeModel(erfGraph([1, 1], rows)));
      expect([model.inputs, model.outputs]).toEqual([[{ name: 'row', width: 2 }], [{ name: 'probability', width: 1 }]]);
      const { probability } = model.run(Float32Array.of(0.5, 0, 0.5, 0.5), 2);
      expect([...probability!]).toEqual([expect.closeTo(ERF_HALF, 6), expect.closeTo(ERF_ONE, 6)]);
      expect(() => model.run(new Float32Array(3), 2)).toThrow(RangeError);
    }
  });

  it('leaves out what is no number, and refuses what is no model in its own words', () => {
    const labelled: ModelGraph = {
      ...erfGraph(),
      nodes: [
        ...erfGraph().nodes,
        { op: 'Cast', inputs: ['sum'], outputs: ['whole'], attributes: { to: { int: 7 } } },
        { op: 'Cast', inputs: ['whole'], outputs: ['word'], attributes: { to: { int: 8 } } },
      ],
      outputs: [
        { name: 'word', type: 'string', dims: ['rows', 1] },
        { name: 'whole', type: 'int64', dims: ['rows', 1] },
      ],
    };
    const model = opened(writeModel(labelled));
    expect(model.outputs).toEqual([{ name: 'whole', width: 1 }]);
    expect([...model.run(Float32Array.of(3, 4), 1).whole!]).toEqual([7]);
    expect(engineHere('onnxruntime-web')!(Uint8Array.of(1, 2, 3))).toEqual({
      refused: 'malformed',
      detail: expect.stringContaining('protobuf'),
      takenBy: null,
    });
  });

  it('closes sessions beyond its limit, and opens them again when they are asked', () => {
    const many = Array.from({ length: MAX_SESSIONS + 8 }, (_, i) => opened(writeModel(erfGraph([i / 40, 0]))));
    for (const [i, model] of [...many.entries(), ...many.entries()]) {
      const [score] = model.run(Float32Array.of(20 / Math.max(1, i), 0), 1).probability!;
      expect(score).toBeCloseTo(i === 0 ? 0 : ERF_HALF, 6);
    }
  });
});

describe('a model for onnxruntime-web', () => {
  it('is checked at upload, and scores in the customer’s object', async () => {
    const workspace = await createWorkspace(bindings);
    const api = apiOf(workspace);
    await publishDemo(bindings, workspace, [
      { kind: 'placement', id: 'hero', name: 'Hero' },
      { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
      { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
      stayFor({ $gte: 0 }),
    ]);
    const engine = 'onnxruntime-web';
    const wrong = await uploadOf(erfGraph(), { engine, inputTensor: 'rows' });
    expect(await api.secret<Problem>('POST', '/v1/models', wrong)).toMatchObject({
      status: 422,
      body: { errors: [{ field: '/manifest/inputTensor' }] },
    });
    const registered = await api.secret('POST', '/v1/models', await uploadOf(erfGraph(), { engine }));
    expect(registered.status).toBe(201);
    await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
    await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 5, contract: 'yearly' } });
    const decided = async () =>
      (await api.optimize({ placements: ['hero'], customer: { id: 'ann' } })).body.decisions[0]!;
    const { decisionId } = await eventually(decided, ({ campaign }) => campaign !== undefined);
    const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
    expect(body.receipt.models?.churn?.used?.outputs).toEqual({ probability: expect.closeTo(ERF_HALF, 6) });
  });
});
