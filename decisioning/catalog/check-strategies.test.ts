import { describe, expect, test } from 'vitest';
import { armOf, campaignOf, catalogOf, configurationOf, problemsOf } from '../testing/configuration.ts';
import { policyOf } from './campaign-policy.ts';
import type { CampaignConfiguration, StrategyConfiguration } from './configuration.ts';

const thompson: StrategyConfiguration = { policy: 'thompson', minExploration: 0.01 };
const split: StrategyConfiguration = { policy: 'fixed_split', weights: { a: 1, b: 1 }, minExploration: 0 };
const two = (first?: number, second?: number) => [
  { id: 'one', share: first, strategy: thompson },
  { id: 'two', share: second, strategy: split },
];
const problems = (extra: Partial<CampaignConfiguration>) =>
  problemsOf(configurationOf([campaignOf('c', { strategy: thompson, ...extra })]));

describe('several strategies', () => {
  test.each([
    ['shares that sum to 1', { strategies: two(0.3, 0.7) }],
    [
      'thirds in four digits',
      { strategies: [...two(0.3333, 0.3333), { id: 'three', share: 0.3333, strategy: thompson }] },
    ],
    ['no shares', { strategies: two() }],
    ['turns', { strategies: two(), strategyMode: 'rotation' as const }],
  ])('with %s are published', (_, extra) => {
    expect(problems(extra)).toEqual([]);
  });

  test.each([
    ['shares below 1', { strategies: two(0.3, 0.6) }, '/campaigns/c/strategies'],
    ['a share missing', { strategies: two(0.3) }, '/campaigns/c/strategies'],
    ['shares of turns', { strategies: two(0.5, 0.5), strategyMode: 'rotation' as const }, '/campaigns/c/strategies'],
    ['a strategy beside them', { strategies: two(), strategy: split }, '/campaigns/c/strategy'],
    ['a mode without them', { strategyMode: 'rotation' as const }, '/campaigns/c/strategyMode'],
  ])('with %s are refused', (_, extra, path) => {
    expect(problems(extra).map((problem) => problem.path)).toEqual([path]);
  });

  test('are checked one by one, each under its own place', () => {
    const wrong: StrategyConfiguration = { policy: 'fixed_split', weights: { a: 1, z: 1 }, minExploration: 0 };
    expect(problems({ strategies: [...two(), { id: 'three', strategy: wrong }] }).map(({ path }) => path)).toEqual([
      '/campaigns/c/strategies/2/strategy/weights/z',
      '/campaigns/c/strategies/2/strategy/weights',
    ]);
  });

  test('count in the cells of a campaign', () => {
    const arms = Array.from({ length: 512 }, (_, i) => armOf(`a${i}`));
    const list = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `s${i}`, strategy: thompson }));
    expect(problems({ arms, strategies: list(8) })).toEqual([]);
    const contexts = [{ id: 'gold', condition: { plan: 'gold' } }];
    expect(problems({ arms, strategies: list(5), contexts }).map(({ path }) => path)).toEqual(['/campaigns/c/arms']);
  });

  test('have allocations of their own under another name than one strategy has', () => {
    const one = policyOf(campaignOf('c', { strategy: thompson }));
    const compared = policyOf(campaignOf('c', { strategy: thompson, strategies: two() }));
    const turning = policyOf(campaignOf('c', { strategy: thompson, strategies: two(), strategyMode: 'rotation' }));
    expect(new Set([one.armsKey, compared.armsKey, turning.armsKey]).size).toBe(3);
    const { placements } = catalogOf(
      configurationOf([campaignOf('c', { strategy: thompson, strategies: two(0.2, 0.8) })]),
    );
    const [compiled] = placements.hero!.rules.campaigns;
    expect(Object.keys(compiled!.initialAllocation.leaves)).toEqual(['one/rest', 'two/rest']);
    expect(compiled!.strategies).toEqual({
      mode: 'concurrent',
      list: [
        { id: 'one', share: 0.2 },
        { id: 'two', share: 0.8 },
      ],
    });
  });
});
