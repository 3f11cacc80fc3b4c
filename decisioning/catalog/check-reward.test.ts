import { describe, expect, test } from 'vitest';
import {
  armOf,
  campaignOf,
  catalogOf,
  configurationOf,
  DAY_MS,
  learnerOf,
  problemsOf,
} from '../testing/configuration.ts';
import { policyOf } from './campaign-policy.ts';
import type { CampaignConfiguration, GoalConfiguration, RewardConfiguration } from './configuration.ts';

const goal = (id: string, extra: Partial<GoalConfiguration> = {}): GoalConfiguration => ({
  id,
  name: id,
  source: 'any',
  windowMs: DAY_MS,
  defaultValueMinor: 0,
  ...extra,
});
const goals = [goal('order', { windowMs: 30 * DAY_MS }), goal('leave', { windowMs: 60 * DAY_MS })];
const objective = (reward?: RewardConfiguration, extra: Partial<CampaignConfiguration['objective']> = {}) => ({
  goal: 'order',
  conversionWeight: 1,
  revenueWeight: 0,
  priority: 0,
  ...(reward && { reward }),
  ...extra,
});
const weighed = (...pairs: readonly (readonly [string, number])[]): RewardConfiguration => ({
  kind: 'composite',
  goals: pairs.map(([id, weight]) => ({ goal: id, weight })),
});
const revenue: RewardConfiguration = { kind: 'revenue', maxMinor: 1_000 };
const paths = (extra: Partial<CampaignConfiguration>, own = goals) =>
  problemsOf(configurationOf([learnerOf('c', extra)], { goals: own })).map(({ path }) =>
    path.slice('/campaigns/c'.length),
  );

describe('a reward is published', () => {
  test.each<[string, RewardConfiguration]>([
    ['revenue', revenue],
    ['count', { kind: 'count', max: 1 }],
    ['with the own goal', weighed(['order', 1], ['leave', -3])],
    ['without the own goal', weighed(['click', 0.001])],
    ['with unwanted goals alone', weighed(['leave', -1_000])],
    ['with the smallest weight beside one of a thousand', weighed(['leave', -1_000], ['order', 0.12])],
    ['with a goal that weighs nothing', weighed(['leave', -1], ['order', 0])],
  ])('%s', (_, reward) => {
    expect(paths({ objective: objective(reward) })).toEqual([]);
  });

  test('the policy carries it, and nothing where nothing is declared', () => {
    const parts = ({ reward, secondaryGoals, learning }: ReturnType<typeof policyOf>) => ({
      reward,
      secondaryGoals,
      learning,
    });
    const declared = campaignOf('c', {
      objective: objective(weighed(['order', 2], ['leave', -1]), { secondary: ['click'] }),
      learning: { halfLifeMs: DAY_MS, delayCorrection: true, by: 'arms' },
    });
    expect(parts(policyOf(declared))).toEqual({
      reward: { kind: 'composite', weights: { order: 2, leave: -1 } },
      secondaryGoals: ['click'],
      learning: { halfLifeMs: DAY_MS, delayCorrection: true },
    });
    const idle = { objective: objective({ kind: 'binary' }, { secondary: [] }), learning: { delayCorrection: false } };
    expect(Object.keys(policyOf(campaignOf('c', idle)))).toEqual(Object.keys(policyOf(campaignOf('c'))));
  });

  test('a token lives as long as the longest window among the goals', () => {
    const lifeOf = (own: CampaignConfiguration['objective']) =>
      catalogOf(configurationOf([campaignOf('c', { objective: own })], { goals })).placements.hero!.rules.campaigns[0]!
        .tokenLifeMs;
    expect(lifeOf(objective())).toBe(30 * DAY_MS);
    expect(lifeOf(objective(weighed(['leave', -1])))).toBe(60 * DAY_MS);
    expect(lifeOf(objective(undefined, { secondary: ['click', 'leave'] }))).toBe(60 * DAY_MS);
  });

  test('the time spent can be made the most of', () => {
    expect(paths({ objective: objective(revenue, { goal: 'dwell' }) })).toEqual([]);
  });
});

