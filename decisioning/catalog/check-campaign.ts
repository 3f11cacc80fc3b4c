/** A campaign's own rules: arms, weights, schedule and references, but for its conditions. */
import { MAX_ARMS } from '../bandits/allocate.ts';
import { HOLDOUT_ARM, REST_LEAF } from '../bandits/allocation.ts';
import { checkEffects } from './check-effects.ts';
import { checkFeatures } from './check-features.ts';
import { checkReward } from './check-reward.ts';
import { checkScores, checkWorth } from './check-scores.ts';
import { checkStrategies } from './check-strategies.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import { MAX_ARM_LEAF_CELLS } from './limits.ts';
import type { Report } from './problems.ts';
import { scheduleBounds } from './schedule-bounds.ts';

/** Ids that stand twice in a list, with the position of each repetition. */
function repeated(ids: readonly string[]): readonly (readonly [number, string])[] {
  return [...ids.entries()].filter(([i, id]) => ids.indexOf(id) !== i);
}

function checkReferences(campaign: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const { goal } = campaign.objective;
  if (!known.goals.has(goal)) report(`${at}/objective/goal`, noSuch('goal', goal, known.goals));
  if (campaign.placements.length === 0) report(`${at}/placements`, 'needs at least one placement');
  for (const [i, placement] of campaign.placements.entries()) {
    if (!known.placements.has(placement))
      report(`${at}/placements/${i}`, noSuch('placement', placement, known.placements));
  }
  for (const [i, id] of repeated(campaign.placements)) report(`${at}/placements/${i}`, `"${id}" stands there twice`);
}

function checkArms(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { arms, parameters, contexts } = campaign;
  if (arms.length === 0) report(`${at}/arms`, 'needs at least one arm');
  if (arms.length > MAX_ARMS) report(`${at}/arms`, `has ${arms.length} arms; at most ${MAX_ARMS}`);
  const leaves = contexts.length + 1;
  const strategies = campaign.strategies?.length ?? 1;
  const cells = arms.length * leaves * strategies;
  if (cells > MAX_ARM_LEAF_CELLS) {
    const parts = `${arms.length} arms × ${leaves} leaves${strategies > 1 ? ` × ${strategies} strategies` : ''}`;
    report(`${at}/${parameters ? 'parameters' : 'arms'}`, `${parts} are ${cells}; at most ${MAX_ARM_LEAF_CELLS}`);
  }
  const ids = arms.map(({ id }) => id);
  for (const [i, id] of repeated(ids)) report(`${at}/arms/${i}/id`, `"${id}" is the id of two arms`);
  for (const [i, arm] of arms.entries()) {
    if (arm.id === HOLDOUT_ARM) report(`${at}/arms/${i}/id`, `"${HOLDOUT_ARM}" is the name of the control group`);
  }
  const contextIds = contexts.map(({ id }) => id);
  for (const [i, id] of repeated(contextIds)) report(`${at}/contexts/${i}/id`, `"${id}" is the id of two contexts`);
  const rest = contextIds.indexOf(REST_LEAF);
  if (rest !== -1) report(`${at}/contexts/${rest}/id`, `"${REST_LEAF}" is the leaf of everyone else`);
}

/** Everything about one campaign that does not need the segment language. */
export function checkCampaign(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  const at = `/campaigns/${campaign.id}`;
  checkReferences(campaign, at, known, report);
  checkArms(campaign, at, report);
  checkStrategies(campaign, at, report);
  checkReward(campaign, at, known, report);
  checkEffects(campaign, at, report);
  checkFeatures(campaign, at, known, report);
  checkScores(campaign, at, known, report);
  checkWorth(campaign, at, known, report);
  scheduleBounds(campaign.schedule, `${at}/schedule`, report);
}
