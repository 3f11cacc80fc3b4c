/** Bandit or model: whoever is surer decides, with exact propensities, and the receipt says who. */
import { describe, expect, test } from 'vitest';
import type { Allocation } from './bandits/allocation.ts';
import { hybridChoice } from './bandits/hybrid.ts';
import { readRules } from './catalog/read.ts';
import { decide } from './decide.ts';
import { decideWithReceipt, hybridOf, type Receipt, replay } from './receipt.ts';
import type { ModelManifest } from './scoring/manifest.ts';
import { modelScores } from './scoring/served.ts';
import { armOf, campaignOf, configurationOf, problemsOf, slicesOf } from './testing/configuration.ts';
import { inputOf } from './testing/decide-once.ts';
import { evidenceFrom } from './view.ts';

const FLOOR = 0.1;
const score = 'models.likes.probability';
const strategy = { policy: 'thompson' as const, hybrid: true, minExploration: FLOOR };
/** Evidence for a; the model prefers z. */
const arms = [
  armOf('a', { prior: { alpha: 14, beta: 40 }, score }),
  armOf('b', { prior: { alpha: 10, beta: 44 }, score }),
  armOf('z', { prior: { alpha: 9, beta: 38 }, score }),
];
const slices = slicesOf(configurationOf([campaignOf('c', { arms, strategy })]));
const [campaign] = slices.slices.hero!.campaigns;
const { initialAllocation } = campaign!;
const leader = Math.max(...initialAllocation.leaves.rest!.pBest);

const manifest: ModelManifest = {
  format: 1,
  id: 'likes',
  name: 'Likes',
  predicts: 'clicks',
  engine: 'hyperedge',
  file: { sha256: '0'.repeat(64), bytes: 1 },
  inputTensor: 'row',
  inputs: [
    {
      name: 'arm',
      attribute: 'arm.content.text',
      encoding: { kind: 'ordinal', values: ['a', 'b', 'z'] },
      missing: 0,
    },
  ],
  outputs: [{ name: 'probability', tensor: 'p', column: 0, range: [0, 1], kind: 'probability' }],
};

/** A decision with a model whose score of an arm is given, and what the root published of its record. */
function inputWith(
  confidence: Readonly<Record<string, number>> | undefined,
  scoreOf: (arm: number) => number,
  seed = 1,
) {
  const input = inputOf(slices, { seed });
  const opened = {
    inputs: [{ name: 'row', width: 1 }],
    outputs: [{ name: 'p', width: 1 }],
    run: (rows: Float32Array) => ({ p: Float32Array.of(scoreOf(rows[0]!)) }),
  };
  const scores = modelScores({
    models: [{ id: 'likes', versions: [{ version: 3, stage: 'live', manifest: 'm3' }] }],
    served: () => ({ manifest, opened }),
    bucketingId: 'someone',
    armFacts: ({ armId }) => campaign!.armFacts![campaign!.armIds.indexOf(armId)],
    resolve: input.customer.resolve,
  });
  const published: Allocation = {
    ...initialAllocation,
    version: 5,
    leaves: {
      rest: { ...initialAllocation.leaves.rest!, ...(confidence && { modelConfidence: confidence }) },
    },
  };
  return {
    ...input,
    evidence: evidenceFrom(() => published),
    customer: { ...input.customer, resolve: scores.resolve, modelUses: scores.uses, modelVersion: scores.versionOf },
  };
}
const likesZ = (arm: number) => (arm === 2 ? 0.5 : 0.25);
const facts = { requestId: 'r', revision: 1, rules: { hero: 'hash' } };
const receiptOf = (...args: Parameters<typeof inputWith>): Receipt =>
  JSON.parse(JSON.stringify(decideWithReceipt(inputWith(...args), facts).receipt));
const vectorOf = (receipt: Receipt) => Object.values(receipt.probabilities)[0];
const choiceOf = (receipt: Receipt) => hybridOf(receipt, campaign!, 'rest', undefined);
const withFloor = (own: readonly number[]) => own.map((p) => FLOOR / 3 + (1 - FLOOR) * p);

