/** Whether a linear policy fits its campaign. */
import { armEffects, MAX_EFFECTS } from '../bandits/linear/effects.ts';
import { linearNumbers, MAX_LINEAR_NUMBERS } from '../bandits/linear/model.ts';
import { learnsFromFeatures } from '../bandits/linear/policies.ts';
import { MAX_SCORED_ARMS } from '../bandits/scoring.ts';
import { featureLength } from '../features/features.ts';
import type { CampaignConfiguration, LinearConfiguration } from './configuration.ts';
import { noSuch } from './known-ids.ts';
import { designOf } from './parameters.ts';
import type { Report } from './problems.ts';

/** Everything about a strategy that learns from features: that there are some, and that the model stays small enough to travel. */
export function checkLinear(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { strategy, features = [], objective } = campaign;
  const { policy } = strategy;
  if (!learnsFromFeatures(strategy)) return;
  const { ridge, interactions } = strategy as LinearConfiguration;
  if (features.length === 0) {
    if (policy !== 'inverse_gap') report(`${at}/strategy/policy`, `${policy} learns from "features": there are none`);
    if (ridge !== undefined) report(`${at}/strategy/ridge`, 'is of a linear model, which needs "features"');
    if (interactions !== undefined)
      report(`${at}/strategy/interactions`, 'are of a linear model, which needs "features"');
    return;
  }
  checkTerms(campaign, at, report);
  if (objective.reward?.kind === 'revenue')
    report(
      `${at}/strategy/policy`,
      `with "features" ${policy} learns means, which few large orders decide: not of revenue`,
    );
  checkSize(campaign, at, report);
}

function checkTerms({ strategy, parameters }: CampaignConfiguration, at: string, report: Report): void {
  const { ridge, interactions = [] } = strategy as LinearConfiguration;
  if (ridge !== undefined && !(ridge > 0 && Number.isFinite(ridge)))
    report(`${at}/strategy/ridge`, 'must be a number above 0');
  const { alpha = 0, v = 1 } = strategy as { readonly alpha?: number; readonly v?: number };
  if (!(alpha >= 0 && Number.isFinite(alpha))) report(`${at}/strategy/alpha`, 'must be a number that is not negative');
  if (!(v > 0 && Number.isFinite(v))) report(`${at}/strategy/v`, 'must be a number above 0');
  const ids = parameters?.map(({ id }) => id) ?? [];
  for (const [i, pair] of interactions.entries()) {
    const place = `${at}/strategy/interactions/${i}`;
    for (const id of pair) if (!ids.includes(id)) report(place, noSuch('parameter', id, ids));
    if (pair.length !== 2 || pair[0] === pair[1]) report(place, 'must be two different parameters');
    const isSame = (other: readonly string[]) => pair.every((id) => other.includes(id));
    if (interactions.findIndex(isSame) !== i) report(place, 'stands there twice');
  }
}

function checkSize({ strategy, arms, parameters, features = [] }: CampaignConfiguration, at: string, report: Report) {
  const d = featureLength(features);
  const { interactions } = strategy as LinearConfiguration;
  const armIds = arms.map(({ id }) => id);
  const effects = parameters && armEffects(designOf(parameters, arms), armIds, interactions).width;
  if (effects !== undefined && effects > MAX_EFFECTS)
    report(
      `${at}/strategy`,
      `has ${effects} effects (values and pairs of values, and a constant); at most ${MAX_EFFECTS}`,
    );
  const numbers = linearNumbers(d, arms.length, effects);
  if (numbers > MAX_LINEAR_NUMBERS) {
    const what = effects === undefined ? `${arms.length} arms` : `${effects} effects`;
    report(
      `${at}/features`,
      `${what} × ${d} features make a model of ${numbers} numbers; at most ${MAX_LINEAR_NUMBERS}`,
    );
  }
  if (strategy.policy === 'linear_thompson' && effects === undefined && arms.length > MAX_SCORED_ARMS)
    report(
      `${at}/arms`,
      `linear_thompson computes at each decision: at most ${MAX_SCORED_ARMS} arms, not ${arms.length}`,
    );
}
