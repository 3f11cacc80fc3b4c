/** The customer's scores at the decision: what they change, what they leave alone, and that a receipt needs none of them. */
import { describe, expect, test } from 'vitest';
import { allocateCampaign } from './bandits/allocate.ts';
import { readRules } from './catalog/read.ts';
import { decide } from './decide.ts';
import { decideWithReceipt, type Receipt, replay } from './receipt.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from './testing/configuration.ts';
import { inputOf } from './testing/decide-once.ts';
import { evidenceFrom } from './view.ts';

const SCORES: Readonly<Record<string, number>> = { a: 0.1, b: 0.6, z: 0.2 };
const arms = [
  armOf('a', { prior: { alpha: 12, beta: 40 } }),
  armOf('b', { prior: { alpha: 10, beta: 44 } }),
  armOf('z', { prior: { alpha: 9, beta: 38 } }),
];
const slicesFor = (strategy: Parameters<typeof campaignOf>[1]) =>
  slicesOf(configurationOf([campaignOf('c', { arms, ...strategy })]));
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
      const input = inputOf(blended, { seed });
      const customer = { ...input.customer, score: (id: string, armId: string) => (id === 'c' ? SCORES[armId] : 1) };
      const [decision] = decide({ ...input, customer });
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

  test('are in the receipt as the vector they led to: it replays to the bit without them', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const input = inputOf(blended, { seed });
      const customer = { ...input.customer, score: (_: string, armId: string) => SCORES[armId] };
      const facts = { requestId: 'r', revision: 1, rules: { hero: 'hash' } };
      const { decisions, receipt } = decideWithReceipt({ ...input, customer }, facts);
      const stored: Receipt = JSON.parse(JSON.stringify(receipt));
      expect(Object.values(stored.probabilities)[0]).not.toEqual(published.probabilities);
      const [again] = replay(stored, blended.slices);
      expect(again!.chosen!.armId).toBe(decisions[0]!.chosen!.armId);
      expect(again!.chosen!.propensityArm).toBe(decisions[0]!.chosen!.propensityArm);
    }
  });
});

describe('slices with scoring', () => {
  const text = (scoring: object) => JSON.stringify({ ...blended.slices.hero, campaigns: [{ ...campaign, scoring }] });

  test('are read back as they were written', () => {
    expect(readRules(JSON.stringify(blended.slices.hero))).toEqual({ ok: true, value: blended.slices.hero });
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
