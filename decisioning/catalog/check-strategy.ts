/** Whether a strategy fits its campaign. */
import { usesScores } from '../bandits/policies.ts';
import { MAX_SCORED_ARMS } from '../bandits/scoring.ts';
import { checkLinear } from './check-linear.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { noSuch } from './known-ids.ts';
import { MAX_MIN_EXPLORATION } from './limits.ts';
import type { Report } from './problems.ts';

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

/** Everything about a campaign's strategy that its arms and features decide. */
export function checkStrategy(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { strategy } = campaign;
  checkLinear(campaign, at, report);
  if (!(strategy.minExploration >= 0 && strategy.minExploration <= MAX_MIN_EXPLORATION))
    report(`${at}/strategy/minExploration`, `must be between 0 and ${MAX_MIN_EXPLORATION}`);
  if (strategy.policy !== 'fixed_split') {
    checkScoring(campaign, at, report);
    return;
  }
  const armIds = new Set(campaign.arms.map(({ id }) => id));
  const weights = Object.entries(strategy.weights);
  for (const [id, weight] of weights) {
    if (!armIds.has(id)) report(`${at}/strategy/weights/${id}`, noSuch('arm', id, armIds));
    if (!(weight >= 0 && Number.isFinite(weight)))
      report(`${at}/strategy/weights/${id}`, 'must be a number that is not negative');
  }
  for (const id of armIds) {
    if (!Object.hasOwn(strategy.weights, id)) report(`${at}/strategy/weights`, `arm "${id}" has no weight`);
  }
  if (weights.every(([, weight]) => weight === 0))
    report(`${at}/strategy/weights`, 'at least one weight must be above 0');
}
