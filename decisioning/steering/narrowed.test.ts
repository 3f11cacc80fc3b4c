import { describe, expect, test } from 'vitest';
import { allocateCampaign } from '../bandits/allocate.ts';
import type { Allocation, AllocationStrategy } from '../bandits/allocation.ts';
import type { CampaignConfiguration, StrategyConfiguration } from '../catalog/configuration.ts';
import type { SliceCampaign } from '../catalog/slice.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../lifecycle/phases.ts';
import { normalQuantile } from '../math/normal.ts';
import { channelOf, configurationOf, DAY_MS, slicesOf } from '../testing/configuration.ts';
import { testRandom } from '../testing/seeds.ts';
import { PLACE, parameterOf, steeredOf } from '../testing/steered.ts';
import { rateVariate } from '../testing/variates.ts';
import { evidenceFrom } from '../view.ts';

const OFFER = parameterOf('offer', 'content', ['a', 'b', 'c', 'd']);
const DRAWS = 100_000;
const FLOOR = 0.08;

function campaignWith(strategy: StrategyConfiguration, extra: Partial<CampaignConfiguration> = {}): SliceCampaign {
  const { slices } = slicesOf(
    configurationOf([steeredOf('c', [OFFER, PLACE], { strategy, ...extra })], {
      placements: [
        { id: 'hero', name: 'Hero', channel: 'web' },
        { id: 'inbox', name: 'Inbox', channel: 'mail' },
      ],
      channels: [channelOf('mail', { claimTtlMs: DAY_MS })],
    }),
  );
  return slices.hero!.campaigns[0]!;
}

/** An allocation that says something else of every arm; the best of all is for mail. */
function learned({ initialAllocation }: SliceCampaign): Allocation {
  const posteriors = initialAllocation.armIds.map((_, i) => ({ alpha: 3 + ((i * 5) % 7), beta: 20 + i }));
  posteriors[1] = { alpha: 30, beta: 10 };
  const rest = { ...initialAllocation.leaves.rest!, posteriors };
  return { ...initialAllocation, version: 1, leaves: { rest } };
}

const webOnly = (campaign: SliceCampaign) => campaign.armIds.map((id) => id.endsWith('_web'));

describe('probabilities where some arms are not available', () => {
  const thompson = campaignWith({ policy: 'thompson', minExploration: FLOOR });
  const allocation = learned(thompson);
  const evidence = evidenceFrom(() => allocation);
  const available = webOnly(thompson);
  const probabilities = evidence.probabilities(thompson, 'rest', { available });

  test('Thompson: the share of independent draws in which an arm is the best of those available, and the floor over them', () => {
    const random = testRandom(5);
    const wins = new Map<number, number>();
    const { posteriors } = allocation.leaves.rest!;
    const places = available.flatMap((is, i) => (is ? [i] : []));
    for (let draw = 0; draw < DRAWS; draw++) {
      const rates = places.map((i) => rateVariate(posteriors[i]!, random));
      const best = places[rates.indexOf(Math.max(...rates))]!;
      wins.set(best, (wins.get(best) ?? 0) + 1);
    }
    expect(places).toHaveLength(4);
    for (const [i, probability] of probabilities.entries()) {
      const expected = available[i] ? FLOOR / 4 + (1 - FLOOR) * ((wins.get(i) ?? 0) / DRAWS) : 0;
      expect(Math.abs(probability - expected), thompson.armIds[i]).toBeLessThan(0.005);
    }
  });

  test('sum to 1, and are exactly 0 for what is not available', () => {
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    for (const [i, p] of probabilities.entries()) expect(p > 0).toBe(available[i]);
  });

  test('with all arms the published vector itself', () => {
    expect(evidence.probabilities(thompson, 'rest', {})).toBe(allocation.leaves.rest!.probabilities);
  });

  test('one arm that is left has 1', () => {
    const one = thompson.armIds.map((_, i) => i === 2);
    expect(evidence.probabilities(thompson, 'rest', { available: one })).toEqual(one.map(Number));
  });

  test('what is expected is that of these arms, with the version of the allocation', () => {
    const { posteriors } = allocation.leaves.rest!;
    const rate = probabilities.reduce(
      (sum, p, i) => sum + p * (posteriors[i]!.alpha / (posteriors[i]!.alpha + posteriors[i]!.beta)),
      0,
    );
    expect(evidence.expected(thompson, 'rest', available)).toMatchObject({
      rate: expect.closeTo(rate, 12),
      version: 1,
    });
    expect(evidence.expected(thompson, 'rest')).toMatchObject({ rate: allocation.leaves.rest!.expectedRate });
  });

  test('a second question under the same mask is remembered, one under another mask or allocation is not mixed up', () => {
    expect(evidence.probabilities(thompson, 'rest', { available })).toEqual(probabilities);
    const others = available.map((is) => !is);
    expect(evidence.probabilities(thompson, 'rest', { available: others })[1]).toBeGreaterThan(0.8);
    const even = evidenceFrom(() => undefined).probabilities(thompson, 'rest', { available });
    expect(even).toEqual(available.map((is) => (is ? expect.closeTo(0.25, 9) : 0)));
    // More masks than are remembered, then the first again.
    for (let mask = 1; mask < 200; mask++)
      evidence.probabilities(thompson, 'rest', { available: available.map((_, i) => ((mask >> i) & 1) === 1) });
    expect(evidence.probabilities(thompson, 'rest', { available })).toEqual(probabilities);
  });
});

