import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Call } from './call.ts';
import { Deadline } from './deadline.ts';
import { answerInTime } from './in-time.ts';

function callWithin(totalMs: number): Call {
  const ctx = createExecutionContext();
  const c = new Call(new Request('https://api.example/v1/x'), env, ctx);
  c.deadline = new Deadline(() => ctx, totalMs);
  return c;
}

const standIn = async () => new Response('stand-in');
const never = new Promise<never>(() => undefined);

afterEach(() => vi.restoreAllMocks());

/** Answers after so many turns of the microtask queue, and nothing from outside. */
async function afterTurns(turns: number): Promise<Response> {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
  return new Response('decided');
}

describe('an answer', () => {
  it('that asks nobody sets no timer', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    expect(await (await answerInTime(callWithin(100), afterTurns(20), standIn)).text()).toBe('decided');
    expect(set).not.toHaveBeenCalled();
  });

  it('that waits by its deadline is not looked at for turns on end, nor gets another timer', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const c = callWithin(20);
    const within = vi.spyOn(c.deadline, 'within');
    const answer = answerInTime(c, c.deadline.within(never) as Promise<never>, standIn);
    for (let turn = 0; turn < 3; turn += 1) await undefined;
    expect([within.mock.calls.length, set.mock.calls.length]).toEqual([2, 1]);
    await answer;
  });

  it('that takes many turns comes all the same', async () => {
    expect(await (await answerInTime(callWithin(1_000), afterTurns(1_000), standIn)).text()).toBe('decided');
  });

  it('that waits for what never comes, whatever it is, is stood in for by its deadline', async () => {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const c = callWithin(20);
    expect(
      await (
        await answerInTime(
          c,
          afterTurns(5).then(() => never),
          standIn,
        )
      ).text(),
    ).toBe('stand-in');
    expect([c.problem, lines.mock.calls.length]).toEqual(['unavailable', 0]);
    expect((await answerInTime(callWithin(20), never, undefined)).status).toBe(503);
  });

  it('of a part that fails is stood in for, or its error goes on', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const failing = () => afterTurns(1).then((): Response => Promise.reject(new Error('broken')) as never);
    expect(await (await answerInTime(callWithin(100), failing(), standIn)).text()).toBe('stand-in');
    await expect(answerInTime(callWithin(100), failing(), undefined)).rejects.toThrow('broken');
  });
});
