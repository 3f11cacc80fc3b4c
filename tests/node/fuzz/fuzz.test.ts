/** Requests made from the OpenAPI document, then hurt, to the three workers as they are deployed: every answer is one that the document tells of, and none is an accident. */
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfAnswer, logFaults } from './answers.ts';
import { type Asked, ask } from './ask.ts';
import { type ApiDocument, compileDocument, type Written } from './document.ts';
import { anyChoices, sampleChoices } from './requests.ts';
import { type FuzzStack, startFuzzStack } from './stack.ts';
import { createWorld } from './world.ts';

/** With every test; `npm run prove:fuzz` asks for more. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_500);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Of one seed: requests write and delete, after more of them a workspace has little left to ask for. */
const REQUESTS_PER_SEED = 2_000;
const SEEDS = Array.from({ length: Math.ceil(REQUESTS / REQUESTS_PER_SEED) }, (_, i) => FIRST_SEED + i);
/** Under a load of ten, and a counterexample is made smaller in it. */
const SEED_PATIENCE_MS = 600_000;
/** A log on its way from the runtime to its file. */
const LOG_PATIENCE_MS = 20_000;

let stack: FuzzStack;
let document: ApiDocument;
const asked = new Map<number, number>();

beforeAll(async () => {
  stack = await startFuzzStack();
  const got = await stack.send({ method: 'GET', target: '/openapi.json', headers: {} });
  document = compileDocument(JSON.parse(got!.text) as Written);
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  const counts = [...asked].toSorted(([one], [other]) => one - other).map(([status, count]) => `${status}: ${count}`);
  console.info(`${total()} requests. ${counts.join(', ')}`);
});

const total = (): number => [...asked.values()].reduce((sum, count) => sum + count, 0);

function count({ status }: Asked): void {
  asked.set(status, (asked.get(status) ?? 0) + 1);
}

describe('requests from the document', () => {
  it(
    'succeed once for each operation, as documented, when nothing is wrong with them',
    async () => {
      const world = await createWorld(stack, 'sound');
      // What deletes comes last, so that there is something to ask for until then.
      const last = (method: string) => Number(method === 'DELETE');
      for (const operation of document.operations.toSorted((one, other) => last(one.method) - last(other.method))) {
        const answer = (await ask(stack, document, sampleChoices(operation, world), world))!;
        expect([answer.status < 300, answer.faults], `${answer.shown}\n${answer.text}`).toEqual([true, []]);
      }
    },
    SEED_PATIENCE_MS,
  );

  it.each(SEEDS)(
    'are answered as documented however they are hurt, seed %i',
    async (seed) => {
      const world = await createWorld(stack, `seed-${seed}`);
      const property = fc.asyncProperty(anyChoices(document, world), async (choices) => {
        const answer = await ask(stack, document, choices, world);
        fc.pre(answer !== undefined);
        count(answer);
        if (answer.faults.length > 0) throw new Error([...answer.faults, answer.shown, answer.text].join('\n'));
      });
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
    const done = [...asked].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
    expect(done / total()).toBeGreaterThan(0.2);
  });

  it('are logged, each by the worker that answered it, and none as an error', async () => {
    const deadlineMs = Date.now() + LOG_PATIENCE_MS;
    const logged = () => stack.logLines().filter(isOfAnswer).length;
    while (logged() < total() && Date.now() < deadlineMs) await wait(100);
    expect(logged()).toBeGreaterThanOrEqual(total());
    expect(logFaults(stack.logLines())).toEqual([]);
  });
});
