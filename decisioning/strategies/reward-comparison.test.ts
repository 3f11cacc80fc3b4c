import { describe, expect, test } from 'vitest';
import type { SumsByName } from '../bandits/named-sums.ts';
import { type RewardSpec, rewardInteger, rewardName, rewardSums, rewardTrialsName } from '../bandits/rewards/reward.ts';
import type { TrialTally } from '../bandits/rewards/tally.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import type { Random } from '../random.ts';
import { normalVariate, poissonVariate } from '../testing/reward-variates.ts';
import { testRandom } from '../testing/seeds.ts';
import type { PolicyStrategies } from './compared.ts';
import { compareStrategies } from './comparison.ts';

const strategy = { policy: 'thompson' } as const;
const declared: PolicyStrategies = {
  mode: 'concurrent',
  list: [
    { id: 'sa', share: 0.5, strategy, minExploration: 0 },
    { id: 'sb', share: 0.5, strategy, minExploration: 0 },
  ],
};

/** Trials of two strategies, summed up as a campaign's shards do. */
function ledger(spec: RewardSpec) {
  const statistics = new Map<string, Map<string, ArmStatistics>>();
  const sums = new Map<string, Map<string, SumsByName>>();
  const cell = <T>(of: Map<string, Map<string, T>>, key: string, arm: string, nothing: T) => {
    const arms = of.get(key) ?? new Map<string, T>();
    of.set(key, arms);
    return { arms, before: arms.get(arm) ?? nothing };
  };
  const [name, trialsName] = [rewardName(spec)!, rewardTrialsName(spec)!];
  return {
    learned: { statistics, sums },
    add(id: string, arm: string, tally: TrialTally, leaf = 'rest') {
      const own = cell(statistics, `${id}/${leaf}`, arm, emptyStatistics);
      own.arms.set(arm, addStatistics(own.before, { trials: 1, conversions: Object.hasOwn(tally, 'buy') ? 1 : 0 }));
      const { arms, before } = cell<SumsByName>(sums, `${id}/${leaf}`, arm, { [name]: [0, 0, 0], [trialsName]: [0] });
      const change = rewardSums(rewardInteger(spec, 'buy', tally));
      arms.set(arm, {
        [name]: before[name]!.map((value, i) => value + change[i]!),
        [trialsName]: [before[trialsName]![0]! + 1],
      });
    },
  };
}

const revenue = { kind: 'revenue', maxMinor: 1e11 } as const;
const bought = (value: number): TrialTally => ({ buy: { count: 1, value } });

describe('strategies compared by revenue', () => {
  test('a euro from one in five loses to a thousand euros from one in ten', () => {
    const { learned, add } = ledger(revenue);
    for (let i = 0; i < 150; i++) {
      add('sa', 'a', i % 5 === 0 ? bought(100) : {});
      add('sb', 'b', i % 10 === 0 ? bought(100_000) : {});
    }
    const { strategies } = compareStrategies(learned, declared, {
      armIds: ['a', 'b'],
      leaves: ['rest'],
      reward: revenue,
    });
    const [sa, sb] = strategies;
    expect(sa!.figures.rate).toBeGreaterThan(sb!.figures.rate!);
    expect(sb!.pBest).toBeGreaterThan(0.999);
    expect(sa!.reward!.mean! / 20).toBeCloseTo(1, 1);
    expect(sb!.reward!.mean! / 10_000).toBeCloseTo(1, 1);
    expect(sa!.regretPerTrial!.estimate / 9_980).toBeGreaterThan(0.8);
    expect(sa!.regretPerTrial!.estimate / 9_980).toBeLessThan(1.2);
    expect(sb!.regret!.estimate).toBeLessThan(sa!.regret!.estimate / 100);
  });

  test('that mixes arms of very different orders has the mean of its arms', () => {
    const { learned, add } = ledger(revenue);
    for (let i = 0; i < 600; i++) {
      add('sa', 'a', i % 5 === 0 ? bought(100) : {});
      add('sa', 'b', i % 10 === 0 ? bought(100_000) : {});
    }
    const { strategies } = compareStrategies(learned, declared, {
      armIds: ['a', 'b'],
      leaves: ['rest'],
      reward: revenue,
    });
    expect(strategies[0]!.reward!.mean! / 5_010).toBeCloseTo(1, 1);
    expect(strategies[0]!.reward!.interval!.low).toBeGreaterThan(3_500);
    expect(strategies[0]!.reward!.interval!.high).toBeLessThan(7_500);
    expect(strategies[1]!.reward).toEqual({ trials: 0, rewarded: 0, mean: null, interval: null });
  });

  test.each<RewardSpec>([revenue, { kind: 'count', max: 9 }, { kind: 'composite', weights: { buy: 1, leave: -20 } }])(
    'before the first trial, and before the first reward, have finite figures: %o',
    (reward) => {
      const campaign = { armIds: ['a', 'b'], leaves: ['rest'], reward };
      for (const tries of [0, 50]) {
        const { learned, add } = ledger(reward);
        for (let i = 0; i < tries; i++) add('sa', 'a', {});
        const { strategies } = compareStrategies(learned, declared, campaign);
        expect(strategies[0]!.pBest + strategies[1]!.pBest).toBeCloseTo(1, 9);
        if (tries === 0) expect(strategies[0]!.pBest).toBeCloseTo(0.5, 6);
        else if (reward.kind !== 'composite') expect(strategies[0]!.pBest).toBeLessThan(0.5);
        expect(strategies[1]).toMatchObject({ regret: null, regretPerTrial: null });
        if (tries > 0) expect(Number.isFinite(strategies[0]!.regret!.high)).toBe(true);
      }
    },
  );
});