describe('bandit or model', () => {
  test('the model’s best arm, over the floor, where the model is surer', () => {
    const receipt = receiptOf({ 'likes@3': leader + 0.01 }, likesZ);
    expect(vectorOf(receipt)).toEqual(withFloor([0, 0, 1]));
    expect(choiceOf(receipt)).toEqual({
      method: 'model',
      bandit: leader,
      model: leader + 0.01,
      scoredBy: 'likes@3',
    });
  });

  test.each([
    ['as sure and no surer', { 'likes@3': leader }, leader],
    ['without a record in this leaf', undefined, null],
    ['with the record of another version', { 'likes@2': 1 }, null],
    ['with a record that is no confidence', { 'likes@3': 1.5 }, null],
  ])('the bandit as it is published, with a model %s', (_what, confidence, model) => {
    const receipt = receiptOf(confidence, likesZ);
    expect(vectorOf(receipt)).toEqual(initialAllocation.leaves.rest!.probabilities);
    expect(choiceOf(receipt)).toEqual({ method: 'bandit', bandit: leader, model, scoredBy: 'likes@3' });
  });

  test.each([
    ['is broken', () => Number.NaN],
    ['breaks for one arm', (arm: number) => (arm === 1 ? Number.NaN : 0.5)],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('the bandit alone where the model %s, however good its record', (_what, scoreOf) => {
    const receipt = receiptOf({ 'likes@3': 1 }, scoreOf);
    expect(vectorOf(receipt)).toEqual(initialAllocation.leaves.rest!.probabilities);
    expect(choiceOf(receipt)?.method).toBe('bandit');
  });

  test('evenly among arms that the model scores alike', () => {
    expect(vectorOf(receiptOf({ 'likes@3': 1 }, (arm) => (arm === 0 ? 0.25 : 0.5)))).toEqual(withFloor([0, 0.5, 0.5]));
  });

  test('as often as the logged propensity says, and to the bit again from the receipt', () => {
    const counts = new Map<string, number>();
    const calls = 4_000;
    for (let seed = 1; seed <= calls; seed++) {
      const { armId } = decide(inputWith({ 'likes@3': 1 }, likesZ, seed))[0]!.chosen!;
      counts.set(armId, (counts.get(armId) ?? 0) + 1);
    }
    for (const [i, p] of withFloor([0, 0, 1]).entries()) {
      const share = (counts.get(campaign!.armIds[i]!) ?? 0) / calls;
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / calls));
    }
    const receipt = receiptOf({ 'likes@3': 1 }, likesZ, 7);
    expect(replay(receipt, slices.slices)[0]!.chosen!.propensityArm).toBe(receipt.chosen.hero!.propensityArm);
  });
});

test('a slice with a model that reads the arms is read as it was written', () => {
  expect(campaign!.armFacts).toHaveLength(3);
  expect(readRules(JSON.stringify(slices.slices.hero))).toMatchObject({ ok: true });
});

test('a receipt keeps what the chosen arm’s score was made of, whatever else there is no room for', () => {
  const input = inputWith(undefined, likesZ);
  let asked: unknown;
  const modelUses: NonNullable<typeof input.customer.modelUses> = (chosen) => {
    asked = chosen;
    return {};
  };
  const { receipt } = decideWithReceipt({ ...input, customer: { ...input.customer, modelUses } }, facts);
  expect(asked).toEqual([{ campaignId: 'c', armId: receipt.chosen.hero!.armId }]);
});

describe('hybridChoice', () => {
  test('takes a model that is no better than a coin for none, however little the bandit knows of many arms', () => {
    const methodAt = (model: number) =>
      hybridChoice({ pBest: new Array(10).fill(0.1), modelConfidence: { 'm@1': model } }, 'm@1', true).method;
    expect([0.4, 0.5, 0.51].map(methodAt)).toEqual(['bandit', 'bandit', 'model']);
  });

  test('names the names that every object has only where they are there', () => {
    expect(hybridChoice({ pBest: [0.1], modelConfidence: {} }, 'constructor', true).model).toBeNull();
  });
});

describe('publishing a hybrid strategy', () => {
  const detailOf = (extra: Parameters<typeof campaignOf>[1]) =>
    problemsOf(configurationOf([campaignOf('c', { arms, strategy, ...extra })])).map(({ path, detail }) => [
      path,
      detail,
    ]);

  test('takes scores of one model', () => {
    expect(detailOf({})).toEqual([]);
    const [a, b, z] = arms;
    const mixed = [a!, b!, { ...z!, score: 'models.other.probability' }];
    expect(detailOf({ arms: mixed })).toEqual([
      ['/campaigns/c/strategy/hybrid', expect.stringContaining('scores of one model')],
    ]);
  });

  test('tells of a score that all arms share once, at the campaign', () => {
    expect(
      detailOf({ score: 'models.likes', arms: arms.map((arm) => ({ ...arm, score: 'models.likes' })) }).map(
        ([path]) => path,
      ),
    ).toEqual(['/campaigns/c/strategy/hybrid', '/campaigns/c/score']);
  });

  test('refuses it beside a blend, and for rewards that no score is of', () => {
    expect(detailOf({ strategy: { ...strategy, modelWeight: 0.3 } })).toEqual([
      ['/campaigns/c/strategy/hybrid', expect.stringContaining('must not stand beside "modelWeight"')],
    ]);
    const objective = {
      goal: 'click',
      conversionWeight: 1,
      revenueWeight: 0,
      priority: 0,
      reward: { kind: 'revenue' as const },
    };
    expect(detailOf({ objective: objective as never }).map(([path]) => path)).toContain('/campaigns/c/strategy/hybrid');
  });
});
