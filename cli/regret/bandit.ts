/** A world of arms with fixed rates, and what a policy loses in it by not knowing them. */
import type { AllocationStrategy } from '../../decisioning/bandits/allocation.ts';
import { withFloor } from '../../decisioning/bandits/floor.ts';
import { probabilityBest } from '../../decisioning/bandits/p-best.ts';
import { policyFor } from '../../decisioning/bandits/policies.ts';
import { posteriorMean } from '../../decisioning/bandits/posterior.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';

/** Rates of the ten arms: one good, three fair, six poor. Uniform choice loses 1,320 conversions in 20,000. */
export const BERNOULLI_RATES: readonly number[] = [0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01];

/** Points of a curve. */
export const CURVE_POINTS = 50;

/** A policy as it competes. */
export interface Contender {
  readonly name: string;
  readonly strategy: AllocationStrategy;
  /** Exploration floor, [0, 1). */
  readonly floor: number;
}

/**
 * Expected conversions lost against always choosing the best arm, learning after every single choice.
 *
 * @param horizon choices to make, at least {@link CURVE_POINTS}.
 * @returns the cumulative regret after each fiftieth of the horizon.
 */
export function regretCurve(
  { strategy, floor }: Contender,
  rates: readonly number[],
  horizon: number,
  seed: number,
): number[] {
  const random = seededRandom(seed.toString(16).padStart(32, '7'));
  const policy = policyFor(strategy);
  const armIds = rates.map((_, i) => `arm-${i}`);
  const posteriors = rates.map(() => ({ alpha: 1, beta: 1 }));
  const best = Math.max(...rates);
  const curve: number[] = [];
  const evidence = {
    armIds,
    posteriors,
    get means() {
      return posteriors.map(posteriorMean);
    },
    // Only Thompson sampling asks for it, and it is most of the work.
    get pBest() {
      return probabilityBest(posteriors);
    },
  };
  let regret = 0;
  for (let choice = 1; choice <= horizon; choice++) {
    const arm = drawIndex(withFloor(policy.probabilities({ leaf: 'rest' }, evidence), floor), random.next());
    const rate = rates[arm]!;
    regret += best - rate;
    if (random.next() < rate) posteriors[arm]!.alpha++;
    else posteriors[arm]!.beta++;
    if (choice >= ((curve.length + 1) * horizon) / CURVE_POINTS) curve.push(regret);
  }
  return curve;
}

/** Mean curve of several runs, and the final regret's mean with its standard error. */
export interface Regret {
  readonly name: string;
  readonly curve: readonly number[];
  readonly mean: number;
  /** Standard error of the mean; 0 for one run. */
  readonly standardError: number;
}

/** @param curves one per run, at least one. */
export function regretOf(name: string, curves: readonly (readonly number[])[]): Regret {
  const runs = curves.length;
  const curve = curves[0]!.map((_, point) => curves.reduce((sum, each) => sum + each[point]!, 0) / runs);
  const mean = curve.at(-1)!;
  const squares = curves.reduce((sum, each) => sum + (each.at(-1)! - mean) ** 2, 0);
  return { name, curve, mean, standardError: runs > 1 ? Math.sqrt(squares / (runs - 1) / runs) : 0 };
}
