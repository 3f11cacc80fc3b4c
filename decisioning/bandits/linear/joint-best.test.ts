import { describe, expect, test } from 'vitest';
import { testRandom } from '../../testing/seeds.ts';
import { packedLength } from './cholesky.ts';
import { armEffects } from './effects.ts';
import { jointBest } from './joint-best.ts';
import type { JointEffects } from './predict.ts';

/** Arms of parameters with so many values each, but those that are left out, and seeded beliefs of their effects that vary together. */
function beliefs(shape: readonly number[], leaveOut: (arm: number) => boolean, pairs = false): JointEffects {
  const random = testRandom(shape.length);
  const parameters = shape.map((values, i) => ({
    id: `p${i}`,
    values: Array.from({ length: values }, (_, j) => `${j}`),
  }));
  const all = Array.from({ length: shape.reduce((product, values) => product * values, 1) }, (_, arm) => arm);
  const valuesOf = (arm: number) => {
    let rest = arm;
    return shape.map((values) => {
      const value = rest % values;
      rest = Math.floor(rest / values);
      return value;
    });
  };
  const kept = all.filter((arm) => !leaveOut(arm)).map((arm) => [`arm-${arm}`, valuesOf(arm)] as const);
  const armIds = kept.map(([id]) => id);
  const { width, arms } = armEffects(
    { parameters, arms: Object.fromEntries(kept) },
    armIds,
    pairs ? [['p0', 'p1']] : [],
  );
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const factor = Array.from({ length: width }, () => Array.from({ length: 3 }, () => 0.05 * normal()));
  const covariance = new Float64Array(packedLength(width));
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++)
      covariance[packedLength(i) + j] =
        factor[i]!.reduce((sum, value, k) => sum + value * factor[j]![k]!, 0) + (i === j ? 0.01 : 0);
  return { width, arms, covariance, means: Float64Array.from({ length: width }, () => 0.05 * normal()) };
}

/** Shares of independent draws; the covariance's own factor, computed here. */
function drawn({ width, arms, covariance, means }: JointEffects, draws: number): number[] {
  const factor = Array.from({ length: width }, () => new Float64Array(width));
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = covariance[packedLength(i) + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!;
      factor[i]![j] = i === j ? Math.sqrt(sum) : sum / factor[j]![j]!;
    }
  const random = testRandom(97);
  const wins = arms.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    const z = Array.from(
      { length: width },
      () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()),
    );
    const effects = factor.map((row, i) => means[i]! + row.reduce((sum, value, k) => sum + value * z[k]!, 0));
    const scores = arms.map((own) => own.reduce((sum, effect) => sum + effects[effect]!, 0));
    wins[scores.indexOf(Math.max(...scores))]! += 1;
  }
  return wins.map((count) => count / draws);
}

const worst = (one: ArrayLike<number>, other: readonly number[]) =>
  Math.max(...other.map((share, i) => Math.abs(share - one[i]!)));
const all = () => false;

describe('jointBest', () => {
  test.each([
    ['a few arms', beliefs([3, 3, 2], all), 0.005],
    ['one parameter of forty values', beliefs([40], all), 0.01],
    ['a grid of 125 arms', beliefs([5, 5, 5], all), 0.01],
    ['a grid with holes', beliefs([4, 4, 4], (arm) => arm % 7 === 3), 0.01],
    ['512 arms with a pair of parameters', beliefs([2, 2, 2, 2, 2, 2, 2, 2, 2], all, true), 0.01],
  ])('is the share of independent joint draws: %s', (_title, joint, bound) => {
    const shares = jointBest(joint, { scale: 1, width: 1 });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(worst(shares, drawn(joint, 20_000))).toBeLessThan(bound + 0.005);
  });

  test.each([
    ['whole', all],
    ['with holes', (arm: number) => arm % 7 === 3],
    ['that begins with holes', (arm: number) => arm < 20],
  ])('finds the same winners on a grid %s as by looking through all arms', (_title, leaveOut) => {
    const joint = beliefs([4, 4, 4], leaveOut);
    const shifts = joint.arms.map(() => 0);
    expect(jointBest(joint, { scale: 0.7, width: 1.3 })).toEqual(jointBest(joint, { scale: 0.7, width: 1.3, shifts }));
  });
});
