/** What a receipt keeps of a linear strategy's predictions, so that a decision can be explained after the model has changed. */
import type { ArmEstimate } from './bandits/linear/estimates.ts';
import type { PlacementDecision } from './decide.ts';

/** Arms whose predictions a receipt keeps, about 5 KB as JSON; of campaigns with more the chosen arm's alone, which is what is asked about. */
export const MAX_KEPT_ESTIMATES = 64;

/** By arm id. */
export type EstimatesByArm = Readonly<Record<string, ArmEstimate>>;

/** @param told in the order of `armIds`. */
export function estimatesByArm(armIds: readonly string[], told: readonly ArmEstimate[]): EstimatesByArm {
  return Object.fromEntries(armIds.flatMap((armId, i) => (told[i] ? [[armId, told[i]] as const] : [])));
}

/** What is kept of them once it is known what was chosen. */
export function keptEstimates(
  estimates: Readonly<Record<string, EstimatesByArm>>,
  decisions: readonly PlacementDecision[],
): Readonly<Record<string, EstimatesByArm>> {
  const chosen = new Set(decisions.map((decision) => decision.chosen?.armId));
  const kept = (arms: EstimatesByArm): EstimatesByArm => {
    const all = Object.entries(arms);
    return all.length <= MAX_KEPT_ESTIMATES ? arms : Object.fromEntries(all.filter(([armId]) => chosen.has(armId)));
  };
  return Object.fromEntries(Object.entries(estimates).map(([key, arms]) => [key, kept(arms)]));
}
