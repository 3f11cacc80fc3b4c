/** Features on their way through a decision: read, chosen by, kept, and replayed from the receipt. */
import { describe, expect, test } from 'vitest';
import { allocateCampaign } from './bandits/allocate.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import { addStatistics, emptyStatistics } from './bandits/statistics.ts';
import type { CampaignConfiguration } from './catalog/configuration.ts';
import { namedFeatures } from './features/features.ts';
import { decideWithReceipt, drawOf, replay } from './receipt.ts';
import { allocatePolicy } from './strategies/allocate-policy.ts';
import { armOf, campaignOf, catalogOf, configurationOf, slicesOf } from './testing/configuration.ts';
import type { TestCustomer } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';
import { sumsOf } from './testing/moments.ts';
import { testRandom } from './testing/seeds.ts';
import { evidenceFrom } from './view.ts';

const features = [
  { id: 'age', attribute: 'age', type: 'number', center: 40, scale: 10 },
  { id: 'plan', attribute: 'plan', type: 'category', values: ['gold'] },
] as const;
const attributes = [
  { id: 'age', type: 'number', source: 'any' },
  { id: 'plan', type: 'string', source: 'any' },
] as const;
const LINEAR = { policy: 'linear_ucb', alpha: 0.1, minExploration: 0.02 } as const;

const documentOf = (extra: Partial<CampaignConfiguration> = {}) =>
  configurationOf([campaignOf('c', { strategy: LINEAR, features, arms: [armOf('young'), armOf('old')], ...extra })], {
    attributes,
  });

/** Two hundred trials an arm: each arm is liked on its own side of forty. */
function learnedOf(document: ReturnType<typeof documentOf>, leaves = ['rest']) {
  const policy = catalogOf(document).policies[0]!;
  const random = testRandom(3);
  const trialsOf = (side: number) =>
    Array.from({ length: 200 }, () => {
      const age = Math.round((random.next() * 4 - 2) * 1_000);
      return { z: [1_000, age, 0], y: random.next() < (Math.sign(age) === side ? 0.8 : 0.1) ? 1 : 0 };
    });
  const arms = { young: trialsOf(-1), old: trialsOf(1) };
  const byLeaf = <T>(of: (trials: (typeof arms)['old']) => T) =>
    new Map(leaves.map((leaf) => [leaf, new Map(Object.entries(arms).map(([id, trials]) => [id, of(trials)]))]));
  const statistics = byLeaf((trials) =>
    addStatistics(emptyStatistics, { trials: trials.length, conversions: trials.filter(({ y }) => y === 1).length }),
  );
  return { policy, statistics, sums: byLeaf((trials) => sumsOf(policy.features!, trials)) };
}

function evidenceOf(document: ReturnType<typeof documentOf>) {
  const { policy, ...learned } = learnedOf(document);
  const allocation = allocateCampaign({ ...policy, ...learned, version: 7 });
  return evidenceFrom(() => allocation);
}

