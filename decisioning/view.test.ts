import { describe, expect, test } from 'vitest';
import type { Allocation } from './bandits/allocation.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from './testing/configuration.ts';
import { evidenceFrom } from './view.ts';

const { slices } = slicesOf(
  configurationOf([
    campaignOf('c', { contexts: [{ id: 'gold', condition: { plan: 'gold' } }], arms: [armOf('a'), armOf('b')] }),
  ]),
);
const campaign = slices.hero!.campaigns[0]!;
const { initialAllocation } = campaign;
const leaf = { ...initialAllocation.leaves.rest!, probabilities: [0.25, 0.75], expectedRate: 0.9 };
const learned: Allocation = { ...initialAllocation, version: 7, leaves: { gold: leaf, rest: leaf } };

describe('evidenceFrom', () => {
  test('answers from what was published', () => {
    const evidence = evidenceFrom((id) => (id === 'c' ? learned : undefined));
    expect(evidence.probabilities(campaign, 'gold')).toEqual([0.25, 0.75]);
    expect(evidence.expected(campaign, 'rest')).toEqual({ rate: 0.9, revenueMinor: 0, version: 7 });
  });

  test('passes over nothing published, and what was learned for other arms', () => {
    for (const published of [undefined, { ...learned, armsKey: 'other' }]) {
      const evidence = evidenceFrom(() => published);
      expect(evidence.probabilities(campaign, 'gold')).toEqual([0.5, 0.5]);
      expect(evidence.expected(campaign, 'gold')).toMatchObject({ rate: 0.5, version: 0 });
    }
  });

  test('takes a leaf that the published allocation lacks from the initial one, whatever the leaf is called', () => {
    const id = 'constructor';
    const named = {
      ...campaign,
      initialAllocation: { ...initialAllocation, leaves: { [id]: initialAllocation.leaves.rest! } },
    };
    const evidence = evidenceFrom(() => ({ ...learned, leaves: { rest: leaf } }));
    expect(evidence.probabilities(named, id)).toEqual([0.5, 0.5]);
  });

  test('refuses a leaf that nobody knows, inherited names included', () => {
    const evidence = evidenceFrom(() => learned);
    for (const id of ['nowhere', 'constructor', 'toString'])
      expect(() => evidence.probabilities(campaign, id)).toThrow(`campaign c has no leaf ${id}`);
  });
});
