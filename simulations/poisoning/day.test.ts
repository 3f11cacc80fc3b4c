import { describe, expect, test } from 'vitest';
import { LEARNED_TRIALS_PER_NETWORK } from '../../worker/edge/influence.ts';
import { type Attack, pointsMoved } from './day.ts';
import { POISONED_WORLDS } from './worlds.ts';

const SEEDS = 6;
/** `MAX_NETWORK_PER_SECOND` of the worker: its file needs the platform's types, which a simulation has not. */
const RATE_LIMIT = 200;
const worlds = Object.entries(POISONED_WORLDS);
const attack = (networks: number, more: Partial<Attack> = {}): Attack => ({
  networks,
  reportsPerSecond: RATE_LIMIT,
  mostTrials: LEARNED_TRIALS_PER_NETWORK,
  ...more,
});

describe('an attacker at the rate limit for a day', () => {
  test.each(worlds)('moves at most 5 points of traffic from two networks: %s', (_, world) => {
    expect(pointsMoved(world, attack(2), SEEDS)).toBeLessThanOrEqual(5);
  });

  test('moves at most 5 points from twenty networks where a tenth converts and a week is known', () => {
    expect(pointsMoved(POISONED_WORLDS['10 % and 8 %, after a week']!, attack(20), SEEDS)).toBeLessThanOrEqual(5);
  });

  test('takes nearly all of it where networks are not bounded', () => {
    const points = pointsMoved(
      POISONED_WORLDS['10 % and 8 %, after a week']!,
      attack(1, { mostTrials: 0, reportsPerSecond: 1 }),
      2,
    );
    expect(points).toBeGreaterThan(50);
  });
});