describe('every policy chooses among the available arms alone', () => {
  const split = Object.fromEntries(
    ['a', 'b', 'c', 'd'].flatMap(
      (offer, i) =>
        [
          [`${offer}_web`, i],
          [`${offer}_mail`, 9],
        ] as [string, number][],
    ),
  );
  const strategies: readonly StrategyConfiguration[] = [
    { policy: 'thompson', minExploration: 0 },
    { policy: 'ucb', minExploration: 0.1 },
    { policy: 'epsilon_greedy', epsilon: 0.2, minExploration: 0.1 },
    { policy: 'inverse_gap', gamma: 50, minExploration: 0.1 },
    { policy: 'fixed_split', weights: split, minExploration: 0 },
  ];

  test.each(strategies)('$policy: as the allocation of a campaign that has only these arms', (strategy) => {
    const whole = campaignWith(strategy);
    const available = webOnly(whole);
    const some = <T>(list: readonly T[]) => list.filter((_, i) => available[i]);
    const allocation = learned(whole);
    const armIds = some(whole.armIds);
    const posteriors = some(allocation.leaves.rest!.posteriors);
    const { minExploration, ...own } = strategy;
    const alone = allocateCampaign({
      campaignId: 'alone',
      armIds,
      armsKey: '',
      leaves: ['rest'],
      strategy: own as AllocationStrategy,
      minExploration,
      priors: Object.fromEntries(armIds.map((id, i) => [id, posteriors[i]!])),
      statistics: new Map(),
      version: 1,
    }).leaves.rest!;
    const evidence = evidenceFrom(() => allocation);
    const found = evidence.probabilities(whole, 'rest', { available });
    expect(some(found)).toEqual(alone.probabilities);
    expect(found.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(evidence.expected(whole, 'rest', available).rate).toBe(alone.expectedRate);
  });

  test('rewards that are not binary: the share of independent draws in which an arm brings most of those available', () => {
    const campaign = campaignWith({ policy: 'thompson', minExploration: 0 });
    const available = webOnly(campaign);
    const rewards = {
      means: campaign.armIds.map((_, i) => 1 + 0.1 * ((i * 3) % 8)),
      spreads: campaign.armIds.map((_, i) => 0.1 + 0.05 * i),
      deviation: 2,
    };
    const { initialAllocation } = campaign;
    const rest = { ...initialAllocation.leaves.rest!, rewards };
    const found = evidenceFrom(() => ({ ...initialAllocation, version: 2, leaves: { rest } })).probabilities(
      campaign,
      'rest',
      { available },
    );
    const random = testRandom(6);
    const places = available.flatMap((is, i) => (is ? [i] : []));
    const wins = new Map<number, number>();
    for (let draw = 0; draw < DRAWS; draw++) {
      const values = places.map((i) => rewards.means[i]! + rewards.spreads[i]! * normalQuantile(1 - random.next()));
      const best = places[values.indexOf(Math.max(...values))]!;
      wins.set(best, (wins.get(best) ?? 0) + 1);
    }
    for (const [i, p] of found.entries())
      expect(Math.abs(p - (available[i] ? (wins.get(i) ?? 0) / DRAWS : 0)), campaign.armIds[i]).toBeLessThan(0.005);
  });

  test('the customer’s scores count, of the available arms alone', () => {
    const campaign = campaignWith({ policy: 'thompson', modelWeight: 0.5, minExploration: 0 });
    const available = webOnly(campaign);
    const asked: string[] = [];
    const score = (_: string, arm: string) => {
      asked.push(arm);
      return arm === 'd_web' ? 1 : 0;
    };
    const probabilities = evidenceFrom(() => undefined).probabilities(campaign, 'rest', { available, score });
    expect(asked).toEqual(['a_web', 'b_web', 'c_web', 'd_web']);
    // Beta(1,1)/2 + 1/2 is above Beta(1,1)/2 always.
    expect(probabilities[campaign.armIds.indexOf('d_web')]).toBeCloseTo(1, 6);
  });
});

describe('a campaign that compares strategies, or has phases', () => {
  const split = (share: number) =>
    Object.fromEntries(
      ['a', 'b', 'c', 'd'].flatMap((id) => [
        [`${id}_web`, id === 'a' ? share : 1],
        [`${id}_mail`, 1],
      ]),
    );
  const fixed = (share: number): StrategyConfiguration => ({
    policy: 'fixed_split',
    weights: split(share),
    minExploration: 0,
  });
  const web = (probabilities: readonly number[]) => probabilities.filter((_, i) => i % 2 === 0);

  test('under a mask each strategy chooses by its own rule', () => {
    const unnamed = { policy: 'thompson', minExploration: 0.01 } as const;
    const campaign = campaignWith(unnamed, {
      strategies: [
        { id: 'even', strategy: fixed(1) },
        { id: 'bold', strategy: fixed(5) },
      ],
    });
    const evidence = evidenceFrom(() => undefined);
    const available = webOnly(campaign);
    expect(web(evidence.probabilities(campaign, 'even/rest', { available }))).toEqual([0.25, 0.25, 0.25, 0.25]);
    const bold = [0.625, 0.125, 0.125, 0.125].map((share) => expect.closeTo(share, 12));
    expect(web(evidence.probabilities(campaign, 'bold/rest', { available }))).toEqual(bold);
  });

  test('the floor of the phase is spread over the available arms', () => {
    const campaign = campaignWith(fixed(1_000_000), {
      lifecycle: { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS },
    });
    const at = (floor: number) => {
      const stage = { phase: 'learning', floor, admitted: 1, modelWeight: 1 } as const;
      return evidenceFrom(() => ({ ...campaign.initialAllocation, stage }));
    };
    const available = webOnly(campaign);
    // One allocation after the other: what was remembered under one floor is not given under another.
    expect(web(at(0.4).probabilities(campaign, 'rest', { available }))[1]).toBeCloseTo(0.1, 5);
    expect(web(at(0.2).probabilities(campaign, 'rest', { available }))[1]).toBeCloseTo(0.05, 5);
  });

  test('arms that are missing where nothing steers are a broken invariant', () => {
    const { slices } = slicesOf(configurationOf([steeredOf('plain', [OFFER], { placements: ['hero'] })]));
    const plain = slices.hero!.campaigns[0]!;
    expect(() =>
      evidenceFrom(() => undefined).probabilities(plain, 'rest', { available: [true, false, true, true] }),
    ).toThrow('plain has no policy');
  });
});
