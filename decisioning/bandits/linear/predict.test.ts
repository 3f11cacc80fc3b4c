import { describe, expect, test } from 'vitest';
import { type FeatureSpec, featureSet } from '../../features/features.ts';
import { allocateLinear } from './allocate-linear.ts';
import { momentsName, trialMoments } from './moments.ts';
import { predictionAmong, predictor } from './predict.ts';

const x: FeatureSpec = { id: 'x', attribute: 'x', type: 'number', center: 0, scale: 1 };
const features = featureSet([x])!;
const armIds = ['a', 'b', 'c'];

function modelAfter(value: number) {
  const sums = new Map([
    ['rest', new Map(armIds.map((id) => [id, { [momentsName(features.key)]: trialMoments([1_000, value]) }]))],
  ]);
  const strategy = { policy: 'linear_ucb', alpha: 0.3 } as const;
  return allocateLinear({ campaignId: 'c', armIds, leaves: ['rest'], features, sums, strategy })!;
}

describe('the prediction for a customer', () => {
  test('is made once for the choice and for whoever asks why, and anew for another customer, model or number of arms', () => {
    const [predict, model] = [predictor(), modelAfter(500)];
    const vector = { key: features.key, z: [1_000, 2_000] };
    const first = predict(model, armIds.length, vector)!;
    expect(predict(model, armIds.length, vector)).toBe(first);
    const other = predict(model, armIds.length, { ...vector, z: [1_000, -9] })!;
    expect(other.deviations).not.toEqual(first.deviations);
    expect(predict(modelAfter(4_000), armIds.length, vector)!.deviations).not.toEqual(first.deviations);
    expect(predict(model, armIds.length + 1, vector)).toBeUndefined();
    expect(predict(model, armIds.length, vector)).toEqual(first);
  });

  test('is none without a model, without features, or with those of another declaration', () => {
    const predict = predictor();
    expect(predict(undefined, 3, { key: features.key, z: [1_000, 0] })).toBeUndefined();
    expect(predict(modelAfter(500), 3, undefined)).toBeUndefined();
    expect(predict(modelAfter(500), 3, { key: 'another', z: [1_000, 0] })).toBeUndefined();
  });

  test('keeps the order of the arms that are available', () => {
    const whole = { means: Float64Array.of(1, 2, 3), deviations: Float64Array.of(4, 5, 6), noise: 1 };
    expect(predictionAmong(whole, [true, false, true])).toEqual({
      means: Float64Array.of(1, 3),
      deviations: Float64Array.of(4, 6),
      noise: 1,
    });
    expect(predictionAmong(whole, undefined)).toBe(whole);
  });
});
