/**
 * A pool that is spent to its end while calls and replies are lost and objects are ended: the accounts add up at every look, nothing is
 * spent twice, and once leases have closed, what was in doubt is spent as well.
 */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import { forgetLeases } from '../../worker/edge/leases.ts';
import { apiOf, eventually } from './api.ts';
import { giftDocuments, imbalanceOf, ledgerStub, lossy, optimizeWith, standingOf } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const HOUR_MS = 3_600_000;
const TOTAL = 60;
const COSTS = { cheap: 2, dear: 3 } as const;
const LOSS_RATE = 0.15;
/** Ten customers at a time. */
const WAVE = 10;
const MAX_WAVES = 30;
/** Nobody wants to wait until a lease is closed: so much later it is. */
const AFTER_CLOSING_MS = 26 * HOUR_MS;

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.UTC(2027, 4, 3, 12));
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  forgetLeases();
  const pool = { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: TOTAL };
  await publishDemo(bindings, workspace, giftDocuments(COSTS, { pool: 'spring' }, pool));
});
afterEach(() => void vi.useRealTimers());

const ledger = async () => (await ledgerStub(bindings, workspace, 'pool:spring')) as unknown as DurableObjectStub;

async function look() {
  const standing = await standingOf(bindings, workspace, 'pool:spring');
  expect(imbalanceOf(standing)).toBe(0);
  expect(Math.min(standing.posted, standing.pending, standing.leased, standing.remaining)).toBeGreaterThanOrEqual(0);
  expect(standing).toMatchObject({ total: TOTAL, uncharged: 0 });
  return standing;
}

async function endLedger(how: number): Promise<void> {
  if (how < 0.5) await evictDurableObject(await ledger()).catch(() => undefined);
  else await runInDurableObject(await ledger(), (_, state) => state.abort('the test ends it')).catch(() => undefined);
}

describe('a pool of 60 under lost calls and replies', () => {
  it.each([1, 2])('is never overspent and is spent to the end (seed %i)', async (seed) => {
    const random = testRandom(seed);
    const broken = {
      ...bindings,
      CUSTOMER: lossy(bindings.CUSTOMER, random, LOSS_RATE, ['decide']),
      BUDGET: lossy(bindings.BUDGET, random, LOSS_RATE, ['lease']),
    };
    let paid = 0;
    let asked = 0;

    /** Decides for ten more, whose page repeats what was lost; those that get something see it. */
    const wave = async (parts: object): Promise<number> => {
      const ids = Array.from({ length: WAVE }, () => `c${asked++}`);
      const body = (id: string) => ({ requestId: id, placements: ['offer'], customer: { id } });
      await Promise.all(ids.map((id) => optimizeWith(parts, workspace, body(id))));
      const answers = await Promise.all(ids.map((id) => optimizeWith(bindings, workspace, body(id))));
      const shown = answers
        .map(({ body }) => body.decisions[0] as DecisionAnswer)
        .filter(({ outcome }) => outcome === 'campaign');
      for (const { arm, token } of shown) {
        paid += COSTS[arm as keyof typeof COSTS];
        await api.feedback({ token, kind: 'exposure' });
      }
      expect(paid).toBeLessThanOrEqual(TOTAL);
      return shown.length;
    };

    /** Waves until nobody gets anything, twice. */
    const spend = async (parts: object): Promise<void> => {
      let empty = 0;
      for (let i = 0; i < MAX_WAVES && empty < 2; i += 1) {
        if (random.next() < 0.3) void endLedger(random.next());
        empty = (await wave(parts)) === 0 ? empty + 1 : 0;
        await look();
        // Clocks of the platform go on: refusals and back-offs pass.
        vi.setSystemTime(Date.now() + 6_000);
      }
    };

    await spend(broken);
    vi.setSystemTime(Date.now() + AFTER_CLOSING_MS);
    // What is due rings; an object that was ended gives itself some minutes first.
    await runDurableObjectAlarm(await ledger());
    vi.setSystemTime(Date.now() + HOUR_MS);
    await runDurableObjectAlarm(await ledger());
    await spend(bindings);
    const { posted, remaining, pending, leased } = await eventually(look, ({ posted }) => posted === paid);
    expect({ posted, rest: remaining + pending + leased }).toEqual({ posted: paid, rest: TOTAL - paid });
    // Less than the dearest arm costs cannot be spent.
    expect(TOTAL - paid).toBeLessThan(COSTS.dear);
  });
});
