import { describe, expect, it } from 'vitest';
import type { Directory, DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import { goalFacts, learningFacts } from './goals.ts';

const any = { source: 'any', windowMs: 1_000, defaultValueMinor: 0 } as const;
const policy = {
  campaignId: 'c',
  armIds: ['a'],
  armsKey: 'k',
  leaves: ['rest'],
  strategy: { policy: 'thompson' },
  minExploration: 0.01,
  priors: {},
  holdout: 0,
  shards: 1,
} as const;

function directoryOf(changes: Partial<DirectoryCampaign['policy']>): Directory {
  const campaign = { name: 'C', goal: 'purchase', shards: 1, armIds: ['a'], leaves: ['rest'], armsKey: 'k' };
  return {
    format: 1,
    workspaceId: 'w',
    currency: 'EUR',
    channels: [],
    attributes: {},
    sites: {},
    goals: {
      purchase: { id: 'purchase', name: 'Purchase', ...any, source: 'server', defaultValueMinor: 250 },
      dwell: { id: 'dwell', name: 'Dwell', ...any, unit: 'ms' },
      refund: { id: 'refund', name: 'Refund', ...any, defaultValueMinor: -100 },
    },
    campaigns: { c: { ...campaign, policy: { ...policy, ...changes } } },
  };
}

describe('moments of features are counted', () => {
  const features = { key: 'f', specs: [{ id: 'x', attribute: 'x', type: 'boolean' as const }] };
  const widthWith = (halfLifeDays: number) =>
    learningFacts(directoryOf({ features, learning: { halfLifeMs: halfLifeDays * 86_400_000 } }), 'c');

  it('by the day, which needs no word, or finer by a half-life below 32 days', () => {
    expect(learningFacts(directoryOf({ features }), 'c')).toBeUndefined();
    expect(widthWith(32)).toBeUndefined();
    expect(widthWith(31.9)).toEqual({ momentsHours: 23 });
    expect(widthWith(1)).toEqual({ momentsHours: 1 });
    expect(learningFacts(directoryOf({ learning: { halfLifeMs: 86_400_000 } }), 'c')).toBeUndefined();
  });
});

describe('a goal as an event names it', () => {
  const directory = directoryOf({});
  const secret = { keyType: 'secret' } as const;

  it('has money in minor units, halves away from zero, and the declared value when the event names none', () => {
    expect(goalFacts(directory, secret, { goal: 'purchase', value: 49.905 })).toEqual({
      id: 'purchase',
      windowMs: 1_000,
      valueMinor: 4_991,
    });
    expect(goalFacts(directory, secret, { goal: 'purchase', value: undefined })).toMatchObject({ valueMinor: 250 });
  });

  it('has whole milliseconds where its unit is that, whatever the currency', () => {
    const facts = { id: 'dwell', windowMs: 1_000, unit: 'ms' };
    expect(goalFacts(directory, secret, { goal: 'dwell', value: 4_500.5 })).toEqual({ ...facts, valueMinor: 4_501 });
    expect(goalFacts(directory, secret, { goal: 'dwell', value: -0.5 })).toEqual({ ...facts, valueMinor: -1 });
    expect(goalFacts(directory, secret, { goal: 'dwell', value: undefined })).toEqual({ ...facts, valueMinor: 0 });
  });

  it('is refused when nobody declared it, or when the key may not tell it', () => {
    expect(goalFacts(directory, secret, { goal: 'constructor', value: 1 })).toBe('unknown_goal');
    expect(goalFacts(directory, { keyType: 'publishable' }, { goal: 'purchase', value: 1 })).toBe(
      'goal_needs_secret_key',
    );
  });

  it('is worth less than nothing by a secret key, or where it is a loss by its declaration', () => {
    const page = { keyType: 'publishable' } as const;
    expect(goalFacts(directory, page, { goal: 'dwell', value: -0.01 })).toBe('negative_value_needs_secret_key');
    expect(goalFacts(directory, page, { goal: 'dwell', value: 0 })).toMatchObject({ valueMinor: 0 });
    expect(goalFacts(directory, secret, { goal: 'dwell', value: -2 })).toMatchObject({ valueMinor: -2 });
    expect(goalFacts(directory, page, { goal: 'refund', value: -3 })).toMatchObject({ valueMinor: -300 });
    expect(goalFacts(directory, page, { goal: 'refund', value: undefined })).toMatchObject({ valueMinor: -100 });
  });
});

describe('the currency of a value', () => {
  const told = (goal: string, currency: string) =>
    goalFacts(directoryOf({}), { keyType: 'secret' }, { goal, value: 2, currency });

  it("is the workspace's or none: nothing is converted, and time is no money", () => {
    expect(told('purchase', 'EUR')).toMatchObject({ valueMinor: 200 });
    expect(told('purchase', 'USD')).toBe('other_currency');
    expect(told('dwell', 'EUR')).toBe('other_currency');
  });
});

describe('what a campaign learns from', () => {
  it('is nothing more where it declares nothing, or is gone', () => {
    expect(learningFacts(directoryOf({}), 'c')).toBeUndefined();
    expect(learningFacts(directoryOf({ learning: { halfLifeMs: 3_600_000, by: 'effects' } }), 'c')).toBeUndefined();
    expect(learningFacts(directoryOf({ secondaryGoals: ['dwell'] }), 'constructor')).toBeUndefined();
  });

  it('is its reward, its secondary goals, and delays where they are corrected for', () => {
    const reward = { kind: 'count', max: 3 } as const;
    const declared = { reward, secondaryGoals: ['dwell'], learning: { delayCorrection: true } } as const;
    expect(learningFacts(directoryOf(declared), 'c')).toEqual({ reward, secondaryGoals: ['dwell'], delay: true });
  });
});
