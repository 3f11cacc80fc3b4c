import { beforeEach, describe, expect, test } from 'vitest';
import { forgetInfluence, influenceOf, LEARNED_TRIALS_PER_NETWORK, learnedTrialsPerNetwork } from './influence.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT_MS = 20_000 * DAY_MS;

/** Whether what a visitor reports of a campaign teaches it, from an address and at a time. */
async function teaches(who: string, nowMs: number, { ip = '8.8.4.1', env = {} } = {}): Promise<boolean> {
  const asked = await influenceOf(
    env,
    new Request('https://api.example/', { headers: { 'cf-connecting-ip': ip } }),
    nowMs,
  );
  return !asked({ workspaceId: 'w', campaignId: 'c', customer: who, periodKey: 'p' }).untaught;
}

describe('what a network may teach a worker', () => {
  beforeEach(forgetInfluence);

  test('is not given anew by a request that began before midnight', async () => {
    const one = { env: { LEARNED_TRIALS_PER_NETWORK: '1' } };
    const learned: boolean[] = [];
    for (const [i, nowMs] of [MIDNIGHT_MS, MIDNIGHT_MS - 1, MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS].entries())
      learned.push(await teaches(`visitor ${i}`, nowMs, one));
    expect(learned).toEqual([true, false, false, true]);
  });

  test('is bounded for the one address that Workers of other zones have: anybody may write one', async () => {
    const ip = '2a06:98c0:3600::103';
    const learned: boolean[] = [];
    for (let i = 0; i <= LEARNED_TRIALS_PER_NETWORK; i += 1) learned.push(await teaches(`${i}`, MIDNIGHT_MS, { ip }));
    expect(learned.indexOf(false)).toBe(LEARNED_TRIALS_PER_NETWORK);
  });

  test('comes with what one visitor may, which their object counts; nothing where nobody is bounded', async () => {
    const told = async (ip: string, env = {}) => {
      const request = new Request('https://api.example/', { headers: { 'cf-connecting-ip': ip } });
      const boundOf = await influenceOf(env, request, MIDNIGHT_MS);
      return boundOf({ workspaceId: 'w', campaignId: 'c', customer: 'ann', periodKey: 'p' });
    };
    expect(await told('8.8.4.1')).toEqual({ mostTrials: LEARNED_TRIALS_PER_NETWORK });
    expect(await told('8.8.4.1', { LEARNED_TRIALS_PER_NETWORK: '9' })).toEqual({ mostTrials: 9 });
    expect(await told('8.8.4.1', { LEARNED_TRIALS_PER_NETWORK: '0' })).toEqual({});
    expect(await told('127.0.0.1')).toEqual({});
  });

  test.each(['', ' ', '\t', 'none', '1.5', '-1', '1001', undefined])(
    'is the default where the variable is %j',
    (told) => {
      expect(learnedTrialsPerNetwork({ LEARNED_TRIALS_PER_NETWORK: told })).toBe(LEARNED_TRIALS_PER_NETWORK);
    },
  );
});
