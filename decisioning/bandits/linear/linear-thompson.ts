import { jointBest } from './joint-best.ts';
import type { LinearPolicy } from './linear-policy.ts';
import { normalBest } from './normal-best.ts';

/**
 * Linear Thompson sampling (Agrawal and Goyal, 2013): each arm with the probability that its reward is the largest when coefficients are
 * sampled from N(θ, v²A⁻¹), in the reward's unit. With one model per arm the rewards xᵀθ are independent normals and the probabilities a
 * quadrature, exact to 0.001; with parameters arms vary together, and the policy is the winners among a fixed set of joint draws
 * (`joint-best.ts`), whose shares are its probabilities exactly.
 *
 * With the customer's scores m: (1 − w)·xᵀθ + w·m.
 *
 * @param v in the reward's unit, above 0; undefined is the standard deviation of rewards around the model, which makes N(θ, v²A⁻¹) their
 *   posterior.
 * @param modelWeight w in [0, 1); 0 is the model alone.
 * @throws RangeError for a v that is not above 0 or not finite.
 */
export function linearThompson(v: number | undefined, modelWeight: number): LinearPolicy {
  if (v !== undefined && !(v > 0 && v < Number.POSITIVE_INFINITY)) throw new RangeError(`linearThompson: v is ${v}`);
  return {
    name: 'linear_thompson',
    probabilities({ scores }, { means, deviations, noise, joint }) {
      const own = scores === undefined ? 1 : 1 - modelWeight;
      const width = own * (v ?? noise);
      const shifts = scores?.map((score) => modelWeight * score);
      if (joint) return jointBest(joint, { scale: own, width, shifts });
      const centres = means.map((mean, i) => own * mean + (shifts?.[i] ?? 0));
      return normalBest(
        centres,
        deviations.map((deviation) => width * deviation),
      );
    },
  };
}
