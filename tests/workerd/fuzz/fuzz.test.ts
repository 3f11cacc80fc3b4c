/** Requests made from the OpenAPI document, then hurt: every answer is one that the document tells of, and none is an accident. */
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, ask, listenToLog } from './ask.ts';
import { operations } from './document.ts';
import { anyChoices, sampleChoices } from './requests.ts';
import { createWorld, type World } from './world.ts';

const bindings = env as unknown as Env & { readonly FUZZ_REQUESTS?: string; readonly FUZZ_SEED?: string };

/** With every test; `npm run prove:fuzz` asks for more. */
const REQUESTS = Number(bindings.FUZZ_REQUESTS ?? 1_500);
const FIRST_SEED = Number(bindings.FUZZ_SEED ?? 1);
/** Of one seed: requests write and delete, after more of them a workspace has little left to ask for. */
const REQUESTS_PER_SEED = 2_000;
const SEEDS = Array.from({ length: Math.ceil(REQUESTS / REQUESTS_PER_SEED) }, (_, i) => FIRST_SEED + i);
/** Under a load of ten, and a counterexample is made smaller in it. */
const SEED_PATIENCE_MS = 600_000;

let world: World;
const asked = new Map<number, number>();

beforeEach(listenToLog);

afterAll(() => {
  const counts = [...asked].toSorted(([one], [other]) => one - other).map(([status, count]) => `${status}: ${count}`);
  console.info(`${[...asked.values()].reduce((sum, count) => sum + count, 0)} requests. ${counts.join(', ')}`);
});

function count({ status }: Asked): void {
  asked.set(status, (asked.get(status) ?? 0) + 1);
}

describe('requests from the document', () => {
  it(
    'succeed once for each operation, as documented, when nothing is wrong with them',
    async () => {
      world = await createWorld(bindings);
      // What deletes comes last, so that there is something to ask for until then.
      const last = (method: string) => Number(method === 'DELETE');
      for (const operation of operations.toSorted((one, other) => last(one.method) - last(other.method))) {
        const answer = (await ask(sampleChoices(operation, world), world))!;
        expect([answer.status < 300, answer.faults], `${answer.shown}\n${answer.text}`).toEqual([true, []]);
      }
    },
    SEED_PATIENCE_MS,
  );

  it.each(SEEDS)(
    'are answered as documented however they are hurt, seed %i',
    async (seed) => {
      world = await createWorld(bindings);
      const property = fc.asyncProperty(
        anyChoices(operations, () => world),
        async (choices) => {
          const answer = await ask(choices, world);
          fc.pre(answer !== undefined);
          count(answer);
          if (answer.faults.length > 0) throw new Error([...answer.faults, answer.shown].join('\n'));
        },
      );
      const numRuns = Math.min(REQUESTS_PER_SEED, REQUESTS - (seed - FIRST_SEED) * REQUESTS_PER_SEED);
      const found = await fc.check(property, { seed, numRuns });
      const { counterexamplePath, numShrinks, errorInstance } = found;
      expect(found.failed, `path ${counterexamplePath}, made smaller ${numShrinks} times: ${errorInstance}`).toBe(
        false,
      );
    },
    SEED_PATIENCE_MS,
  );

  it('reach behind the checks: a fifth of them succeeds', () => {
    const all = [...asked.values()].reduce((sum, count) => sum + count, 0);
    const done = [...asked].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
    expect(done / all).toBeGreaterThan(0.2);
  });
});
