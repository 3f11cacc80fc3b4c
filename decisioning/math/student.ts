import { betaQuantile } from './beta-quantile.ts';

/**
 * The t with P(|T| ≤ t) = mass for Student's distribution, to 1e-10 relative: T² / (ν + T²) is Beta(½, ν / 2).
 *
 * @param mass in [0, 1), e.g. 0.95.
 * @param degreesOfFreedom ν > 0, need not be an integer. NaN outside.
 */
export function studentCritical(mass: number, degreesOfFreedom: number): number {
  if (!(mass >= 0 && mass < 1)) return Number.NaN;
  const share = betaQuantile(mass, 0.5, degreesOfFreedom / 2);
  return Math.sqrt((degreesOfFreedom * share) / (1 - share));
}
