/** A model that is late or broken costs its score, and neither time nor decision: the campaign is decided by what it has learned. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OptimizeResponse } from '../../../contract/decisions.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import type { LogEntry } from '../../../worker/http/log.ts';
import { apiOf, eventually } from '../api.ts';
import { Gate } from '../chaos/faults.ts';
import { change, mend } from '../chaos/parts.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { forgetEverything } from './afresh.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let gate: Gate;
/** Of decisions: a busy machine needs more than the usual one, of which waiting for models may take the larger part. */
const DEADLINE_MS = '1500';

beforeEach(async () => {
  gate = new Gate();
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero' },
    { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
    {
      kind: 'campaign',
      id: 'home',
      name: 'Home',
      objective: { goal: 'click' },
      placements: ['hero'],
      score: 'models.churn.probability',
      strategy: { policy: 'epsilon_greedy', epsilon: 0, topArms: 2, minExploration: 0.1 },
      contexts: [{ id: 'leaving', condition: { 'models.churn.probability': { $gt: 0.7 } } }],
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
  ]);
  await api.secret('PUT', '/v1/customers/ann', { traits: { contract: 'monthly' } });
});

afterEach(async () => {
  gate.open();
  mend();
  await forgetEverything(workspace.workspaceId);
});

async function live(...args: Parameters<typeof smallModel>): Promise<void> {
  await api.secret('POST', '/v1/models', await smallModel(...args));
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  await forgetEverything(workspace.workspaceId);
}

const decide = () => api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
const receiptOf = async (body: OptimizeResponse) =>
  (await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${body.decisions[0]!.decisionId}`)).body.receipt;
const leafOf = async (body: OptimizeResponse) => Object.keys((await receiptOf(body)).probabilities)[0]!.split(' ')[1];

describe('a model', () => {
  it('in a bucket that hangs is late: decided in time by the bandit alone, told in receipt and decision, and in time later', async () => {
    await live();
    const logged = vi.spyOn(console, 'log');
    const loads = () =>
      logged.mock.calls.map(([line]) => JSON.parse(line as string) as LogEntry).filter(({ model }) => model);
    change('DECIDE_DEADLINE_MS', DEADLINE_MS);
    change(
      'MODELS',
      new Proxy(bindings.MODELS, {
        get: (bucket, name) => {
          const real = Reflect.get(bucket, name) as (...args: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            await gate.pass();
            return real.apply(bucket, args);
          };
        },
      }),
    );
    const { body } = await decide();
    // Past the deadline the answer would be the placement's own content, and `degraded`.
    expect(body).not.toHaveProperty('degraded');
    expect(body.decisions[0]).toMatchObject({ campaign: 'home', propensity: { arm: 0.5 } });
    const late = { version: 1, stage: 'live', late: true };
    const receipt = await receiptOf(body);
    expect(receipt.models!.churn).toEqual({ used: { ...late, row: [], missing: [], outputs: {} } });
    expect(receipt.reads).toContainEqual(['models.churn.probability', null]);
    const { body: held } = await api.secret<{ decisions: { models?: object }[] }>('GET', '/v1/customers/ann');
    expect(held.decisions[0]!.models).toEqual({ churn: { used: { ...late, missing: 0 }, scoresArms: true } });
    gate.open();
    const leaf = await eventually(
      async () => leafOf((await decide()).body),
      (found) => found === 'leaving',
    );
    expect(leaf).toBe('leaving');
    // A line for the request that waited in vain, and one when it came.
    const model = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(loads()).toEqual([
      expect.objectContaining({ level: 'error', model, error: 'late', ms: expect.any(Number) }),
      expect.objectContaining({ level: 'info', model, ms: expect.any(Number) }),
    ]);
    expect(loads()[0]!.ms).toBeGreaterThan(Number(DEADLINE_MS) / 2);
    logged.mockRestore();
  });

  it('that breaks is missing: its number lies outside of what it may be', async () => {
    await live(
      {},
      { outputs: [{ name: 'probability', tensor: 'probability', column: 0, range: [0, 0.5], kind: 'probability' }] },
    );
    const { body } = await decide();
    expect(body).not.toHaveProperty('degraded');
    expect(body.decisions[0]).toMatchObject({ campaign: 'home', propensity: { arm: 0.5 } });
    const receipt = await receiptOf(body);
    expect(receipt.models!.churn!.used).toMatchObject({ row: [0, 1], outputs: {} });
    expect(receipt.models!.churn!.used).not.toHaveProperty('late');
    expect(await leafOf(body)).toBe('rest');
  });
});
