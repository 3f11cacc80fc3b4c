import { expect, test } from 'vitest';
import { campaignOf, configurationOf, slicesOf } from '../../decisioning/testing/configuration.ts';
import type { ExplainedCandidate } from '../../durable-objects/customer/protocol.ts';
import { drawNow, MAX_EXPLAINED_ARMS } from './candidate-answer.ts';
import type { EdgeCatalog } from './catalog.ts';
import type { PlacementSlices } from './slices.ts';

/** What is told of a campaign with so many arms, the later ones twice as likely as the earlier ones. */
function told(count: number, candidate: Partial<ExplainedCandidate> = {}) {
  const [sample] = campaignOf('c').arms;
  const arms = Array.from({ length: count }, (_, i) => ({ ...sample!, id: `arm-${i}` }));
  const weights = Object.fromEntries(arms.map(({ id }, i) => [id, i < count / 2 ? 1 : 2]));
  const strategy = { policy: 'fixed_split' as const, weights, minExploration: 0 };
  const rules = Object.values(slicesOf(configurationOf([campaignOf('c', { arms, strategy })])).slices)[0]!;
  const [catalog, slice] = [{ allocations: new Map() }, { rules: { rules } }] as unknown as [
    EdgeCatalog,
    PlacementSlices,
  ];
  return drawNow({ campaignId: 'c', reason: null, leaf: 'rest', ...candidate }, catalog, slice);
}

test('of up to 64 arms all are told', () => {
  const { arms, ...rest } = told(MAX_EXPLAINED_ARMS);
  expect(arms).toHaveLength(MAX_EXPLAINED_ARMS);
  expect(rest).toEqual({});
});

test('of more the likeliest are told, in the order of the campaign, and how many are not', () => {
  const { arms = [], armsLeftOut } = told(100);
  const expected = [...Array(14).keys(), ...Array.from({ length: 50 }, (_, i) => 50 + i)].map((i) => `arm-${i}`);
  expect(arms.map(({ arm }) => arm)).toEqual(expected);
  expect(armsLeftOut).toBe(36);
});

test('the arm that a customer keeps is among them', () => {
  const { arms = [] } = told(512, { kept: { armId: 'arm-3', untilMs: 1 } });
  expect(arms.find(({ arm }) => arm === 'arm-3')?.probability).toBe(1);
  expect(arms).toHaveLength(MAX_EXPLAINED_ARMS);
});

test('scores that are not from 0 to 1 are not told: they do not count', () => {
  const { arms = [] } = told(5, { scores: { 'arm-0': 0, 'arm-1': 1, 'arm-2': -0.1, 'arm-3': 70 } });
  expect(arms.map(({ score }) => score)).toEqual([0, 1, undefined, undefined, undefined]);
});
