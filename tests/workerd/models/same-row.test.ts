/** Training and serving give the same row: a customer of a table, and the same customer as the product knows them. */
import { env } from 'cloudflare:workers';
import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../../decisioning/receipt.ts';
import type { ModelInput, ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { encodeInto, encodeRow, rowWidth } from '../../../decisioning/scoring/vector.ts';
import type { SpecInput } from '../../../models/training/spec/schema.ts';
import { attributesOf, declared } from '../../../models/training/spec/table.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { stayFor, uploadOf } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

/** Every encoding, over traits, counters of goals and behaviour, facts of the request and its attributes. */
const INPUTS: readonly SpecInput[] = [
  {
    name: 'tenure',
    attribute: 'tenureMonths',
    encoding: { kind: 'number', center: 32.4, scale: 24.6 },
    missing: 0,
    range: [0, 72],
    column: 'tenure',
  },
  {
    name: 'charges',
    attribute: 'charges',
    encoding: { kind: 'number', scale: 0.3 },
    missing: 'nan',
    column: 'charges',
  },
  {
    name: 'contract',
    attribute: 'contract',
    encoding: { kind: 'one_hot', values: ['monthly', 'yearly'] },
    missing: 0.5,
    column: 'contract',
  },
  {
    name: 'tier',
    attribute: 'account.tier',
    encoding: { kind: 'ordinal', values: ['basic', 'plus', 'gold'] },
    missing: -1,
    column: 'tier',
  },
  {
    name: 'paperless',
    attribute: 'paperless',
    encoding: { kind: 'boolean', trueValues: ['Yes'] },
    missing: 0,
    column: 'paperless',
  },
  {
    name: 'complaint',
    attribute: 'complaint',
    encoding: { kind: 'text', measures: ['characters', 'words'] },
    missing: 0,
    column: 'complaint',
  },
  { name: 'orders', attribute: 'outcomes.click.count.90d', encoding: { kind: 'number' }, missing: 0, column: 'orders' },
  {
    name: 'spent',
    attribute: 'outcomes.click.value.90d',
    encoding: { kind: 'number', log: true, center: 5 },
    missing: 0,
    range: [0, 1e7],
    column: 'spent',
  },
  {
    name: 'views',
    attribute: 'behaviour.product_view.count.7d',
    encoding: { kind: 'number', log: true },
    missing: 0,
    range: [0, 100],
    column: 'views',
  },
  {
    name: 'lastview',
    attribute: 'behaviour.search.hoursSinceLast',
    encoding: { kind: 'number' },
    missing: -1,
    column: 'searched',
  },
  {
    name: 'known',
    attribute: 'customer.anonymous',
    encoding: { kind: 'one_hot', values: ['false', 'true'] },
    missing: 0,
    column: 'anonymous',
  },
  {
    name: 'season',
    attribute: 'season',
    encoding: { kind: 'one_hot', values: ['summer', 'winter'] },
    missing: 0,
    column: 'season',
  },
];

const TABLE = `tenure,charges,contract,tier,paperless,complaint,orders,spent,views,searched,anonymous,season
13,70.35,monthly,plus,Yes,"The bill, again!",2,14990,3,,false,winter
99,,weekly,,No,,0,0,0,,false,
0,0.1,yearly,gold,,Was soll das? Für 3 €,1,1,1,,false,summer
`;

const RECORDS = parse(TABLE, { columns: true }) as Record<string, string>[];
const inputs: readonly ModelInput[] = INPUTS.map(declared);
const WIDTH = rowWidth(inputs);
const outputs: ModelManifest['outputs'] = [
  { name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' },
];

/** The table as training encodes it, one matrix of doubles. */
function trainingMatrix(): Float64Array {
  const matrix = new Float64Array(RECORDS.length * WIDTH);
  for (const [i, record] of RECORDS.entries()) {
    const attributes = attributesOf(INPUTS, record);
    encodeInto(matrix, i * WIDTH, inputs, (path) => attributes.get(path));
  }
  return matrix;
}

/** The same customer told to the product: traits, goals with money, behaviour. */
async function tell(id: string, record: Record<string, string>): Promise<void> {
  const { tenure, charges, contract, tier, paperless, complaint } = record;
  const traits = {
    ...(tenure && { tenureMonths: Number(tenure) }),
    ...(charges && { charges: Number(charges) }),
    ...(contract && { contract }),
    ...(tier && { 'account.tier': tier }),
    ...(paperless && { paperless }),
    ...(complaint && { complaint }),
  };
  expect((await api.secret('PUT', `/v1/customers/${id}`, { traits })).status).toBeLessThan(300);
  const orders = Number(record.orders);
  const goals = Array.from({ length: orders }, (_, i) => ({
    kind: 'goal',
    goal: 'click',
    orderId: `${id}-${i}`,
    // All but a cent a piece in the first.
    value: (i === 0 ? Number(record.spent) - (orders - 1) : 1) / 100,
  }));
  const views = Array.from({ length: Number(record.views) }, () => ({ kind: 'behaviour', name: 'product_view' }));
  const events = [...goals, ...views];
  if (events.length === 0) return;
  const told = await api.events({ customer: { id }, events });
  expect(told.body).toMatchObject({ accepted: events.length });
}

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero' },
    ...['tenureMonths', 'charges'].map((id) => ({ kind: 'attribute', id, type: 'number', source: 'server' })),
    ...['contract', 'account.tier', 'paperless', 'complaint'].map((id) => ({
      kind: 'attribute',
      id,
      type: 'string',
      source: 'server',
    })),
    { kind: 'attribute', id: 'season', type: 'string' },
    stayFor({ $gte: 0 }),
  ]);
  const weights = Array.from({ length: WIDTH }, (_, i) => (i % 3) - 1);
  const upload = await uploadOf(
    {
      name: 'churn',
      nodes: [
        {
          op: 'Imputer',
          domain: 'ai.onnx.ml',
          inputs: ['row'],
          outputs: ['filled'],
          attributes: { imputed_value_floats: { floats: [0] }, replaced_value_float: { float: Number.NaN } },
        },
        { op: 'MatMul', inputs: ['filled', 'w'], outputs: ['raw'] },
        { op: 'Sigmoid', inputs: ['raw'], outputs: ['probability'] },
      ],
      initializers: [{ name: 'w', type: 'float', dims: [WIDTH, 1], values: weights }],
      inputs: [{ name: 'row', type: 'float', dims: ['rows', WIDTH] }],
      outputs: [{ name: 'probability', type: 'float', dims: ['rows', 1] }],
    },
    { inputs, outputs },
  );
  const registered = await api.secret('POST', '/v1/models', upload);
  expect(registered.status, JSON.stringify(registered.body)).toBe(201);
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
});

describe('the row of a customer', () => {
  it('is to the bit the one that training made of the table: all encodings, traits, counters, facts, and nothing', async () => {
    const matrix = trainingMatrix();
    for (const [i, record] of RECORDS.entries()) {
      const id = `c${i}`;
      await tell(id, record);
      const attributes = record.season ? { season: record.season } : {};
      const { decisionId } = await eventually(
        async () =>
          (await api.optimize({ placements: ['hero'], customer: { id }, context: { attributes } })).body.decisions[0]!,
        ({ campaign }) => campaign !== undefined,
      );
      const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
      const served = Float32Array.from(body.receipt.models!.churn!.used!.row, (value) => value ?? Number.NaN);
      const trained = Float32Array.from(matrix.subarray(i * WIDTH, (i + 1) * WIDTH));
      expect([...served], id).toEqual([...trained]);
      expect(new Uint8Array(served.buffer), id).toEqual(new Uint8Array(trained.buffer));
      const known = attributesOf(INPUTS, record);
      const { missing } = encodeRow(inputs, (path) => known.get(path));
      expect(body.receipt.models!.churn!.used!.missing).toEqual(missing);
    }
  });
});
