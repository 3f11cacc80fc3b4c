/** A bad canary over the whole way: a share of the customers gets it, what comes of them tells, and it is called back by itself. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelPerformance } from '../../../contract/models/performance.ts';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import { keptUse, lateUse } from '../../../decisioning/scoring/kept-use.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { reconcileModels } from '../../../worker/models/serving.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel, stayFor } from './small-model.ts';
import { tellTrials } from './told-trials.ts';

const bindings = env as unknown as Env;
/** One evaluation window. */
const WINDOW = 50;
const SHARE = 0.5;
/** Customers whose versions are looked at one by one; the workspace is always the same, and so is who belongs to the share. */
const KNOWN = 8;
const AT_ONCE = 25;
/** Some two hundred requests, on a machine that others use too. */
const TIMEOUT_MS = 90_000;

const documents = [
  { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
  { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
  { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
  stayFor({ $gte: 0 }),
];

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let requests = 0;

const tenureOf = (i: number): number => (i * 7) % 40;
/** The newer the customer the likelier a click, as the live version says; one in eight does otherwise. */
const clicks = (i: number): boolean => tenureOf(i) < 20 !== (i % 8 === 3);

async function decide(i: number) {
  requests += 1;
  const { body } = await api.optimize({
    requestId: `request-${requests}`,
    placements: ['hero'],
    customer: { id: `customer-${i}` },
    context: { attributes: { tenureMonths: tenureOf(i), contract: 'yearly' } },
  });
  return body.decisions[0]!;
}

/** Customers who are decided for, see it, and click or not; a server tells of them together. */
async function visits(count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const told = await inTurn(AT_ONCE, async (i) => {
      const { token } = await decide(from + i);
      return [{ kind: 'exposure', token }, ...(clicks(from + i) ? [{ kind: 'goal', goal: 'click', token }] : [])];
    });
    const { body } = await api.feedback({ events: told.flat() });
    expect(body).toMatchObject({ accepted: told.flat().length });
  }
}

async function versionOf(i: number): Promise<number | undefined> {
  const { decisionId } = await decide(i);
  const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
  return body.receipt.models?.churn?.used?.version;
}

async function inTurn<T>(count: number, step: (i: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let from = 0; from < count; from += AT_ONCE)
    done.push(
      ...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => step(from + i)))),
    );
  return done;
}

beforeAll(async () => {
  workspace = await createWorkspace(bindings, { workspaceId: 'rollback' });
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
  const watch = { goal: 'click', minTrials: WINDOW };
  const register = async (weights: Parameters<typeof smallModel>[0]) =>
    (await api.secret<ModelVersion>('POST', '/v1/models', await smallModel(weights, { watch }))).status;
  expect([
    await register({ bias: 2, tenure: -1, contract: 0 }),
    await register({ bias: -2, tenure: 1, contract: 0 }),
  ]).toEqual([201, 201]);
  const stage = (version: number, body: object) =>
    api.secret('PUT', `/v1/models/churn/versions/${version}/stage`, body);
  await stage(1, { stage: 'live' });
  await stage(2, { stage: 'canary', share: SHARE });
  await eventually(
    () => inTurn(KNOWN, versionOf),
    (versions) => versions.includes(1) && versions.includes(2),
  );
});

