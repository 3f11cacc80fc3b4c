import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration } from '../catalog/configuration.ts';
import { campaignOf, catalogOf, configurationOf } from '../testing/configuration.ts';
import { variesBy } from './varies-by.ts';

const features = [{ id: 'age', attribute: 'age', type: 'number', center: 40, scale: 10 }] as const;
const of = (extra: Partial<CampaignConfiguration>) =>
  variesBy(
    catalogOf(configurationOf([campaignOf('c', extra)], { attributes: [{ id: 'age', type: 'number', source: 'any' }] }))
      .policies[0]!,
  );
const minExploration = 0.01;
const linear = { policy: 'linear_ucb', alpha: 0.3, minExploration } as const;

describe('the probabilities of single customers', () => {
  test('are the published ones where the policy looks at arms alone, features or not', () => {
    expect(of({})).toEqual([]);
    expect(of({ features })).toEqual([]);
    expect(of({ strategy: { policy: 'inverse_gap', gamma: 1_000, minExploration } })).toEqual([]);
  });

  test('depend on features where the policy predicts from them, under one of several strategies as well', () => {
    expect(of({ features, strategy: linear })).toEqual(['features']);
    expect(of({ features, strategy: { policy: 'inverse_gap', gamma: 1_000, minExploration } })).toEqual(['features']);
    const strategies = [
      { id: 'plain', share: 0.5, strategy: { policy: 'thompson', minExploration } },
      { id: 'linear', share: 0.5, strategy: linear },
    ] as const;
    expect(of({ features, strategies, strategy: strategies[0].strategy })).toEqual(['features']);
  });

  test('depend on scores and on where and when arms may be shown', () => {
    expect(of({ strategy: { policy: 'thompson', modelWeight: 0.5, minExploration } })).toEqual(['scores']);
    const policy = catalogOf(
      configurationOf([campaignOf('c', { features, strategy: linear })], {
        attributes: [{ id: 'age', type: 'number', source: 'any' }],
      }),
    ).policies[0]!;
    expect(variesBy({ ...policy, steers: true })).toEqual(['features', 'availability']);
  });
});
