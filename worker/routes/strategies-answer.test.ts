import { describe, expect, it } from 'vitest';
import { strategiesPerformanceResponse } from '../../contract/strategies.ts';
import { rewardName, rewardSums, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { RootView } from '../../durable-objects/campaign/protocol.ts';
import { strategiesOf } from './strategies-answer.ts';

const nowMs = Date.UTC(2026, 10, 22, 12, 30);
const hour = Math.floor(nowMs / 3_600_000);
const thompson = { policy: 'thompson' } as const;
const policy: CampaignPolicy = {
  campaignId: 'hero',
  armIds: ['a', 'b'],
  armsKey: 'key',
  leaves: ['rest'],
  strategy: thompson,
  minExploration: 0,
  priors: {},
  holdout: 0,
  shards: 1,
  strategies: {
    mode: 'concurrent',
    list: [
      { id: 'sa', share: 0.5, strategy: thompson, minExploration: 0 },
      { id: 'sb', share: 0.5, strategy: thompson, minExploration: 0 },
    ],
  },
};
const any = { source: 'any', windowMs: 1, defaultValueMinor: 0 } as const;
const goals = { visit: { id: 'visit', name: 'Visit', ...any, unit: 'ms' as const } };
const reward = { kind: 'revenue', maxMinor: 1e9 } as const;

function answerOf(of: CampaignPolicy, view: Partial<RootView>) {
  const whole: RootView = { policy: of, allocation: null, cells: [], asOfMs: nowMs, ...view };
  return strategiesPerformanceResponse.parse(
    strategiesOf('hero', { goal: 'visit', policy: of }, whole, { nowMs, goals }),
  );
}

/** Strategy, arm, trials, those with a value, and the value. */
type Row = readonly [id: string, arm: string, trials: number, conversions: number, value: number];

function viewOf(rows: readonly Row[]): Partial<RootView> {
  const [name, counted] = [rewardName(reward)!, rewardTrialsName(reward)!];
  return {
    cells: rows.map(([id, arm, trials, conversions, value]) => {
      const change = { trials, conversions, revenueMinor: conversions * value };
      return { leaf: `${id}/rest`, arm, hour, statistics: addStatistics(emptyStatistics, change) };
    }),
    // In two reports, as of two shards.
    sums: rows.flatMap(([id, arm, trials, conversions, value]) => {
      const one = rewardSums(Math.round(1_000 * Math.log(value)));
      const sums = (count: number, of: number) => ({ [name]: one.map((part) => part * count), [counted]: [of] });
      const place = { leaf: `${id}/rest`, arm };
      return [
        { ...place, sums: sums(conversions - 1, trials) },
        { ...place, sums: sums(1, 0) },
      ];
    }),
  };
}

const rows: readonly Row[] = [
  ['sa', 'a', 150, 30, 100],
  ['sb', 'b', 150, 15, 100_000],
];

describe('strategies of a campaign with a reward', () => {
  it('tell what they brought in its unit, and the winner is the one that brought more', () => {
    const { strategies, warnings } = answerOf({ ...policy, reward }, viewOf(rows));
    const [sa, sb] = strategies;
    expect(sa).toMatchObject({
      conversions: 30,
      reward: { kind: 'revenue', unit: 'ms', trials: 150, rewarded: 30, meanPerTrial: 20 },
    });
    expect(sb!.reward).toMatchObject({ meanPerTrial: 10_000 });
    expect(sb!.pBest).toBeGreaterThan(0.999);
    expect(sa!.regretPerTrial!.estimate).toBeGreaterThan(1_000);
    expect(warnings).toEqual([]);
  });

  it('have none where it is whether the goal was reached: rates decide', () => {
    const { strategies } = answerOf(policy, viewOf(rows));
    expect(strategies[0]).not.toHaveProperty('reward');
    expect(strategies[0]!.pBest).toBeGreaterThan(0.95);
    expect(strategies[1]!.regretPerTrial!.estimate).toBeLessThan(1);
  });
});

describe('strategies of which one chooses by features', () => {
  const features = { key: 'k', specs: [{ id: 'age', attribute: 'age', type: 'number', center: 0, scale: 1 }] } as const;
  const linear = { id: 'sb', share: 0.5, strategy: { policy: 'linear_thompson' }, minExploration: 0 } as const;
  const list = [policy.strategies!.list[0]!, linear];

  it('have no regret, and say why; rate and P(best) stay', () => {
    const { strategies, warnings } = answerOf(
      { ...policy, features, strategies: { mode: 'concurrent', list } },
      viewOf(rows),
    );
    expect(warnings.map(({ reason }) => reason)).toEqual(['regret_ignores_features']);
    for (const one of strategies) expect(one).toMatchObject({ regret: null, regretPerTrial: null });
    expect(strategies[0]!.rate).toBe(0.2);
    expect(strategies[0]!.pBest).toBeGreaterThan(0.95);
  });

  it('have it where features are declared and none looks at them', () => {
    const { strategies, warnings } = answerOf({ ...policy, features }, viewOf(rows));
    expect(warnings).toEqual([]);
    expect(strategies[0]!.regret).not.toBeNull();
  });
});