describe('a canary that says the opposite', () => {
  const title =
    'is called back by itself within one window, its customers return to the live version, and the registry says why';
  it(title, { timeout: TIMEOUT_MS }, async () => {
    const before = await inTurn(KNOWN, versionOf);
    expect(new Set(before)).toEqual(new Set([1, 2]));
    expect(await inTurn(KNOWN, versionOf)).toEqual(before);
    // As many customers as the canary’s share of them needs for one window, and a quarter more for the luck of the draw.
    await visits(Math.ceil((1.25 * WINDOW) / SHARE));
    const publisher = await publisherStub(bindings, workspace.workspaceId);
    let { calledBack } = await publisher.modelBooks();
    // Beyond the five seconds of `eventually`: sums come by way of a shard and the root, each at its own pace, on a machine that others use too.
    for (let i = 0; i < 6 && calledBack.length === 0; i += 1)
      ({ calledBack } = await eventually(
        () => publisher.modelBooks(),
        (books) => books.calledBack.length > 0,
      ));
    expect(calledBack).toEqual([
      expect.objectContaining({ modelId: 'churn', version: 2, reason: expect.stringMatching(/^AUC 0\.[0-2]/) }),
    ]);
    const after = await eventually(
      () => inTurn(KNOWN, versionOf),
      (versions) => !versions.includes(2),
    );
    expect(new Set(after)).toEqual(new Set([1]));
    await reconcileModels(bindings, workspace.workspaceId, Date.now());
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions.map(({ version, stage, reason }) => [version, stage, reason])).toEqual([
      [2, 'retired', expect.stringContaining('in campaign "stay"')],
      [1, 'live', null],
    ]);
    const performance = await api.secret<ModelPerformance>('GET', '/v1/models/churn/performance');
    const [canary, live] = performance.body.versions;
    expect([canary?.version, live?.version]).toEqual([2, 1]);
    expect(canary).toMatchObject({ stage: 'retired', judged: true, campaigns: ['stay'], brokenRate: 0 });
    // Found by the end of the first window that was judged, not by all that came later.
    expect(canary!.trials).toBeLessThanOrEqual(1.5 * WINDOW);
    expect(canary!.auc).toBeLessThan(0.3);
    expect(live!.auc).toBeGreaterThan(0.7);
    expect(live!.leaves).toEqual([expect.objectContaining({ campaign: 'stay', leaf: 'rest', trials: live!.trials })]);
    expect(live!.curve.reduce((sum, { trials }) => sum + trials, 0)).toBe(live!.trials);
    const alerts = await eventually(
      () => api.secret<{ items: { subject: string; detail: object }[] }>('GET', '/v1/alerts?kind=model_breach'),
      ({ body: { items } }) => items.length > 0,
    );
    expect(alerts.body.items).toEqual([
      expect.objectContaining({
        subject: 'model:churn',
        detail: expect.objectContaining({ what: 'auc', version: 2, stage: 'canary', done: 'called back' }),
      }),
    ]);
  });
});

describe('a canary whose trials', () => {
  const DAY_MS = 86_400_000;
  const version = 2;
  const stage = 'canary' as const;
  const goal = 'click';
  const named = { version, stage, manifest: '', watch: { goal } } as const;

  /** Told as customers' outboxes tell them, sixty of twenty days ago, with six clicks: shard, root, publisher and registry do the rest. */
  it.each([
    ['promise what does not come', { probability: 0.9 }, /^calibration error 0\.\d+ of 60 trials .*promises too much/],
    ['have no score within its range', {}, /^100\.0 % of 60 scores broke/],
    ['went on without it', undefined, /^100\.0 % of 60 scores came too late/],
    ['bear it out', { probability: 0.1 }, undefined],
  ])('%s', { timeout: TIMEOUT_MS }, async (_words, outputs, reason) => {
    const own = await createWorkspace(bindings);
    const { secret, performance } = apiOf(own);
    await publishDemo(bindings, own);
    const upload = await smallModel({}, { watch: { goal, minTrials: WINDOW, settleHours: 1 } });
    expect((await secret('POST', '/v1/models', await smallModel({ bias: 1 }))).status).toBe(201);
    expect((await secret('POST', '/v1/models', upload)).status).toBe(201);
    await secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
    await secret('PUT', '/v1/models/churn/versions/2/stage', { stage, share: SHARE });
    const publisher = await publisherStub(bindings, own.workspaceId);
    const [told] = (await publisher.modelBooks()).models;
    const versions = told!.model.versions.map((one) => ({ ...one, stagedAtMs: Date.now() - 25 * DAY_MS }));
    await publisher.setModel(own.workspaceId, { model: { id: 'churn', versions }, revision: told!.revision + 1 });
    const use = outputs
      ? keptUse(upload.manifest, { version, stage, row: [0, 0], missing: [], outputs })
      : lateUse(named);
    await tellTrials(own.workspaceId, 'ann', [{ trials: 60, conversions: 6, use, atMs: Date.now() - 20 * DAY_MS }]);
    const isHeard = async () => (await performance('demo')).body.leaves[0]?.arms[0]?.trials === 60;
    expect(await eventually(isHeard, (heard) => heard)).toBe(true);
    const backs = async () => (await publisher.modelBooks()).calledBack;
    const back = reason ? [expect.objectContaining({ version, reason: expect.stringMatching(reason) })] : [];
    expect(reason ? await eventually(backs, ({ length }) => length > 0) : await backs()).toEqual(back);
    await reconcileModels(bindings, own.workspaceId, Date.now());
    const { body } = await secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions.map((one) => one.stage)).toEqual([reason ? 'retired' : 'canary', 'live']);
  });
});
