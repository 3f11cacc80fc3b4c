/**
 * A storm of three times what an object takes: every answer is 200 (a decision or default content), 429 or 503, none is kept waiting, and whoever asks
 * afterwards is served as ever. `npm run prove:overload` does the same over HTTP.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetShields, MAX_CALLS_TO_ONE, shieldOf } from '../../durable-objects/shared/shield.ts';
import { apiOf } from './api.ts';
import { answerOf, faultyNamespace, Gate } from './chaos/faults.ts';
import { bindings, change, mend } from './chaos/parts.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from './workspace.ts';

const STORM = 3 * MAX_CALLS_TO_ONE;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let gate: Gate;

const ask = (customer: string, requestId: string) =>
  api.optimize({ requestId, placements: ['hero'], customer: { id: customer } });

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  // Every decision is a call to its customer's object.
  await publishDemo(bindings, workspace, [...demoDocuments(), { kind: 'settings', receipts: 'all' }]);
  await ask('warm', 'before');
  forgetShields();
  change('SHIELD', 'on');
  gate = new Gate();
});
afterEach(() => {
  gate.open();
  mend();
});

/** Customers' objects answer nobody until the gate is opened. */
const jam = () => change('CUSTOMER', faultyNamespace(bindings.CUSTOMER, answerOf('slow', gate)));
const underWay = () => shieldOf(bindings)!.standing.underWay;
/** The event loop has come round: everything that can go on without an answer has gone on. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await scheduler.wait(0);
}

describe('an object has three times as many calls as it takes', () => {
  it('so many wait, the others get default content at once, and the next caller is served', async () => {
    jam();
    const answered: Awaited<ReturnType<typeof ask>>[] = [];
    const storm = Array.from({ length: STORM }, (_, i) =>
      ask('ann', `r${i}`).then((answer) => void answered.push(answer)),
    );
    // Nobody has been let through: these were refused, not answered late.
    await until(() => answered.length === STORM - MAX_CALLS_TO_ONE);
    expect(gate.passed).toBe(0);
    expect(underWay()).toBe(MAX_CALLS_TO_ONE);
    for (const { status, body } of answered) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ degraded: true, decisions: [{ outcome: 'default', content: { text: 'default' } }] });
      expect(body.decisions[0]).not.toHaveProperty('token');
    }
    gate.open();
    await Promise.all(storm);
    const served = answered.slice(STORM - MAX_CALLS_TO_ONE);
    for (const { status, body } of served) {
      expect(status).toBe(200);
      expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    }
    expect(underWay()).toBe(0);
    const later = await ask('ann', 'later');
    expect(later.body).not.toHaveProperty('degraded');
    expect(later.body.decisions[0]).toMatchObject({ outcome: 'campaign' });
  });

  it('feedback of that customer answers 503 with Retry-After, and counts once when it is sent again', async () => {
    const { token } = (await ask('ann', 'r1')).body.decisions[0]!;
    jam();
    const storm = Array.from({ length: MAX_CALLS_TO_ONE }, (_, i) => ask('ann', `s${i}`));
    await until(() => underWay() === MAX_CALLS_TO_ONE);
    const refused = await api.feedback({ token, kind: 'exposure' });
    expect([refused.status, refused.body]).toMatchObject([503, { type: '/problems/unavailable' }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    gate.open();
    await Promise.all(storm);
    expect((await api.feedback({ token, kind: 'exposure' })).body).toMatchObject({ accepted: 1 });
  });

  it('other customers do not notice', async () => {
    const jammed = bindings.CUSTOMER;
    jam();
    const storm = Array.from({ length: MAX_CALLS_TO_ONE }, (_, i) => ask('ann', `r${i}`));
    await until(() => underWay() === MAX_CALLS_TO_ONE);
    change('CUSTOMER', jammed);
    expect((await ask('bea', 'r1')).body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    gate.open();
    await Promise.all(storm);
  });
});

describe('an object loses every call', () => {
  it('is left alone after a few: default content at once, and no more calls', async () => {
    let calls = 0;
    const lost = () => {
      calls += 1;
      return Promise.reject(Object.assign(new Error('lost'), { retryable: true }));
    };
    change('CUSTOMER', faultyNamespace(bindings.CUSTOMER, lost));
    for (let i = 0; i < 4; i += 1) expect((await ask('ann', `r${i}`)).body).toMatchObject({ degraded: true });
    expect(shieldOf(bindings)!.standing.inTrouble).toBe(1);
    // Three attempts of the first request, two of the second; a busy machine may have tried once more.
    expect(calls).toBeGreaterThanOrEqual(5);
    expect(calls).toBeLessThanOrEqual(7);
  });
});
