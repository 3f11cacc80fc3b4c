/** Which arm a customer gets within a campaign: the one kept for the sticky period, else a draw from the published probabilities. */
import type { SliceCampaign } from './catalog/slice.ts';
import type { FeatureVector } from './features/features.ts';
import { drawIndex } from './random.ts';
import type { ArmAsk, Assignment, Evidence } from './view.ts';

/** The arm and P(arm | campaign), with the customer's scores where the strategy uses them. A kept arm keeps the leaf and the propensity of its assignment and is flagged `sticky`. */
export function chooseArm(
  campaign: SliceCampaign,
  leaf: string,
  assignment: Assignment | undefined,
  evidence: Evidence,
  draw: number,
  ask?: () => ArmAsk,
): { armId: string; leaf: string; propensityArm: number; sticky: boolean; features?: FeatureVector } {
  // An arm that was taken out of the campaign is not shown again.
  if (assignment && campaign.armIds.includes(assignment.armId)) {
    const { armId, propensityArm, features } = assignment;
    return { armId, leaf: assignment.leaf, propensityArm, sticky: true, ...(features && { features }) };
  }
  // Only now: a kept arm depends on nothing that is asked here, so nothing of it is read.
  const asked = ask?.();
  const probabilities = evidence.probabilities(campaign, leaf, asked);
  const index = drawIndex(probabilities, draw);
  return {
    armId: campaign.armIds[index] as string,
    leaf,
    propensityArm: probabilities[index] as number,
    sticky: false,
    ...(asked?.features && { features: asked.features }),
  };
}
