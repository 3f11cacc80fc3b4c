/** The customer's scores at the decision: what they change, what they leave alone, and that a receipt needs none of them. */
import { describe, expect, test } from 'vitest';
import { allocateCampaign } from './bandits/allocate.ts';
import { readRules } from './catalog/read.ts';
import { decide } from './decide.ts';
import { decideWithReceipt, type Receipt, replay } from './receipt.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  configurationOf,
  problemsOf,
  ranked,
  slicesOf,
} from './testing/configuration.ts';
import { decideOnce, inputOf } from './testing/decide-once.ts';
import { evidenceFrom } from './view.ts';

const SCORES: Readonly<Record<string, number>> = { a: 0.1, b: 0.6, z: 0.2 };
const arms = [
  armOf('a', { prior: { alpha: 12, beta: 40 }, score: 'likes.a' }),
  armOf('b', { prior: { alpha: 10, beta: 44 }, score: 'likes.b' }),
  armOf('z', { prior: { alpha: 9, beta: 38 }, score: 'likes.z' }),
];
const attributes = ['a', 'b', 'z'].map((id) => ({
  id: `likes.${id}`,
  type: 'number' as const,
  source: 'any' as const,
}));
/** Someone whose scores the app wrote as traits. */
const customer = { traits: Object.fromEntries(Object.entries(SCORES).map(([id, score]) => [`likes.${id}`, score])) };
const configurationFor = (extra: Parameters<typeof campaignOf>[1]) =>
  configurationOf([campaignOf('c', { arms, ...extra })], { attributes });
const slicesFor = (extra: Parameters<typeof campaignOf>[1]) => slicesOf(configurationFor(extra));
const blended = slicesFor({ strategy: { policy: 'thompson', modelWeight: 0.3, minExploration: 0.1 } });
const [campaign] = blended.slices.hero!.campaigns;
const published = campaign!.initialAllocation.leaves.rest!;
const evidence = evidenceFrom(() => undefined);

const CALLS = 20_000;

describe('scores', () => {
  test('move the probabilities of a strategy that uses them, under the floor', () => {
    const p = evidence.probabilities(campaign!, 'rest', { score: (_, armId) => SCORES[armId] });
    expect(p[1]!).toBeGreaterThan(published.probabilities[1]! + 0.2);
    expect(Math.min(...p)).toBeGreaterThanOrEqual(0.1 / 3 - 1e-15);
    expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    ['no score function', undefined],
    ['no score at all', () => undefined],
    ['one score missing', (_: string, armId: string) => (armId === 'z' ? undefined : 0.5)],
    ['a score that is no number', () => Number.NaN],
    ['a score above 1', () => 1.01],
    ['a score below 0', (_: string, armId: string) => (armId === 'b' ? -0.01 : 0.5)],
  ])('%s: exactly the published vector', (_what, score) => {
    expect(evidence.probabilities(campaign!, 'rest', { score })).toBe(published.probabilities);
  });

  test('are not asked for by a strategy that uses none', () => {
    const plain = slicesFor({ strategy: { policy: 'thompson', minExploration: 0.1 } }).slices.hero!.campaigns[0]!;
    const ask = () => {
      throw new Error('asked');
    };
    expect(plain.scoring).toBeUndefined();
    expect(evidence.probabilities(plain, 'rest', { score: ask })).toBe(
      plain.initialAllocation.leaves.rest!.probabilities,
    );
  });

  test('blend with what the root published since, for these arms', () => {
    const { armIds, armsKey } = campaign!.initialAllocation;
    const later = allocateCampaign({
      campaignId: 'c',
      armIds,
      armsKey,
      leaves: ['rest'],
      strategy: { policy: 'thompson', modelWeight: 0.3 },
      minExploration: 0.1,
      priors: { a: { alpha: 900, beta: 100 } },
      statistics: new Map(),
      version: 4,
    });
    const p = evidenceFrom(() => later).probabilities(campaign!, 'rest', { score: (_, armId) => SCORES[armId] });
    expect(p[0]!).toBeGreaterThan(0.5);
    expect(evidence.probabilities(campaign!, 'rest', { score: (_, armId) => SCORES[armId] })[0]!).toBeLessThan(0.2);
  });

  test('decide as often as the logged propensity says', () => {
    const counts: Record<string, number> = { a: 0, b: 0, z: 0 };
    const logged: Record<string, number> = {};
    for (let seed = 1; seed <= CALLS; seed++) {
      const [decision] = decide(inputOf(blended, { seed, customer }));
      const { armId, propensityArm } = decision!.chosen!;
      counts[armId]!++;
      logged[armId] = propensityArm;
    }
    const p = evidence.probabilities(campaign!, 'rest', { score: (_, armId) => SCORES[armId] });
    for (const [i, armId] of campaign!.armIds.entries()) {
      expect(logged[armId]).toBe(p[i]);
      // Four standard deviations of 20,000 draws are at most 1.5 points.
      expect(Math.abs(counts[armId]! / CALLS - p[i]!)).toBeLessThan(4 * Math.sqrt((p[i]! * (1 - p[i]!)) / CALLS));
    }
  });

  test('are in the receipt, with the vector they led to: it replays to the bit', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const facts = { requestId: 'r', revision: 1, rules: { hero: 'hash' } };
      const { decisions, receipt } = decideWithReceipt(inputOf(blended, { seed, customer }), facts);
      const stored: Receipt = JSON.parse(JSON.stringify(receipt));
      expect(stored.reads).toEqual([
        ['likes.a', 0.1],
        ['likes.b', 0.6],
        ['likes.z', 0.2],
      ]);
      expect(Object.values(stored.probabilities)[0]).not.toEqual(published.probabilities);
      const [again] = replay(stored, blended.slices);
      expect(again!.chosen!.armId).toBe(decisions[0]!.chosen!.armId);
      expect(again!.chosen!.propensityArm).toBe(decisions[0]!.chosen!.propensityArm);
    }
  });
});

