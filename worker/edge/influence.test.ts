import { beforeEach, describe, expect, test } from 'vitest';
import { NETWORK_NAMES } from '../../decisioning/limits/network-trials.ts';
import { forgetInfluence, influenceOf, LEARNED_TRIALS_PER_NETWORK, learnedTrialsPerNetwork } from './influence.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT_MS = 20_000 * DAY_MS;

/** What a worker says of a visitor's report of a campaign, from an address and at a time. */
function told(who: string, nowMs: number, { ip = '8.8.4.1', workspaceId = 'w', env = {} } = {}) {
  const request = new Request('https://api.example/', { headers: { 'cf-connecting-ip': ip } });
  const boundOf = influenceOf({ NAMING_SECRET: 'secret', ...env }, request, workspaceId, nowMs);
  return boundOf({ campaignId: 'c', customer: who, periodKey: 'p' });
}

/** Whether it teaches. */
const teaches = (...asked: Parameters<typeof told>): boolean => !told(...asked).untaught;

describe('what a network may teach a worker', () => {
  beforeEach(forgetInfluence);

  test('is not given anew by a request that began before midnight', () => {
    const one = { env: { LEARNED_TRIALS_PER_NETWORK: '1' } };
    const learned: boolean[] = [];
    for (const [i, nowMs] of [MIDNIGHT_MS, MIDNIGHT_MS - 1, MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS].entries())
      learned.push(teaches(`visitor ${i}`, nowMs, one));
    expect(learned).toEqual([true, false, false, true]);
  });

  test('is bounded for the one address that Workers of other zones have: anybody may write one', () => {
    const ip = '2a06:98c0:3600::103';
    const learned: boolean[] = [];
    for (let i = 0; i <= LEARNED_TRIALS_PER_NETWORK; i += 1) learned.push(teaches(`${i}`, MIDNIGHT_MS, { ip }));
    expect(learned.indexOf(false)).toBe(LEARNED_TRIALS_PER_NETWORK);
  });

  test('comes with what one visitor may, which their object counts; nothing where nobody is bounded', () => {
    const network = expect.any(Number);
    expect(told('ann', MIDNIGHT_MS)).toEqual({ mostTrials: LEARNED_TRIALS_PER_NETWORK, network });
    expect(told('ann', MIDNIGHT_MS, { env: { LEARNED_TRIALS_PER_NETWORK: '9' } })).toEqual({ mostTrials: 9, network });
    expect(told('ann', MIDNIGHT_MS, { env: { LEARNED_TRIALS_PER_NETWORK: '0' } })).toEqual({});
    expect(told('ann', MIDNIGHT_MS, { ip: '127.0.0.1' })).toEqual({});
  });

  test('is told with the name of the network, the same for a day, a workspace and a secret', () => {
    const name = (...asked: Parameters<typeof told>) => told(...asked).network;
    const here = name('ann', MIDNIGHT_MS);
    expect(name('bob', MIDNIGHT_MS + DAY_MS - 1, { ip: '8.8.4.99' })).toBe(here);
    const others = [
      name('ann', MIDNIGHT_MS, { ip: '8.8.5.1' }),
      name('ann', MIDNIGHT_MS, { workspaceId: 'v' }),
      name('ann', MIDNIGHT_MS, { env: { NAMING_SECRET: 'another' } }),
      name('ann', MIDNIGHT_MS + DAY_MS)! - NETWORK_NAMES,
    ];
    expect(new Set([here, ...others]).size).toBe(5);
    for (const each of [here, ...others]) expect(Math.floor(each! / NETWORK_NAMES)).toBe(MIDNIGHT_MS / DAY_MS);
  });

  test.each(['', ' ', '\t', 'none', '1.5', '-1', '1001', undefined])(
    'is the default where the variable is %j',
    (told) => {
      expect(learnedTrialsPerNetwork({ LEARNED_TRIALS_PER_NETWORK: told })).toBe(LEARNED_TRIALS_PER_NETWORK);
    },
  );
});
