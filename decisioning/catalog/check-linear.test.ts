import { describe, expect, test } from 'vitest';
import { campaign as campaignSchema } from '../../contract/configuration/campaign.ts';
import type { FeatureSpec } from '../features/features.ts';
import { armOf, campaignOf, catalogOf, configurationOf, problemsOf } from '../testing/configuration.ts';
import type { CampaignConfiguration, StrategyConfiguration } from './configuration.ts';

const age: FeatureSpec = { id: 'age', attribute: 'age', type: 'number', center: 40, scale: 10 };
const member: FeatureSpec = { id: 'member', attribute: 'member', type: 'boolean' };
const plan: FeatureSpec = { id: 'plan', attribute: 'plan', type: 'category', values: ['gold', 'silver'] };
const UCB: StrategyConfiguration = { policy: 'linear_ucb', alpha: 0.3, minExploration: 0.01 };

const manyArms = (count: number) => Array.from({ length: count }, (_, i) => armOf(`arm-${i}`));
const parametersOf = (...sizes: readonly number[]) =>
  sizes.map((size, at) => ({
    id: `p${at}`,
    kind: 'content' as const,
    values: Array.from({ length: size }, (_, i) => ({ id: `v${i}`, costMinor: 0 })),
  }));
const wide = (count: number): FeatureSpec => ({
  ...plan,
  values: Array.from({ length: count }, (_, i) => `value-${i}`),
});

function configuration(extra: Partial<CampaignConfiguration>) {
  const attributes = [
    { id: 'plan', type: 'string', source: 'any' },
    { id: 'age', type: 'number', source: 'any' },
    { id: 'member', type: 'boolean', source: 'any' },
  ] as const;
  return configurationOf([campaignOf('c', { strategy: UCB, features: [age, member, plan], ...extra })], { attributes });
}

describe('a campaign that learns from features', () => {
  test('travels with them to slice and policy, under one key', () => {
    const catalog = catalogOf(configuration({}));
    const [policy] = catalog.policies;
    const campaign = catalog.placements.hero!.rules.campaigns[0]!;
    expect(policy!.features!.specs).toEqual([age, member, plan]);
    expect(campaign.features).toEqual(policy!.features);
    expect(campaign.scoring).toEqual({ strategy: { policy: 'linear_ucb', alpha: 0.3 }, minExploration: 0.01 });
  });

  test('is unchanged to the byte when it declares none', () => {
    const plain = catalogOf(configurationOf([campaignOf('c')]));
    expect(JSON.stringify(plain)).not.toMatch(/features|linear|ridge/);
  });

  test.each<[string, string, Partial<CampaignConfiguration>]>([
    ['a linear policy without features', '/strategy/policy', { features: undefined }],
    [
      'a ridge without features',
      '/strategy/ridge',
      { features: undefined, strategy: { policy: 'inverse_gap', gamma: 9, ridge: 2, minExploration: 0 } },
    ],
    [
      'interactions without features',
      '/strategy/interactions',
      { features: undefined, strategy: { policy: 'inverse_gap', gamma: 9, interactions: [], minExploration: 0 } },
    ],
    ['a misspelt fact', '/features/0/attribute', { features: [{ ...plan, attribute: 'device.typ' }] }],
    ['an attribute that is not declared', '/features/0/attribute', { features: [{ ...age, attribute: 'years' }] }],
    [
      'a counter of nothing',
      '/features/0/attribute',
      { features: [{ ...age, attribute: 'outcomes.nothing.count.7d' }] },
    ],
    ['an attribute of another type', '/features/0/type', { features: [{ ...age, attribute: 'plan' }] }],
    ['a scale of 0', '/features/0/scale', { features: [{ ...age, scale: 0 } as FeatureSpec] }],
    [
      'a scale that is not finite',
      '/features/0/scale',
      { features: [{ ...age, scale: Number.POSITIVE_INFINITY } as FeatureSpec] },
    ],
    ['a center that is none', '/features/0/center', { features: [{ ...age, center: Number.NaN } as FeatureSpec] }],
    ['two features of one id', '/features/1/id', { features: [age, { ...member, id: 'age' }] }],
    ['a value that stands there twice', '/features/0/values/1', { features: [{ ...plan, values: ['gold', 'gold'] }] }],
    ['32 numbers', '/features', { features: [wide(31), member] }],
    ['no features at all', '/features', { features: [], strategy: { policy: 'thompson', minExploration: 0 } }],
    [
      'revenue as the reward',
      '/strategy/policy',
      { objective: { ...campaignOf('c').objective, reward: { kind: 'revenue', maxMinor: 1_000 } } },
    ],
    ['a ridge of 0', '/strategy/ridge', { strategy: { ...UCB, ridge: 0 } as StrategyConfiguration }],
    ['an alpha below 0', '/strategy/alpha', { strategy: { ...UCB, alpha: -1 } as StrategyConfiguration }],
    ['a v of 0', '/strategy/v', { strategy: { policy: 'linear_thompson', v: 0, minExploration: 0 } }],
    [
      'an interaction of what is no parameter',
      '/strategy/interactions/0',
      { strategy: { ...UCB, interactions: [['a', 'b']] } as StrategyConfiguration },
    ],
    ['a model of 512 arms', '/features', { arms: manyArms(512), features: [wide(20)] }],
    [
      'linear Thompson of 65 arms',
      '/arms',
      { arms: manyArms(65), strategy: { policy: 'linear_thompson', minExploration: 0 } },
    ],
  ])('is refused with %s', (_name, path, extra) => {
    expect(problemsOf(configuration(extra)).map((problem) => problem.path)).toContain(`/campaigns/c${path}`);
  });

  test.each<[string, readonly (readonly string[])[]]>([
    ['with itself', [['p0', 'p0']]],
    ['of one', [['p0']]],
    [
      'twice, the other way round',
      [
        ['p0', 'p1'],
        ['p1', 'p0'],
      ],
    ],
  ])('is refused with an interaction %s', (_name, interactions) => {
    const arms = [0, 1].flatMap((a) => [0, 1].map((b) => armOf(`v${a}_v${b}`, { values: [a, b] })));
    const strategy = { ...UCB, interactions } as StrategyConfiguration;
    const problems = problemsOf(configuration({ arms, parameters: parametersOf(2, 2), strategy }));
    expect(problems.map(({ path }) => path)).toEqual([`/campaigns/c/strategy/interactions/${interactions.length - 1}`]);
  });

  test('may have as many numbers and effects as fit, and none more', () => {
    expect(problemsOf(configuration({ features: [wide(31)] }))).toEqual([]);
    const combined = (a: number, b: number) =>
      Array.from({ length: a * b }, (_, i) =>
        armOf(`v${Math.floor(i / b)}_v${i % b}`, { values: [Math.floor(i / b), i % b] }),
      );
    const fits = configuration({ arms: combined(31, 16), parameters: parametersOf(31, 16), features: [member] });
    expect(problemsOf(fits)).toEqual([]);
    const tooMany = configuration({ arms: combined(32, 16), parameters: parametersOf(32, 32), features: [member] });
    expect(problemsOf(tooMany).map(({ path }) => path)).toEqual(['/campaigns/c/strategy']);
    const tooLarge = configuration({ arms: combined(31, 16), parameters: parametersOf(31, 16), features: [wide(5)] });
    expect(problemsOf(tooLarge).map(({ path }) => path)).toEqual(['/campaigns/c/features']);
  });
});