describe('scores as attributes', () => {
  const propensities = (traits: object, request: object = {}) => {
    const { chosen } = decideOnce(blended, { customer: { traits: { ...traits }, request: { ...request } } });
    return chosen!.propensityArm === published.probabilities[campaign!.armIds.indexOf(chosen!.armId)];
  };

  test('of the request hide those of the customer: a newer answer of the model counts', () => {
    const newer = { 'likes.a': 0.9, 'likes.b': 0.1, 'likes.z': 0.1 };
    const [decision] = decide(inputOf(blended, { seed: 1, customer: { ...customer, request: newer } }));
    const p = evidence.probabilities(campaign!, 'rest', { score: (_, armId) => (armId === 'a' ? 0.9 : 0.1) });
    expect(decision!.chosen!.propensityArm).toBe(p[campaign!.armIds.indexOf(decision!.chosen!.armId)]);
    expect(p[0]!).toBeGreaterThan(published.probabilities[0]! + 0.2);
  });

  test('count when every arm has one, 0 and 1 included', () => {
    expect(propensities({ 'likes.a': 0, 'likes.b': 1, 'likes.z': 0.5 })).toBe(false);
  });

  test.each<[string, object]>([
    ['none', {}],
    ['one missing', { 'likes.a': 0.5, 'likes.b': 0.9 }],
    ['null', { 'likes.a': 0.5, 'likes.b': null, 'likes.z': 0.5 }],
    ['text', { 'likes.a': 0.5, 'likes.b': '0.9', 'likes.z': 0.5 }],
    ['a boolean', { 'likes.a': 0.5, 'likes.b': true, 'likes.z': 0.5 }],
    ['a list', { 'likes.a': 0.5, 'likes.b': [0.9], 'likes.z': 0.5 }],
    ['below 0', { 'likes.a': 0.5, 'likes.b': -1e-9, 'likes.z': 0.5 }],
    ['above 1', { 'likes.a': 0.5, 'likes.b': 1.000001, 'likes.z': 0.5 }],
    ['percent', { 'likes.a': 10, 'likes.b': 60, 'likes.z': 20 }],
    ['infinite', { 'likes.a': 0.5, 'likes.b': Number.POSITIVE_INFINITY, 'likes.z': 0.5 }],
    ['no number', { 'likes.a': 0.5, 'likes.b': Number.NaN, 'likes.z': 0.5 }],
  ])('%s: exactly the published vector', (_what, traits) => {
    expect(propensities(traits)).toBe(true);
  });

  test('are read for the campaign that is chosen and draws an arm, and for no other', () => {
    const read: string[] = [];
    const input = inputOf(
      slicesOf(
        configurationOf(
          [
            campaignOf('c', { arms, strategy: { policy: 'thompson', modelWeight: 0.3, minExploration: 0.1 } }),
            campaignOf('winner', { objective: ranked(5) }),
          ],
          { attributes },
        ),
      ),
    );
    const resolve = (path: string) => {
      read.push(path);
      return input.customer.resolve(path);
    };
    const [decision] = decide({ ...input, customer: { ...input.customer, resolve } });
    expect(decision!.chosen!.campaign.id).toBe('winner');
    expect(read).toEqual([]);
  });
});

