/**
 * A cap of 7 under 1,000 concurrent requests while the customer's object is evicted and aborted under them. `npm run prove:caps` runs
 * all 50 seeds; a few run with every test.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Random } from '../../decisioning/random.ts';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import { objectName } from '../../durable-objects/shared/naming.ts';
import { intercepted, optimizeWith } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env & { readonly CAP_SEEDS?: string };
const SEEDS = Number(bindings.CAP_SEEDS ?? 3);
/** A seed takes two seconds on a machine that does nothing else. */
const SEED_TIMEOUT_MS = 180_000;
const CALLS = 1_000;
const CAP = 7;
/** Requests begin within this time, and the object is ended this often meanwhile. */
const STORM_MS = 500;
const ENDINGS = 30;
/** Of these, so many by an eviction, which lets the object finish; the others end it in the midst of what it does. */
const EVICTED = 0.3;
const ENDED = 'the test ends it';
/** Calls that the object is aborted right behind, and which share of them until then: claims are granted at the storm's beginning. */
const STRIKES = 20;
const STRUCK = 0.5;
/** Share of the other requests that are repeated. */
const REPEATED = 0.1;
/** Repeats of one request until its object is there to answer. */
const MAX_ROUNDS = 20;
/** Requests repeated at a time: few enough to be answered by the deadline on a busy machine. */
const BATCH = 25;

let workspace: TestWorkspace;

beforeAll(async () => {
  workspace = await createWorkspace(bindings);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'offer', name: 'Offer', channel: 'outbound' },
    // Claims stay pending for the whole test, so that every grant counts.
    { kind: 'channel', id: 'outbound', name: 'Outbound', cap: { max: CAP, per: '7d' }, claimTtl: '1d' },
    {
      kind: 'campaign',
      id: 'capped',
      name: 'Capped',
      objective: { goal: 'click' },
      placements: ['offer'],
      arms: [{ id: 'a', content: { text: 'A' } }],
    },
  ]);
});

async function stubOf(customer: string) {
  const name = await objectName(bindings.NAMING_SECRET, workspace.workspaceId, 'customer', 'known', customer);
  return bindings.CUSTOMER.getByName(name);
}

/** Called when a call of a customer's object is on its way. */
let strike = (): void => undefined;
/** Calls of customers' objects that ended without a reply: with the object, and before the worker made them again. */
let lostCalls = 0;
const parts = {
  ...bindings,
  CUSTOMER: intercepted(bindings.CUSTOMER, async (_, make) => {
    const call = make();
    strike();
    try {
      return await call;
    } catch (error) {
      lostCalls += 1;
      throw error;
    }
  }),
};

/** The id of a decision that was granted, or that there was no decision. */
interface Reply {
  readonly granted?: string;
  readonly lost: boolean;
}

async function ask(customer: string, requestId: string, afterMs = 0): Promise<Reply> {
  await scheduler.wait(afterMs);
  const asked = { requestId, placements: ['offer'], customer: { id: customer } };
  const { body } = await optimizeWith(parts, workspace, asked);
  if (!body.decisions || body.degraded) return { lost: true };
  const { outcome, decisionId } = body.decisions[0]!;
  return outcome === 'campaign' ? { granted: decisionId!, lost: false } : { lost: false };
}

/**
 * Ends the object as its platform might: after the calls in it, or in the midst of them.
 *
 * @param lives instances that were ended; each is another one
 */
async function end(customer: string, how: 'evict' | 'abort', lives: Set<unknown>): Promise<void> {
  const stub = await stubOf(customer);
  try {
    await runInDurableObject(stub, (instance, state) => {
      lives.add(instance);
      if (how === 'abort') state.abort(ENDED);
    });
    await evictDurableObject(stub);
  } catch (error) {
    // Its own, or that of another who ended the same instance.
    if (!String(error).includes(ENDED)) throw error;
  }
}

/** At some moment of the storm. */
async function endSometime(customer: string, random: Random, lives: Set<unknown>): Promise<void> {
  await scheduler.wait(random.next() * STORM_MS);
  await end(customer, random.next() < EVICTED ? 'evict' : 'abort', lives);
}

async function storedClaims(customer: string): Promise<number> {
  return runInDurableObject(
    await stubOf(customer),
    (_, { storage }) => storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM decisions').one().n,
  );
}

describe('a cap of 7 under 1,000 concurrent requests, the object evicted and aborted under them', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'seed %i: never more than 7, and 7 when repeated',
    async (seed) => {
      const random = testRandom(seed);
      const customer = `ann-${seed}`;
      const ids = Array.from({ length: CALLS }, (_, i) => `r${i}`);
      const granted = new Set<string>();
      const storm = ids.map((id) => ask(customer, id, random.next() * STORM_MS));
      const lives = new Set<unknown>();
      lostCalls = 0;
      const ended = Array.from({ length: ENDINGS }, () => endSometime(customer, random, lives));
      let strikes = STRIKES;
      strike = () => {
        if (strikes === 0 || random.next() > STRUCK) return;
        strikes -= 1;
        ended.push(end(customer, 'abort', lives));
      };
      const answers = await Promise.all(storm);
      await Promise.all(ended);
      // A storm that ends nothing, or nothing that anybody waits for, proves nothing.
      expect(lives.size).toBeGreaterThan(ENDINGS / 2);
      expect(lostCalls).toBeGreaterThan(STRIKES / 2);
      for (const answer of answers) if (answer.granted) granted.add(answer.granted);
      expect(granted.size).toBeLessThanOrEqual(CAP);
      expect(await storedClaims(customer)).toBeLessThanOrEqual(CAP);
      // Repeated, as if these replies had been lost: what was granted, what nobody answered, and some others.
      let open = ids.filter((_, i) => answers[i]!.lost || answers[i]!.granted || random.next() < REPEATED);
      for (let round = 0; round < MAX_ROUNDS && open.length > 0; round += 1) {
        const lost: string[] = [];
        for (let from = 0; from < open.length; from += BATCH) {
          const batch = open.slice(from, from + BATCH);
          const again = await Promise.all(batch.map((id) => ask(customer, id)));
          for (const answer of again) if (answer.granted) granted.add(answer.granted);
          lost.push(...batch.filter((_, i) => again[i]!.lost));
        }
        open = lost;
      }
      expect({ unanswered: open.length, granted: granted.size, stored: await storedClaims(customer) }).toEqual({
        unanswered: 0,
        granted: CAP,
        stored: CAP,
      });
    },
    SEED_TIMEOUT_MS,
  );
});