describe('a campaign with features', () => {
  const document = documentOf();
  const slices = slicesOf(document);
  const evidence = evidenceOf(document);
  const chosenFor = (traits: TestCustomer['traits'], seed = 1) =>
    decideOnce(slices, { customer: { traits: traits ?? {} }, evidence, seed }).chosen!;

  test('chooses by what it predicts for the customer, under the floor, and keeps what it has read', () => {
    for (const [age, arm] of [
      [25, 'young'],
      [60, 'old'],
    ] as const) {
      const chosen = chosenFor({ age, plan: 'gold' });
      expect(chosen.armId).toBe(arm);
      expect(chosen.propensityArm).toBeCloseTo(0.99, 12);
      expect(chosen.features).toEqual({ key: chosen.campaign.features!.key, z: [1_000, (age - 40) * 100, 1_000] });
    }
  });

  test('decides for a customer of whom nothing is known', () => {
    expect(chosenFor({}).features!.z).toEqual([1_000, 0, 0]);
  });

  test('replays to the bit from its receipt, which holds what was read', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const customer = { traits: { age: 20 + seed, plan: seed % 2 ? 'gold' : 'none', mail: 'someone@shop.example' } };
      const { decisions, receipt } = decideWithReceipt(inputOf(slices, { customer, evidence, seed }), {
        requestId: 'r',
        revision: 1,
        rules: { hero: 'hash' },
      });
      expect(JSON.stringify(receipt)).not.toContain('someone@');
      expect(receipt.reads).toContainEqual(['age', 20 + seed]);
      const [again] = replay(JSON.parse(JSON.stringify(receipt)), slices.slices);
      expect(again!.chosen).toEqual(decisions[0]!.chosen);
    }
  });

  test('keeps in its receipt what was predicted of each arm: estimate and margin say why it was shown', () => {
    const customer = { traits: { age: 60, plan: 'gold' } };
    const facts = { requestId: 'r', revision: 1, rules: { hero: 'hash' } };
    const { decisions, receipt } = decideWithReceipt(inputOf(slices, { customer, evidence }), facts);
    const chosen = decisions[0]!.chosen!;
    const told = drawOf(JSON.parse(JSON.stringify(receipt)), chosen.campaign, chosen.leaf, undefined)!;
    const predicted = evidence.estimates!(chosen.campaign, chosen.leaf, chosen.features!)!;
    expect(told.map(({ armId, estimate }) => [armId, estimate])).toEqual([
      ['young', predicted[0]],
      ['old', predicted[1]],
    ]);
    const indices = predicted.map(({ estimate, margin }) => estimate + margin!);
    expect(chosen.armId).toBe('old');
    expect(indices[1]).toBeGreaterThan(indices[0]!);
    expect(told[1]!.probability).toBe(chosen.propensityArm);
    expect(namedFeatures(chosen.campaign.features!, chosen.features!)).toEqual({ age: 2, 'plan=gold': 1 });
    // What predicts nothing keeps nothing.
    const before = decideWithReceipt(inputOf(slices, { customer }), facts).receipt;
    expect(before).not.toHaveProperty('estimates');
    expect(drawOf(before, chosen.campaign, chosen.leaf, undefined)![1]).toEqual({ armId: 'old', probability: 0.5 });
  });

  test('keeps only the prediction for the chosen arm where there are more than 64', () => {
    const arms = Array.from({ length: 65 }, (_, i) => armOf(i === 0 ? 'young' : i === 1 ? 'old' : `arm-${i}`));
    const many = documentOf({ arms });
    const input = inputOf(slicesOf(many), { customer: { traits: { age: 60 } }, evidence: evidenceOf(many) });
    const { decisions, receipt } = decideWithReceipt(input, { requestId: 'r', revision: 1, rules: { hero: 'hash' } });
    const { campaign, leaf, armId } = decisions[0]!.chosen!;
    const told = drawOf(receipt, campaign, leaf, undefined)!;
    expect(told.filter(({ estimate }) => estimate).map((arm) => arm.armId)).toEqual([armId]);
    expect(told).toHaveLength(65);
  });

  test('keeps the features of the assignment with a sticky repeat, and reads none', () => {
    const sticky = slicesOf(documentOf({ sticky: { mode: 'days', days: 2 } }));
    const kept = { key: 'aaaaaaaa', z: [1_000, -1_500, 0] };
    const assignment = { armId: 'young', leaf: 'rest', propensityArm: 0.4, periodKey: 'days:1', untilMs: NOON_MS + 1 };
    const customer = { traits: { age: 60 }, assignments: { c: { ...assignment, features: kept } } };
    const { decisions, receipt } = decideWithReceipt(inputOf(sticky, { customer, evidence }), {
      requestId: 'r',
      revision: 1,
      rules: { hero: 'hash' },
    });
    expect(decisions[0]!.chosen).toMatchObject({ armId: 'young', sticky: true, propensityArm: 0.4, features: kept });
    expect(receipt.reads.map(([path]) => path)).not.toContain('age');
  });

  test('records none for a held-out customer, whose trial is no arm’s', () => {
    const held = slicesOf({ ...documentOf(), settings: { ...document.settings, holdout: 0.5 } });
    const chosen = Array.from(
      { length: 40 },
      (_, i) => decideOnce(held, { customer: { bucketingId: `id-${i}`, traits: { age: 60 } }, evidence }).chosen!,
    );
    expect(chosen.filter(({ armId }) => armId === HOLDOUT_ARM).length).toBeGreaterThan(5);
    for (const { armId, features: kept } of chosen) expect(kept === undefined).toBe(armId === HOLDOUT_ARM);
  });
});

describe('several strategies', () => {
  const strategies = [
    { id: 'plain', share: 0.5, strategy: { policy: 'thompson', minExploration: 0.02 } },
    { id: 'linear', share: 0.5, strategy: LINEAR },
  ] as const;
  const document = documentOf({ strategies, strategy: { policy: 'thompson', minExploration: 0.01 } });
  const slices = slicesOf(document);
  const { policy, ...learned } = learnedOf(document, ['plain/rest', 'linear/rest']);
  const allocation = allocatePolicy(policy, learned, 7);
  const evidence = evidenceFrom(() => allocation);

  test('each have a model of their own, if they are linear at all', () => {
    expect(Object.keys(allocation.linear!)).toEqual(['linear']);
  });

  test('choose by features under the linear one alone, and record them under both', () => {
    const leaves = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const customer = { bucketingId: `id-${i}`, traits: { age: 60 } };
      const { leaf, propensityArm, armId, features: kept } = decideOnce(slices, { customer, evidence }).chosen!;
      leaves.add(leaf);
      expect(kept!.z).toEqual([1_000, 2_000, 0]);
      if (leaf === 'linear/rest') expect(propensityArm).toBeCloseTo(armId === 'old' ? 0.99 : 0.01, 12);
      else expect(allocation.leaves[leaf]!.probabilities).toContain(propensityArm);
    }
    expect([...leaves].toSorted()).toEqual(['linear/rest', 'plain/rest']);
  });
});
