/** A campaign's own rules: arms, weights, schedule and references, but for its conditions. */
import { MAX_ARMS } from '../bandits/allocate.ts';
import { HOLDOUT_ARM, REST_LEAF } from '../bandits/allocation.ts';
import { usesScores } from '../bandits/policies.ts';
import { MAX_SCORED_ARMS } from '../bandits/scoring.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { KnownIds } from './known-ids.ts';
import { MAX_ARM_LEAF_CELLS, MAX_MIN_EXPLORATION } from './limits.ts';
import type { Report } from './problems.ts';
import { scheduleBounds } from './schedule-bounds.ts';

/** Ids that stand twice in a list, with the position of each repetition. */
function repeated(ids: readonly string[]): readonly (readonly [number, string])[] {
  return [...ids.entries()].filter(([i, id]) => ids.indexOf(id) !== i);
}

function checkReferences(campaign: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const { goal } = campaign.objective;
  if (!known.goals.has(goal)) report(`${at}/objective/goal`, `there is no goal "${goal}"`);
  if (campaign.placements.length === 0) report(`${at}/placements`, 'needs at least one placement');
  for (const [i, placement] of campaign.placements.entries()) {
    if (!known.placements.has(placement)) report(`${at}/placements/${i}`, `there is no placement "${placement}"`);
  }
  for (const [i, id] of repeated(campaign.placements)) report(`${at}/placements/${i}`, `"${id}" stands there twice`);
}

function checkArms(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { arms, contexts } = campaign;
  if (arms.length === 0) report(`${at}/arms`, 'needs at least one arm');
  if (arms.length > MAX_ARMS) report(`${at}/arms`, `has ${arms.length} arms; at most ${MAX_ARMS}`);
  const cells = arms.length * (contexts.length + 1);
  if (cells > MAX_ARM_LEAF_CELLS) {
    report(
      `${at}/arms`,
      `${arms.length} arms × ${contexts.length + 1} leaves are ${cells}; at most ${MAX_ARM_LEAF_CELLS}`,
    );
  }
  const ids = arms.map(({ id }) => id);
  for (const [i, id] of repeated(ids)) report(`${at}/arms/${i}/id`, `"${id}" is the id of two arms`);
  for (const [i, arm] of arms.entries()) {
    if (arm.id === HOLDOUT_ARM) report(`${at}/arms/${i}/id`, `"${HOLDOUT_ARM}" is the name of the control group`);
    if (arm.costMinor > 0)
      report(`${at}/arms/${i}/costMinor`, 'a price needs a budget, and campaigns have no budgets yet: it must be 0');
  }
  const contextIds = contexts.map(({ id }) => id);
  for (const [i, id] of repeated(contextIds)) report(`${at}/contexts/${i}/id`, `"${id}" is the id of two contexts`);
  const rest = contextIds.indexOf(REST_LEAF);
  if (rest !== -1) report(`${at}/contexts/${rest}/id`, `"${REST_LEAF}" is the leaf of everyone else`);
}

function checkScoring({ strategy, arms }: CampaignConfiguration, at: string, report: Report): void {
  if (strategy.policy === 'fixed_split' || !usesScores(strategy)) return;
  if (arms.length > MAX_SCORED_ARMS)
    report(`${at}/arms`, `a strategy with customer scores takes at most ${MAX_SCORED_ARMS} arms, not ${arms.length}`);
  if (strategy.policy !== 'thompson') return;
  for (const [i, { prior }] of arms.entries()) {
    if (prior && (prior.alpha < 1 || prior.beta < 1))
      report(`${at}/arms/${i}/prior`, 'with customer scores alpha and beta must be at least 1');
  }
}

function checkStrategy(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { strategy } = campaign;
  if (!(strategy.minExploration >= 0 && strategy.minExploration <= MAX_MIN_EXPLORATION))
    report(`${at}/strategy/minExploration`, `must be between 0 and ${MAX_MIN_EXPLORATION}`);
  if (strategy.policy !== 'fixed_split') {
    checkScoring(campaign, at, report);
    return;
  }
  const armIds = new Set(campaign.arms.map(({ id }) => id));
  const weights = Object.entries(strategy.weights);
  for (const [id, weight] of weights) {
    if (!armIds.has(id)) report(`${at}/strategy/weights/${id}`, `there is no arm "${id}"`);
    if (!(weight >= 0 && Number.isFinite(weight)))
      report(`${at}/strategy/weights/${id}`, 'must be a number that is not negative');
  }
  for (const id of armIds) {
    if (!Object.hasOwn(strategy.weights, id)) report(`${at}/strategy/weights`, `arm "${id}" has no weight`);
  }
  if (weights.every(([, weight]) => weight === 0))
    report(`${at}/strategy/weights`, 'at least one weight must be above 0');
}

/** Everything about one campaign that does not need the segment language. */
export function checkCampaign(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  const at = `/campaigns/${campaign.id}`;
  checkReferences(campaign, at, known, report);
  checkArms(campaign, at, report);
  checkStrategy(campaign, at, report);
  scheduleBounds(campaign, report);
}
