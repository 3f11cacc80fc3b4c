import { describe, expect, test } from 'vitest';
import { isUnavailable } from '../../worker/http/unavailable.ts';
import { FIRST_BREAK_MS, MAX_FAILURES } from './breaker.ts';
import { mayRetry } from './retry.ts';
import { MAX_CALLS_TO_ALL, MAX_CALLS_TO_ONE, Shed, Shield, shieldOf } from './shield.ts';
import { MAX_CALL_MS } from './under-way.ts';

function scene() {
  let nowMs = 0;
  const shield = new Shield({ now: () => nowMs, random: () => 1 });
  const lost = () => Promise.reject(Object.assign(new Error('lost'), { retryable: true }));
  return {
    shield,
    pass: (ms: number) => {
      nowMs += ms;
    },
    ask: (name: string) => shield.run('customer', name, async () => 'answer'),
    hang: (name: string) => void shield.run('customer', name, () => new Promise(() => undefined)),
    lose: (name: string) => shield.run('customer', name, lost).catch((error: unknown) => error),
  };
}

describe('Shield', () => {
  test('makes so many calls to one object, and refuses the next at once without making it', async () => {
    const { shield, ask, hang } = scene();
    for (let i = 0; i < MAX_CALLS_TO_ONE; i += 1) hang('ann');
    let made = false;
    const refused = shield.run('customer', 'ann', async () => {
      made = true;
    });
    await expect(refused).rejects.toBeInstanceOf(Shed);
    expect(made).toBe(false);
    expect(await ask('bea')).toBe('answer');
  });

  test('and so many in all', async () => {
    const { ask, hang } = scene();
    for (let i = 0; i < MAX_CALLS_TO_ALL; i += 1) hang(`customer-${i}`);
    await expect(ask('ann')).rejects.toBeInstanceOf(Shed);
  });

  test('what ended or was never heard of makes room', async () => {
    const { shield, ask, hang, pass } = scene();
    for (let i = 0; i < 2 * MAX_CALLS_TO_ONE; i += 1) expect(await ask('ann')).toBe('answer');
    for (let i = 0; i < MAX_CALLS_TO_ONE; i += 1) hang('ann');
    pass(MAX_CALL_MS);
    expect(await ask('ann')).toBe('answer');
    expect(shield.standing.underWay).toBe(0);
  });

  test('an object that loses calls is left alone, then tried', async () => {
    const { ask, lose, pass } = scene();
    for (let i = 0; i < MAX_FAILURES; i += 1) await lose('ann');
    await expect(ask('ann')).rejects.toBeInstanceOf(Shed);
    pass(FIRST_BREAK_MS);
    expect(await ask('ann')).toBe('answer');
    expect(await ask('ann')).toBe('answer');
  });

  test('an object whose own code throws is there, and is asked on', async () => {
    const { shield, ask } = scene();
    const throws = () => Promise.reject(Object.assign(new Error('bug'), { remote: true }));
    for (let i = 0; i < 2 * MAX_FAILURES; i += 1) await shield.run('root', 'spring', throws).catch(() => undefined);
    expect(await ask('spring')).toBe('answer');
  });

  test('a refusal means "try again soon" to the caller of the API, and never to this request', () => {
    const shed = new Shed('customer');
    expect([isUnavailable(shed), mayRetry(shed)]).toEqual([true, false]);
  });

  test('belongs to an environment, and is off where its variable says so', () => {
    const env = {};
    expect(shieldOf(env)).toBe(shieldOf(env));
    expect(shieldOf({ SHIELD: 'off' })).toBeUndefined();
  });
});
