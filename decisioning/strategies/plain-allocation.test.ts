import { describe, expect, test } from 'vitest';
import type { Allocation, LeafAllocation } from '../bandits/allocation.ts';
import type { PolicyStrategies } from './compared.ts';
import { plainAllocation } from './plain-allocation.ts';

const leaf = (a: number): LeafAllocation => ({
  probabilities: [a, 1 - a],
  pBest: [a, 1 - a],
  posteriors: [],
  expectedRate: 0,
  expectedRevenueMinor: 0,
});
const allocation = (leaves: Allocation['leaves'], turn?: string): Allocation => ({
  campaignId: 'c',
  version: 3,
  armsKey: 'key',
  armIds: ['a', 'b'],
  leaves,
  ...(turn !== undefined && { turn }),
});
const strategies: PolicyStrategies = {
  mode: 'concurrent',
  list: [
    { id: 'bold', share: 0.25, strategy: { policy: 'ucb' }, minExploration: 0 },
    { id: 'calm', share: 0.75, strategy: { policy: 'thompson' }, minExploration: 0 },
  ],
};
const strata = { 'bold/rest': leaf(1), 'calm/rest': leaf(0.2) };

describe('an allocation under plain leaves', () => {
  test('of one strategy is the allocation itself', () => {
    const plain = allocation({ mobile: leaf(0.3), rest: leaf(0.5) });
    expect(plainAllocation(plain, {})).toBe(plain);
  });

  test('of several mixes them by their shares', () => {
    const { leaves } = plainAllocation(allocation(strata), { strategies });
    expect(Object.keys(leaves)).toEqual(['rest']);
    expect(leaves.rest!.probabilities[0]).toBeCloseTo(0.25 * 1 + 0.75 * 0.2, 12);
    expect(leaves.rest!.probabilities[1]).toBeCloseTo(0.75 * 0.8, 12);
  });

  test('in rotation is that of the strategy whose turn it is', () => {
    const { leaves } = plainAllocation(allocation(strata, 'bold'), { strategies: { ...strategies, mode: 'rotation' } });
    expect(leaves.rest!.probabilities).toEqual([1, 0]);
  });

  test('of strategies that the policy no longer has counts them alike', () => {
    expect(plainAllocation(allocation(strata), {}).leaves.rest!.probabilities[0]).toBeCloseTo(0.6, 12);
  });
});
