import { describe, expect, test } from 'vitest';
import { addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { armsKeyOf } from '../catalog/campaign-policy.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';
import { bucketOf } from '../hash.ts';
import { DEFAULT_PHASES } from '../lifecycle/phases.ts';
import { allocatePolicy } from './allocate-policy.ts';
import { ROTATION_TRIALS, strategyFor, turnOf } from './compared.ts';
import { scoringFor } from './scoring.ts';
import { ofStrategy, splitStratum, withoutStrata } from './strata.ts';

const own = (trials: number, conversions: number) => addStatistics(emptyStatistics, { trials, conversions });
const thompson = { policy: 'thompson' } as const;
const list = [
  { id: 'bold', share: 0.25, strategy: thompson, minExploration: 0 },
  { id: 'calm', share: 0.75, strategy: { policy: 'fixed_split', weights: { a: 3, b: 1 } }, minExploration: 0.1 },
] as const;
const policy: CampaignPolicy = {
  campaignId: 'c',
  armIds: ['a', 'b'],
  armsKey: armsKeyOf(['a', 'b'], ['gold', 'rest'], 'x'),
  leaves: ['gold', 'rest'],
  strategy: thompson,
  minExploration: 0,
  priors: {},
  holdout: 0,
  shards: 1,
};
const compared: CampaignPolicy = { ...policy, strategies: { mode: 'concurrent', list } };
const learned = {
  statistics: new Map([
    ['rest', new Map([['a', own(10, 10)]])],
    [
      'bold/rest',
      new Map([
        ['a', own(100, 50)],
        ['b', own(100, 10)],
      ]),
    ],
    ['calm/gold', new Map([['b', own(40, 4)]])],
  ]),
  sums: new Map([
    ['bold/rest', new Map([['a', { delay: [1, 2] }]])],
    ['rest', new Map([['a', { delay: [10, 20] }]])],
  ]),
};

describe('strata', () => {
  test('are told from leaves by their slash, and only the first one', () => {
    expect(splitStratum('bold/rest')).toEqual({ strategyId: 'bold', leaf: 'rest' });
    expect(splitStratum('rest')).toEqual({ leaf: 'rest' });
  });

  test('of one strategy are its leaves; together they are the plain leaves, sums included', () => {
    expect(ofStrategy(learned, 'calm').statistics).toEqual(new Map([['gold', new Map([['b', own(40, 4)]])]]));
    const plain = withoutStrata(learned);
    expect(plain.statistics.get('rest')?.get('a')).toEqual(own(110, 60));
    expect(plain.statistics.get('gold')?.get('b')).toEqual(own(40, 4));
    expect(plain.sums?.get('rest')?.get('a')).toEqual({ delay: [11, 22] });
  });

  test('cost nothing where there are none: the same object comes back', () => {
    const none = { statistics: new Map([['rest', new Map([['a', own(1, 1)]])]]) };
    expect(withoutStrata(none)).toBe(none);
  });
});

describe('the allocation of several strategies', () => {
  const allocation = allocatePolicy(compared, learned, 3);

  test('is one for each, from its own evidence alone', () => {
    expect(Object.keys(allocation.leaves)).toEqual(['bold/gold', 'bold/rest', 'calm/gold', 'calm/rest']);
    expect(allocation.leaves['bold/rest']?.posteriors[0]).toEqual({ alpha: 51, beta: 51 });
    // What `calm` saw in gold lends to its own rest, at most 50 trials, and to nobody else's.
    expect(allocation.leaves['calm/rest']?.posteriors[1]).toEqual({ alpha: 5, beta: 37 });
    expect(allocation.leaves['bold/gold']?.posteriors[1]).toEqual({ alpha: 6, beta: 46 });
    expect(allocation.leaves['calm/rest']?.probabilities).toEqual([0.1 / 2 + 0.9 * 0.75, 0.1 / 2 + 0.9 * 0.25]);
  });

  test('obeys the floor of the phase where that is more than its own', () => {
    const stage = { phase: 'learning', ...DEFAULT_PHASES.learning } as const;
    const staged = allocatePolicy(compared, learned, 4, { stage });
    expect(staged.leaves['calm/rest']?.probabilities[1]).toBeCloseTo(0.2 / 2 + 0.8 * 0.25, 12);
    expect(staged.stage).toEqual(stage);
  });

  test('gives way to one strategy that knows everything', () => {
    const single = allocatePolicy(policy, learned, 5);
    expect(single.leaves.gold?.posteriors[1]?.alpha).toBeGreaterThan(5);
    expect(single.leaves.rest?.posteriors[0]).toEqual({ alpha: 61, beta: 51 });
    expect(single).not.toHaveProperty('stage');
    expect(single).not.toHaveProperty('turn');
  });
});

describe('who is decided by which strategy', () => {
  const strategies = { mode: 'concurrent', list } as const;

  test('follows the shares, independently of admission and of another campaign', () => {
    const ids = Array.from({ length: 40_000 }, (_, i) => `id-${i}`);
    const bold = ids.filter((id) => strategyFor(strategies, 'salt', 'c', id) === 'bold');
    // Four standard errors.
    expect(Math.abs(bold.length / ids.length - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / ids.length));
    const other = bold.filter((id) => strategyFor(strategies, 'salt', 'd', id) === 'bold');
    expect(Math.abs(other.length / bold.length - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / bold.length));
    const admitted = bold.filter((id) => bucketOf('salt:admitted:c', id) < 0.5);
    expect(Math.abs(admitted.length / bold.length - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / bold.length));
  });

  test('turns every thousand trials, round and round', () => {
    const at = (trials: number) => turnOf({ mode: 'rotation', list }, trials);
    expect([0, 999, ROTATION_TRIALS, 1_999, 2_000].map(at)).toEqual(['bold', 'bold', 'calm', 'calm', 'bold']);
  });
});

describe('scores in a phase', () => {
  const scored = { strategy: { policy: 'ucb', modelWeight: 0.4 }, minExploration: 0.05 } as const;
  const stage = { phase: 'learning', floor: 0.2, admitted: 1, modelWeight: 0.5 } as const;

  test('count the part that the phase lets them, under its floor', () => {
    expect(scoringFor({ scoring: scored }, 'rest', undefined)).toBe(scored);
    expect(scoringFor({ scoring: scored }, 'rest', stage)).toEqual({
      strategy: { policy: 'ucb', modelWeight: 0.2 },
      minExploration: 0.2,
    });
  });

  test('choose no arm where they count nothing', () => {
    const top = { strategy: { policy: 'epsilon_greedy', epsilon: 0.1, topArms: 3 }, minExploration: 0 } as const;
    expect(scoringFor({ scoring: top }, 'rest', { ...stage, modelWeight: 0 })?.strategy).toMatchObject({ topArms: 1 });
    expect(scoringFor({ scoring: top }, 'rest', stage)?.strategy).toMatchObject({ topArms: 3 });
  });

  test('are those of the strategy that the stratum belongs to', () => {
    const strategies = {
      mode: 'concurrent',
      list: [
        { id: 'bold', share: 0.5, scoring: scored },
        { id: 'calm', share: 0.5 },
      ],
    } as const;
    expect(scoringFor({ strategies }, 'bold/rest', undefined)).toBe(scored);
    expect(scoringFor({ strategies }, 'calm/rest', undefined)).toBeUndefined();
  });
});