describe('publishing scores', () => {
  const strategy = { policy: 'thompson', modelWeight: 0.3, minExploration: 0.1 } as const;
  const warningsFor = (extra: Parameters<typeof campaignOf>[1]) => catalogOf(configurationFor(extra)).warnings;
  const scored = (scores: readonly (string | undefined)[]) =>
    configurationFor({ strategy, arms: arms.map((arm, i) => ({ ...arm, score: scores[i] })) });

  test('puts their paths into the slice in the order of the arms, only where a strategy asks for them', () => {
    expect(campaign!.scorePaths).toEqual(['likes.a', 'likes.b', 'likes.z']);
    const plain = slicesFor({ strategy: { policy: 'thompson', minExploration: 0.1 } });
    expect(plain.slices.hero!.campaigns[0]!).not.toHaveProperty('scorePaths');
  });

  test.each([
    [['likes.a', 'likes.c', 'likes.z'], '/campaigns/c/arms/1/score'],
    [['likes.a', undefined, 'likes.z'], '/campaigns/c/arms/1/score'],
    [['likes.a', 'likes.b', 'device.kind'], '/campaigns/c/arms/2/score'],
    [['word', 'likes.b', 'likes.z'], '/campaigns/c/arms/0/score'],
  ])('is refused for %j at %s', (scores, path) => {
    const configuration = scored(scores);
    const declared = [...configuration.attributes, { id: 'word', type: 'string', source: 'any' } as const];
    expect(problemsOf({ ...configuration, attributes: declared }).map((problem) => problem.path)).toEqual([path]);
  });

  test.each<[string, Parameters<typeof campaignOf>[1], readonly string[]]>([
    ['a weight without scores', { strategy, arms: [armOf('a'), armOf('b')] }, ['strategy']],
    [
      'candidates without scores',
      { strategy: { policy: 'epsilon_greedy', epsilon: 0.1, topArms: 2, minExploration: 0 }, arms: [armOf('a')] },
      ['strategy'],
    ],
    ['scores without a weight', { strategy: { policy: 'thompson', minExploration: 0.1 } }, ['arms']],
    ['both', { strategy }, []],
    ['neither', { arms: [armOf('a'), armOf('b')] }, []],
    ['candidates that are one', { strategy: { ...strategy, modelWeight: 0 }, arms: [armOf('a')] }, []],
    [
      'one of several strategies',
      {
        strategyMode: 'rotation',
        strategy: { policy: 'thompson', minExploration: 0.01 },
        strategies: [
          { id: 'one', strategy },
          { id: 'two', strategy: { policy: 'ucb', minExploration: 0 } },
        ],
        arms: [armOf('a'), armOf('b')],
      },
      ['strategyMode', 'strategies'],
    ],
  ])('with %s warns of what has no effect', (_what, extra, fields) => {
    expect(warningsFor(extra).map(({ path }) => path)).toEqual(fields.map((field) => `/campaigns/c/${field}`));
  });
});

describe('slices with scoring', () => {
  const text = (scoring: object) => JSON.stringify({ ...blended.slices.hero, campaigns: [{ ...campaign, scoring }] });

  test('are read back as they were written', () => {
    expect(readRules(JSON.stringify(blended.slices.hero))).toEqual({ ok: true, value: blended.slices.hero });
  });

  test('with paths for other arms than theirs are refused', () => {
    const short = { ...blended.slices.hero, campaigns: [{ ...campaign, scorePaths: ['likes.a'] }] };
    expect(readRules(JSON.stringify(short))).toEqual({ ok: false, reason: 'bad_shape', at: '/campaigns/0/scorePaths' });
  });

  test.each([
    [{ strategy: { policy: 'guess' }, minExploration: 0 }, 'strategy/policy'],
    [{ strategy: { policy: 'thompson', modelWeight: 2 }, minExploration: 0 }, 'strategy/modelWeight'],
    [{ strategy: { policy: 'epsilon_greedy', topArms: 3 }, minExploration: 0 }, 'strategy/epsilon'],
    [{ strategy: { policy: 'epsilon_greedy', epsilon: 0.1, topArms: 0 }, minExploration: 0 }, 'strategy/topArms'],
    [{ strategy: { policy: 'inverse_gap', gamma: -1 }, minExploration: 0 }, 'strategy/gamma'],
    [{ strategy: { policy: 'ucb' } }, 'minExploration'],
  ])('%j is refused', (scoring, at) => {
    expect(readRules(text(scoring))).toEqual({ ok: false, reason: 'bad_shape', at: `/campaigns/0/scoring/${at}` });
  });
});