describe('the document', () => {
  const document = (extra: object) => ({
    id: 'c',
    name: 'C',
    objective: { goal: 'click' },
    placements: ['hero'],
    arms: [{ id: 'a', content: {} }],
    ...extra,
  });

  test('fills in defaults', () => {
    const parsed = campaignSchema.parse(
      document({ strategy: { policy: 'linear_ucb' }, features: [{ id: 'age', attribute: 'age', type: 'number' }] }),
    );
    expect(parsed.strategy).toEqual({ policy: 'linear_ucb', alpha: 0.3, minExploration: 0.01 });
    expect(parsed.features).toEqual([{ id: 'age', attribute: 'age', type: 'number', center: 0, scale: 1 }]);
    expect(campaignSchema.parse(document({ strategy: { policy: 'linear_thompson' } })).strategy).toEqual({
      policy: 'linear_thompson',
      minExploration: 0.01,
    });
  });

  test.each<[string, string, object]>([
    ['a scale of 0', 'features.0.scale', { features: [{ id: 'a', attribute: 'a', type: 'number', scale: 0 }] }],
    ['an unknown type', 'features.0.type', { features: [{ id: 'a', attribute: 'a', type: 'list' }] }],
    ['values of a number', 'features.0', { features: [{ id: 'a', attribute: 'a', type: 'number', values: ['x'] }] }],
    ['no values', 'features.0.values', { features: [{ id: 'a', attribute: 'a', type: 'category', values: [] }] }],
    [
      'an id twice',
      'features.1.id',
      {
        features: [
          { id: 'a', attribute: 'a', type: 'boolean' },
          { id: 'a', attribute: 'b', type: 'boolean' },
        ],
      },
    ],
    ['an empty list', 'features', { features: [] }],
    ['a ridge of 0', 'strategy.ridge', { strategy: { policy: 'linear_ucb', ridge: 0 } }],
    ['an alpha that is too large', 'strategy.alpha', { strategy: { policy: 'linear_ucb', alpha: 1_001 } }],
    [
      'an interaction of three',
      'strategy.interactions.0',
      { strategy: { policy: 'inverse_gap', interactions: [['a', 'b', 'c']] } },
    ],
  ])('is refused at the field: %s', (_name, path, extra) => {
    const result = campaignSchema.safeParse(document(extra));
    expect(result.success).toBe(false);
    expect(result.error!.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});