test('regret is not told where strategies choose by features: no arm of a leaf is the best for all of it', () => {
  const { learned, add } = ledger(revenue);
  add('sa', 'a', bought(500));
  const { strategies } = compareStrategies(learned, declared, { armIds: ['a'], leaves: ['rest'], byFeatures: true });
  expect(strategies[0]).toMatchObject({ regret: null, regretPerTrial: null });
  expect(strategies[0]!.figures.trials).toBe(1);
});

interface World {
  readonly spec: RewardSpec;
  /** An arm's expected reward, and one of its trials. */
  readonly arm: (random: Random) => { readonly mean: number; readonly trial: () => TrialTally };
}

const worlds: Readonly<Record<string, World>> = {
  revenue: {
    spec: revenue,
    arm: (random) => {
      const rate = 0.05 + 0.1 * random.next();
      const mu = 8 + 0.7 * normalVariate(random);
      return {
        mean: rate * Math.exp(mu + 0.32),
        trial: () => (random.next() < rate ? bought(Math.exp(mu + 0.8 * normalVariate(random))) : {}),
      };
    },
  },
  count: {
    spec: { kind: 'count', max: 100 },
    arm: (random) => {
      const often = 0.2 + random.next();
      return {
        mean: 0.2 * often,
        trial: () => {
          const count = random.next() < 0.2 ? poissonVariate(often, random) : 0;
          return count > 0 ? { buy: { count, value: 0 } } : {};
        },
      };
    },
  },
  'composite, mostly below 0': {
    spec: { kind: 'composite', weights: { buy: 1, leave: -20 } },
    arm: (random) => {
      const [buy, leave] = [0.1 + 0.3 * random.next(), 0.01 + 0.03 * random.next()];
      return {
        mean: buy - 20 * leave,
        trial: () => ({
          ...(random.next() < buy && bought(0)),
          ...(random.next() < leave && { leave: { count: 1, value: 0 } }),
        }),
      };
    },
  },
};

const ROUNDS = 200;
const TRIALS = 3_000;

describe.each(Object.entries(worlds))('against a known truth, %s', (_, { spec, arm }) => {
  test('intervals of mean and regret cover it in nine of ten worlds at least; P(best) is as often right as it says', () => {
    const covered = { reward: 0, regret: 0 };
    let [said, right] = [0, 0];
    for (let seed = 0; seed < ROUNDS; seed++) {
      const random = testRandom(seed);
      const arms = Array.from({ length: 4 }, () => arm(random));
      const best = Math.max(...arms.map(({ mean }) => mean));
      const armIds = arms.map((__, i) => `arm-${i}`);
      const { learned, add } = ledger(spec);
      const tried = [arms.map(() => 0), arms.map(() => 0)];
      // Each prefers an arm of its own, three times in five.
      const first = Math.floor(random.next() * 4);
      const favourites = [first, (first + 1) % 4];
      for (let n = 0; n < 2 * TRIALS; n++) {
        const s = n % 2;
        const i = random.next() < 0.6 ? favourites[s]! : Math.floor(random.next() * 4);
        tried[s]![i]! += 1;
        add(declared.list[s]!.id, armIds[i]!, arms[i]!.trial());
      }
      const { strategies } = compareStrategies(learned, declared, { armIds, leaves: ['rest'], reward: spec });
      const truth = tried.map((own) => own.reduce((sum, count, i) => sum + (count / TRIALS) * arms[i]!.mean, 0));
      for (const [s, { reward, regret }] of strategies.entries()) {
        const { low, high } = reward!.interval!;
        if (low <= truth[s]! && truth[s]! <= high) covered.reward++;
        const lost = TRIALS * (best - truth[s]!);
        if (regret!.low <= lost && lost <= regret!.high) covered.regret++;
      }
      const winner = strategies[0]!.pBest > 0.5 ? 0 : 1;
      said += strategies[winner]!.pBest;
      if (truth[winner]! > truth[1 - winner]!) right++;
    }
    expect(covered.reward / (2 * ROUNDS)).toBeGreaterThanOrEqual(0.9);
    expect(covered.regret / (2 * ROUNDS)).toBeGreaterThanOrEqual(0.9);
    // Two standard errors of 200 worlds.
    expect(Math.abs(said - right) / ROUNDS).toBeLessThan(0.05);
  });
});
