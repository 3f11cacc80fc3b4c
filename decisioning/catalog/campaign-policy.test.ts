import { describe, expect, test } from 'vitest';
import { campaignOf } from '../testing/configuration.ts';
import { policyOf } from './campaign-policy.ts';
import type { CampaignConfiguration, RewardConfiguration } from './configuration.ts';

const objective = { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0 };

function keyUnder(reward: RewardConfiguration | undefined): string | undefined {
  const features = [{ id: 'age', attribute: 'age', type: 'number', center: 40, scale: 10 }] as const;
  const campaign: CampaignConfiguration = campaignOf('c', { features, objective: { ...objective, reward } });
  return policyOf(campaign).features?.key;
}

describe('the name of what is learned of features', () => {
  test('is another under another reward, so that no model mixes two', () => {
    const plain = keyUnder(undefined);
    const counted = keyUnder({ kind: 'count', max: 5 });
    expect(keyUnder({ kind: 'binary' })).toBe(plain);
    expect(new Set([plain, counted, keyUnder({ kind: 'count', max: 6 })]).size).toBe(3);
    expect(keyUnder({ kind: 'count', max: 5 })).toBe(counted);
    // The length is what tokens have room for.
    expect(counted).toMatch(/^[0-9a-f]{8}$/);
  });
});
