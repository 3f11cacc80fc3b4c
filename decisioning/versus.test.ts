import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { modelPath } from './scoring/paths.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from './testing/configuration.ts';
import { inputOf } from './testing/decide-once.ts';
import { versusOf } from './versus.ts';
import type { CustomerView } from './view.ts';

/** Evidence for a; the score of z is the highest. */
const SCORES: Readonly<Record<string, number>> = { a: 0.1, b: 0.1, z: 0.3 };
const armsWith = (score: (id: string) => string) => [
  armOf('a', { prior: { alpha: 14, beta: 40 }, score: score('a') }),
  armOf('b', { prior: { alpha: 10, beta: 44 }, score: score('b') }),
  armOf('z', { prior: { alpha: 9, beta: 38 }, score: score('z') }),
];

function chosenBy(strategy: object, seed: number, view: Partial<CustomerView> = {}) {
  const arms = armsWith((id) => `models.likes.${id}`);
  const slices = slicesOf(configurationOf([campaignOf('c', { arms, strategy: strategy as never })]));
  const input = inputOf(slices, { seed });
  const customer: CustomerView = {
    ...input.customer,
    resolve: (path) => SCORES[modelPath(path)?.output ?? ''] ?? input.customer.resolve(path),
    ...view,
  };
  const [{ chosen } = { chosen: null }] = decide({ ...input, customer });
  return { chosen: chosen!, versus: versusOf(chosen!, customer, input.evidence) };
}

const hybrid = { policy: 'thompson', hybrid: true, minExploration: 0.1 };

describe('what a choice tells of bandit and model', () => {
  test('is by the propensity of its arm, and on the mean over all draws nothing', () => {
    const seen = new Map<string, { propensity: number; versus: number | undefined }>();
    for (let seed = 0; seed < 200; seed += 1) {
      const { chosen, versus } = chosenBy(hybrid, seed);
      seen.set(chosen.armId, { propensity: chosen.propensityArm, versus });
    }
    const of = (arm: string) => seen.get(arm)!;
    expect(of('z').versus).toBeCloseTo(1 / of('z').propensity, 9);
    expect(of('a').versus).toBeCloseTo(-1 / of('a').propensity, 9);
    expect(of('b').versus).toBe(0);
  });

  test('is nothing where no strategy chooses between them, and where an arm was kept from before', () => {
    expect(chosenBy({ ...hybrid, hybrid: false }, 1).versus).toBeUndefined();
    const { chosen } = chosenBy(hybrid, 1);
    expect(versusOf({ ...chosen, sticky: true }, inputOf(slicesOf(configurationOf([]))).customer, {} as never)).toBe(
      undefined,
    );
  });

  test('is nothing where an arm has no score', () => {
    expect(chosenBy(hybrid, 1, { resolve: () => undefined }).versus).toBeUndefined();
  });
});