describe('is refused at its place', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => armOf(`arm-${i}`));
  const goldAnd = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `c${i}`, condition: { plan: `${i}` } }));
  const count: RewardConfiguration = { kind: 'count', max: 5 };
  test.each<[string, Partial<CampaignConfiguration>, readonly string[]]>([
    [
      'a goal nobody declared',
      { objective: objective(weighed(['order', 1], ['buy', 1])) },
      ['/objective/reward/goals/1/goal'],
    ],
    ['a goal twice', { objective: objective(weighed(['order', 1], ['order', 2])) }, ['/objective/reward/goals/1/goal']],
    ['no weight at all', { objective: objective(weighed(['order', 0], ['leave', 0])) }, ['/objective/reward/goals']],
    [
      'a weight too small to count',
      { objective: objective(weighed(['order', 0.0009])) },
      ['/objective/reward/goals/0/weight'],
    ],
    [
      'a weight too small to count beside the others',
      { objective: objective(weighed(['leave', -1_000], ['order', 0.11])) },
      ['/objective/reward/goals/1/weight'],
    ],
    [
      'a weight above the limit',
      { objective: objective(weighed(['order', 1_001])) },
      ['/objective/reward/goals/0/weight'],
    ],
    [
      'a weight that is no number',
      { objective: objective(weighed(['order', Number.NaN], ['leave', 1])) },
      ['/objective/reward/goals/0/weight'],
    ],
    ['a count without end', { objective: objective({ kind: 'count', max: 1_001 }) }, ['/objective/reward/max']],
    [
      'a largest value of one',
      { objective: objective({ kind: 'revenue', maxMinor: 1 }) },
      ['/objective/reward/maxMinor'],
    ],
    [
      'scores',
      { objective: objective(revenue), strategy: { policy: 'thompson', modelWeight: 0.3, minExploration: 0 } },
      ['/strategy/modelWeight'],
    ],
    [
      'scores among the best',
      {
        objective: objective(count),
        strategy: { policy: 'epsilon_greedy', epsilon: 0.1, topArms: 2, minExploration: 0 },
      },
      ['/strategy/topArms'],
    ],
    [
      'history of conversions for what is no conversion',
      { objective: objective(count), arms: [armOf('a'), armOf('b', { prior: { alpha: 2, beta: 9 } })] },
      ['/arms/1/prior'],
    ],
    ['1,025 cells', { objective: objective(count), arms: many(205), contexts: goldAnd(4) }, ['/arms']],
    [
      'an unknown secondary goal',
      { objective: objective(undefined, { secondary: ['buy'] }) },
      ['/objective/secondary/0'],
    ],
    [
      'the own goal as a secondary one',
      { objective: objective(undefined, { secondary: ['order'] }) },
      ['/objective/secondary/0'],
    ],
    [
      'a secondary goal twice',
      { objective: objective(undefined, { secondary: ['click', 'view', 'click'] }) },
      ['/objective/secondary/2'],
    ],
    [
      'milliseconds as money',
      { objective: objective(undefined, { goal: 'dwell', revenueWeight: 1 }) },
      ['/objective/revenueWeight'],
    ],
    ['a half-life below an hour', { learning: { halfLifeMs: 3_599_999 } }, ['/learning/halfLife']],
    ['a half-life above a year', { learning: { halfLifeMs: 366 * DAY_MS } }, ['/learning/halfLife']],
  ])('%s', (_, extra, expected) => {
    expect(paths(extra)).toEqual(expected);
  });

  test('history is taken for the chance of revenue, and 1,024 cells are', () => {
    const arms = [armOf('a'), armOf('b', { prior: { alpha: 2, beta: 9 } })];
    expect(paths({ objective: objective(revenue), arms })).toEqual([]);
    expect(paths({ objective: objective(revenue), arms: many(256), contexts: goldAnd(3) })).toEqual([]);
  });

  test('a value in money of a goal that has none', () => {
    const own = [...goals, goal('read', { unit: 'ms', defaultValueMinor: 5 })];
    expect(problemsOf(configurationOf([], { goals: own })).map(({ path }) => path)).toEqual([
      '/goals/read/defaultValueMinor',
    ]);
  });
});
