import { describe, expect, test } from 'vitest';
import type { CampaignStatistics } from '../bandits/allocation.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { testRandom } from '../testing/seeds.ts';
import { rateVariate } from '../testing/variates.ts';
import type { PolicyStrategies } from './compared.ts';
import { compareStrategies } from './comparison.ts';

const declared: PolicyStrategies = {
  mode: 'concurrent',
  list: [
    { id: 'even', share: 0.5, strategy: { policy: 'fixed_split', weights: { a: 1, b: 1 } }, minExploration: 0 },
    { id: 'keen', share: 0.5, strategy: { policy: 'thompson' }, minExploration: 0 },
  ],
};
const arms = { armIds: ['a', 'b'], leaves: ['rest'] };

/** Statistics from `key arm trials conversions customers`. */
function counted(
  ...rows: readonly (readonly [key: string, arm: string, trials: number, conversions: number, customers?: number])[]
) {
  const statistics = new Map<string, Map<string, ArmStatistics>>();
  for (const [key, arm, trials, conversions, customers = 0] of rows) {
    const own = statistics.get(key) ?? new Map<string, ArmStatistics>();
    statistics.set(key, own.set(arm, addStatistics(emptyStatistics, { trials, conversions, customers })));
  }
  return { statistics: statistics as CampaignStatistics };
}

describe('strategies side by side', () => {
  test('have their own rates, the chance to be the best, and what they lost against the best arm of all evidence', () => {
    const { strategies } = compareStrategies(
      counted(
        ['even/rest', 'a', 5_000, 1_000],
        ['even/rest', 'b', 5_000, 500],
        ['even/rest', 'holdout', 500, 400],
        ['keen/rest', 'a', 9_900, 1_980],
        ['keen/rest', 'b', 100, 10],
      ),
      declared,
      arms,
    );
    const [even, keen] = strategies;
    expect(even).toMatchObject({ id: 'even', retired: false, share: 0.5, realisedShare: 0.5 });
    expect(even!.figures).toMatchObject({ trials: 10_000, conversions: 1_500, rate: 0.15 });
    expect(keen!.pBest).toBeGreaterThan(0.9999);
    // Arms are .2 and .1 apart: half of the even trials lose .1 each, a hundredth of the keen ones.
    expect(even!.regretPerTrial!.estimate).toBeCloseTo(0.05, 2);
    expect(keen!.regretPerTrial!.estimate).toBeCloseTo(0.001, 3);
    expect(even!.regret!.estimate).toBeCloseTo(10_000 * even!.regretPerTrial!.estimate, 6);
    expect(even!.regret!.low).toBeLessThan(500);
    expect(even!.regret!.high).toBeGreaterThan(500);
  });

  test('are the same for the same evidence, to the bit', () => {
    const statistics = counted(['even/rest', 'a', 50, 5], ['keen/rest', 'b', 60, 4]);
    expect(compareStrategies(statistics, declared, arms)).toEqual(compareStrategies(statistics, declared, arms));
  });

  test('stay in sight when they are retired, with every leaf they had', () => {
    const { strategies } = compareStrategies(
      counted(['even/rest', 'a', 10, 1], ['old/rest', 'a', 100, 30], ['old/gone', 'a', 50, 5], ['rest', 'a', 7, 7]),
      declared,
      arms,
    );
    expect(strategies.map(({ id, retired, share }) => [id, retired, share])).toEqual([
      ['even', false, 0.5],
      ['keen', false, 0.5],
      ['old', true, null],
    ]);
    expect(strategies[2]!.figures).toMatchObject({ trials: 150, conversions: 35 });
    expect(strategies[2]!.realisedShare).toBeNull();
  });

  test('without a trial have no rate, no regret and no ratio, and even chances', () => {
    const { strategies, sampleRatioP } = compareStrategies({ statistics: new Map() }, declared, arms);
    for (const one of strategies)
      expect(one).toMatchObject({ regret: null, regretPerTrial: null, realisedShare: null, pBest: 0.5 });
    expect(sampleRatioP).toBeNull();
  });

  test('of a campaign that never had any are none', () => {
    expect(compareStrategies(counted(['rest', 'a', 9, 3]), undefined, arms)).toEqual({
      strategies: [],
      sampleRatioP: null,
    });
  });
});

describe('the sample ratio', () => {
  const with_ = (even: number, keen: number, mode: PolicyStrategies['mode'] = 'concurrent') =>
    compareStrategies(
      counted(['even/rest', '*', 0, 0, even], ['keen/rest', '*', 0, 0, keen], ['keen/rest', 'a', 900, 0]),
      { ...declared, mode },
      arms,
    );

  test('counts customers, not trials, where customers are enrolled', () => {
    const { strategies, sampleRatioP } = with_(5_050, 4_950);
    expect(strategies[0]!.realisedShare).toBe(0.505);
    // χ² = 1 with one degree of freedom.
    expect(sampleRatioP).toBeCloseTo(0.3173, 4);
  });

  test('that chance does not explain is very unlikely', () => {
    expect(with_(5_300, 4_700).sampleRatioP).toBeLessThan(1e-8);
  });

  test('means nothing where strategies take turns', () => {
    expect(with_(5_300, 4_700, 'rotation').sampleRatioP).toBeNull();
  });
});

describe('regret against a known truth', () => {
  test('of an even split and of Thompson sampling lies in the interval in nine of ten worlds at least', () => {
    const worlds = 100;
    let covered = 0;
    let [evenLost, keenLost] = [0, 0];
    for (let seed = 0; seed < worlds; seed++) {
      const random = testRandom(seed);
      const rates = Array.from({ length: 4 }, () => rateVariate({ alpha: 4, beta: 36 }, random));
      const best = Math.max(...rates);
      const armIds = rates.map((_, i) => `arm-${i}`);
      const sums = [0, 1].map(() => rates.map(() => ({ trials: 0, conversions: 0 })));
      for (let customer = 0; customer < 3_000; customer++) {
        const strategy = customer % 2;
        const own = sums[strategy]!;
        const drawn = own.map(({ trials, conversions }) =>
          rateVariate({ alpha: 1 + conversions, beta: 1 + trials - conversions }, random),
        );
        const arm = strategy === 0 ? Math.floor(random.next() * 4) : drawn.indexOf(Math.max(...drawn));
        own[arm]!.trials += 1;
        if (random.next() < rates[arm]!) own[arm]!.conversions += 1;
      }
      const rows = sums.flatMap((own, s) =>
        own.map(
          ({ trials, conversions }, arm) => [`${['even', 'keen'][s]}/rest`, armIds[arm]!, trials, conversions] as const,
        ),
      );
      const { strategies } = compareStrategies(counted(...rows), declared, { armIds, leaves: ['rest'] });
      const lost = sums.map((own) => own.reduce((sum, { trials }, arm) => sum + trials * (best - rates[arm]!), 0));
      evenLost += lost[0]!;
      keenLost += lost[1]!;
      covered += strategies.filter(({ regret }, s) => regret!.low <= lost[s]! && lost[s]! <= regret!.high).length;
    }
    expect(keenLost).toBeLessThan(evenLost);
    expect(covered / (2 * worlds)).toBeGreaterThanOrEqual(0.9);
  });
});
