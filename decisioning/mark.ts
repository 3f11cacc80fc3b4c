/**
 * Whether decisions leave a mark: something that later decisions, or what is counted, go by before anybody has reported them. Those of a placement
 * that leave none need not be stored when they are made: their tokens carry them.
 */
import type { RulesSlice, SliceCampaign } from './catalog/slice.ts';
import type { PlacementDecision } from './decide.ts';
import { isCapped } from './eligibility.ts';

/**
 * Whether a decision of this placement might leave a mark, or must be kept with its receipt. Worked out once a slice, for whatever could be chosen
 * there: cheap to be asked, and never less than what {@link leftMark} finds afterwards.
 */
export function leavesMark(rules: RulesSlice): boolean {
  // Whoever is tired of pending touches is so whatever they are of.
  if (rules.receipts === 'all' || rules.globalHoldout > 0 || rules.fatigue.weight > 0 || rules.models) return true;
  return rules.campaigns.some((campaign) => isCapped(rules, campaign) || goesOn(campaign));
}

/** Whether something of a campaign goes on after its decision: units and arms that are kept, groups and phases that were drawn, what is learned of the customer. */
function goesOn(campaign: SliceCampaign): boolean {
  const { needs, sticky, holdout, strategies, scorePaths, features, models, initialAllocation } = campaign;
  if (needs || sticky.mode !== 'none' || holdout > 0) return true;
  if (strategies || initialAllocation.stage || initialAllocation.turn !== undefined) return true;
  return scorePaths !== undefined || features !== undefined || models !== undefined;
}

/** Whether this decision did leave one. */
export function leftMark({ chosen, measured }: PlacementDecision): boolean {
  return measured.length > 0 || (chosen !== null && (chosen.claims !== undefined || chosen.features !== undefined));
}
