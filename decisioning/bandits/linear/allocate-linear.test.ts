import { describe, expect, test } from 'vitest';
import { featureSet } from '../../features/features.ts';
import { type RewardSpec, rewardInteger } from '../rewards/reward.ts';
import { allocateLinear } from './allocate-linear.ts';
import { momentReward, momentsName, rewardMoments, trialMoments } from './moments.ts';

const features = featureSet([{ id: 'x', attribute: 'x', type: 'boolean' }])!;
const TRIALS = 1_000_000;

/** The model of one arm after a million customers, x or not in equal parts, of whom those with x reach `a` and the others `b`. */
function modelOf(reward: RewardSpec, counted: RewardSpec = reward) {
  const of = (z: readonly number[], goal: string) => {
    const integer = rewardInteger(counted, 'a', { [goal]: { count: 3, value: 0 } });
    const change = rewardMoments(z, 0, momentReward(counted, integer));
    return trialMoments(z).map((value, i) => ((value + change[i]!) * TRIALS) / 2);
  };
  const [known, other] = [of([1_000, 1_000], 'a'), of([1_000, 0], 'b')];
  const sums = { [momentsName(features.key, counted)]: known.map((value, i) => value + other[i]!) };
  return allocateLinear({
    campaignId: 'c',
    armIds: ['one'],
    leaves: ['rest'],
    strategy: { policy: 'linear_ucb', alpha: 0.3, ridge: 0.000_001 },
    features,
    reward,
    sums: new Map([['rest', new Map([['one', sums]])]]),
  });
}

describe('a linear model', () => {
  test.each<[string, RewardSpec, number, number]>([
    ['conversions', { kind: 'binary' }, 1, 0],
    ['counts', { kind: 'count', max: 1_000 }, 3, 0],
    ['weights in thousandths', { kind: 'composite', weights: { a: 2.5, b: -0.5 } }, 2.5, -0.5],
    ['large weights', { kind: 'composite', weights: { a: 1_000, b: -999 } }, 1_000, -999],
  ])('of %s predicts rewards in their own unit', (_, reward, withX, without) => {
    const { coefficients, noise } = modelOf(reward)!;
    expect(coefficients[0]).toBeCloseTo(without, 5);
    expect(coefficients[0]! + coefficients[1]!).toBeCloseTo(withX, 5);
    expect(noise).toBeLessThan(0.01);
  });

  test('learns nothing from what was counted under another reward', () => {
    expect(modelOf({ kind: 'count', max: 5 }, { kind: 'count', max: 6 })).toBeUndefined();
  });
});
